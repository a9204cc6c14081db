package shelf_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/example/internal/shelf"
)

func TestShelf_OldestGoesSeedsStay(t *testing.T) {
	s := shelf.New(2, map[string]int{"seed": 0})
	for i, id := range []string{"a", "b", "c"} {
		s.Put(id, i)
	}
	s.Put("b", 9) // in place: nothing goes
	require.Equal(t, map[string]int{"seed": 0, "b": 9, "c": 2}, maps.Collect(s.All()))

	s.Delete("b")
	s.Put("d", 3)
	require.Equal(t, map[string]int{"seed": 0, "c": 2, "d": 3}, maps.Collect(s.All()))
	_, ok := s.Get("b")
	require.False(t, ok)
}

func TestShelf_InOrderOfIDs(t *testing.T) {
	s := shelf.New(10, map[string]int{"m": 0})
	for _, id := range []string{"z", "a"} {
		s.Put(id, 0)
	}
	var ids []string
	for id := range s.All() {
		ids = append(ids, id)
	}
	require.True(t, slices.IsSorted(ids), ids)
	require.Len(t, ids, 3)
}

// What one shelf is made of is not changed by it.
func TestShelf_SeedsAreCopied(t *testing.T) {
	seeds := map[string]int{"a": 1}
	s := shelf.New(1, seeds)
	s.Put("b", 2)
	s.Delete("a")
	require.Equal(t, map[string]int{"a": 1}, seeds)
}
