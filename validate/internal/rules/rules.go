// Package rules applies the rules in struct tags to values, one value at a
// time and at a cost that the length of the input bounds. The tags of a type are
// compiled once. The plain rules are evaluated here; all others are put to
// validator for the one value that they stand on. The verdict is validator's
// in either case, which a fuzz target holds.
package rules

import (
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/go-playground/validator/v10"

	"github.com/failwell/failwell/validate/internal/schema"
)

// Set is the compiled rules of a type. It is read-only.
type Set struct {
	Schema *schema.Type
	Ruled  bool // some field has a rule
	Dives  bool // rules apply to elements, whose number the input decides
	// Nullable reports that rules apply to elements that may be null or stand
	// under a key, or to JSON that is kept as it was sent.
	Nullable bool
	// Bounded reports that a rule has a longest text, see maxLen.
	Bounded bool
	Keeps   bool // schema.KeepsInput of the type
	Numbers bool // schema.HasNumber of the type

	tagName string
	root    *node
}

// setKey is what a Set is compiled from.
type setKey struct {
	source  *schema.Source
	typ     reflect.Type
	tagName string
}

var sets sync.Map // setKey -> *Set

// Of returns the compiled rules of a type, which stand in the struct tag
// tagName, with the names of a source.
func Of(source *schema.Source, t reflect.Type, tagName string) *Set {
	key := setKey{source, t, tagName}
	if s, ok := sets.Load(key); ok {
		return s.(*Set)
	}
	s := &Set{Schema: source.Of(t), tagName: tagName, Keeps: schema.KeepsInput(t), Numbers: schema.HasNumber(t)}
	s.root = nodeOf(source, tagName, t, rootTag(t))
	s.inspect(t, make(map[reflect.Type]bool))
	s.inspectDives(t, rootTag(t))
	kept, _ := sets.LoadOrStore(key, s)
	return kept.(*Set)
}

// rootTag is the rules of a value that no field holds: the elements of an array
// or object have those of their type.
func rootTag(t reflect.Type) string {
	if schema.ElemOf(schema.Pointee(t)) != nil {
		return diveTag
	}
	return ""
}

// inspect finds what kinds of rules are within t.
func (s *Set) inspect(t reflect.Type, seen map[reflect.Type]bool) {
	if seen[t] || isTime(t) {
		return
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Map:
		s.inspect(t.Key(), seen)
		s.inspect(t.Elem(), seen)
	case reflect.Pointer, reflect.Slice, reflect.Array:
		s.inspect(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			if tag := f.Tag.Get(s.tagName); tag != "" && tag != skipTag {
				s.Ruled = true
				s.Bounded = s.Bounded || hasMaxLen(tag)
				s.Nullable = s.Nullable || schema.IsRaw(schema.Pointee(f.Type))
				s.inspectDives(f.Type, tag)
			}
			s.inspect(f.Type, seen)
		}
	}
}

// hasMaxLen reports whether a rule in a tag has a longest text.
func hasMaxLen(tag string) bool {
	for _, one := range strings.FieldsFunc(tag, func(r rune) bool { return r == ',' || r == '|' }) {
		name, _, _ := strings.Cut(one, "=")
		if maxLen[name] > 0 {
			return true
		}
	}
	return false
}

// inspectDives finds what kinds of elements the rules of a value of type t
// apply to.
func (s *Set) inspectDives(t reflect.Type, tag string) {
	for _, rest, dives := cutDive(tag); dives; _, rest, dives = cutDive(rest) {
		s.Dives = true
		t = schema.Pointee(t)
		elem := schema.ElemOf(t)
		if elem == nil {
			s.Nullable = s.Nullable || t.Kind() == reflect.Interface
			return
		}
		if elem.Kind() == reflect.Pointer || t.Kind() == reflect.Map || schema.IsRaw(elem) {
			s.Nullable = true
		}
		t = elem
	}
}

// cutDive splits rules at the first dive: those of the value, and those of its
// elements.
func cutDive(tag string) (first, rest string, dives bool) {
	level, behind, dives := CutLevel(strings.Split(tag, ","))
	_, behind = CutKeys(behind)
	return strings.Join(level, ","), strings.Join(behind, ","), dives
}

// CutLevel splits the parts of a tag at the first dive: those for the value, and
// those for its keys and elements.
func CutLevel(list []string) (level, rest []string, dives bool) {
	if i := slices.Index(list, diveTag); i >= 0 {
		return list[:i], list[i+1:], true
	}
	return list, nil, false
}

// CutKeys splits the rules behind a dive: those of map keys, and those of the
// elements.
func CutKeys(list []string) (keys, rest []string) {
	if len(list) == 0 || list[0] != keysTag {
		return nil, list
	}
	if i := slices.Index(list, endKeysTag); i >= 0 {
		return list[1:i], list[i+1:]
	}
	return list[1:], nil
}

func isTime(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.ConvertibleTo(schema.TimeType)
}

var valuerType = reflect.TypeFor[validator.Valuer]()
