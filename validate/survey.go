package validate

import (
	"reflect"
	"slices"
	"strings"
	"sync"
)

// survey is what is worth knowing of a type and all that it is made of before
// a request comes.
type survey struct {
	shape   *shape
	ruled   bool // some field has rules
	foreign bool // some type unmarshals itself, by code that is not the standard library's
	divers  bool // some array or object with rules for its elements may hold null
	rules   string
}

type surveyKey struct {
	typ         reflect.Type
	names, tags string
}

var surveys sync.Map // surveyKey -> *survey

// surveyOf returns the survey of a type whose names stand in one struct tag
// and its rules in another.
func surveyOf(t reflect.Type, names, rules string) *survey {
	key := surveyKey{t, names, rules}
	if s, ok := surveys.Load(key); ok {
		return s.(*survey)
	}
	s := &survey{shape: shapeOf(t, names), rules: rules}
	s.visit(t, make(map[reflect.Type]bool))
	kept, _ := surveys.LoadOrStore(key, s)
	return kept.(*survey)
}

func (s *survey) visit(t reflect.Type, seen map[reflect.Type]bool) {
	if seen[t] {
		return
	}
	seen[t] = true
	if unmarshalsItself(t) && !standardLibrary(t) && !t.Implements(optionalType) {
		s.foreign = true
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		s.visit(t.Elem(), seen)
	case reflect.Map:
		s.visit(t.Key(), seen)
		s.visit(t.Elem(), seen)
	case reflect.Struct:
		if t == timeType {
			return
		}
		for i := range t.NumField() {
			f := t.Field(i)
			if rules := f.Tag.Get(s.rules); rules != "" && rules != "-" {
				s.ruled = true
				s.divers = s.divers || slices.Contains(strings.Split(rules, ","), "dive")
			}
			s.visit(f.Type, seen)
		}
	}
}

// standardLibrary reports whether a type is one that is known to keep nothing
// of the bytes it unmarshals.
func standardLibrary(t reflect.Type) bool {
	first, _, _ := strings.Cut(t.PkgPath(), "/")
	return t == rawType || !strings.Contains(first, ".") && first != "main" && !strings.HasSuffix(t.PkgPath(), "_test")
}
