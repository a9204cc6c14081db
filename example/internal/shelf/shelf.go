// Package shelf keeps what visitors of the demo create, within bounds: a demo
// that stays up for a month must not grow for a month.
package shelf

import (
	"crypto/rand"
	"iter"
	"maps"
	"slices"
	"strings"
)

// Shelf holds values by ID. What it is made with stays; of what is put on it
// later, the oldest goes when there is more than the limit. It is not safe for
// use by several goroutines.
type Shelf[V any] struct {
	values map[string]V
	added  []string // IDs put on later, oldest first
	limit  int
}

// New returns a shelf with the seeds on it and room for limit values more.
func New[V any](limit int, seeds map[string]V) *Shelf[V] {
	values := maps.Clone(seeds)
	if values == nil {
		values = make(map[string]V)
	}
	return &Shelf[V]{values: values, limit: limit}
}

// Get returns the value with that ID.
func (s *Shelf[V]) Get(id string) (V, bool) {
	v, ok := s.values[id]
	return v, ok
}

// Put puts v on the shelf, in place of what had the ID.
func (s *Shelf[V]) Put(id string, v V) {
	if _, ok := s.values[id]; !ok {
		if len(s.added) >= s.limit {
			delete(s.values, s.added[0])
			s.added = slices.Delete(s.added, 0, 1)
		}
		s.added = append(s.added, id)
	}
	s.values[id] = v
}

// Delete takes the value with that ID off the shelf, a seed too.
func (s *Shelf[V]) Delete(id string) {
	delete(s.values, id)
	if i := slices.Index(s.added, id); i >= 0 {
		s.added = slices.Delete(s.added, i, i+1)
	}
}

// All yields the values in the order of their IDs.
func (s *Shelf[V]) All() iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, id := range slices.Sorted(maps.Keys(s.values)) {
			if !yield(id, s.values[id]) {
				return
			}
		}
	}
}

// NewID returns an ID that nobody can guess: the prefix and 60 random bits.
func NewID(prefix string) string {
	return prefix + strings.ToLower(rand.Text()[:12])
}
