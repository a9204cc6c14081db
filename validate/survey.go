package validate

import (
	"reflect"
	"strings"
	"sync"

	"github.com/go-playground/form/v4"
)

// survey is what is worth knowing of a type and all that it is made of before
// a request comes.
type survey struct {
	shape   *shape
	inner   *shape // the same behind its pointers, which is what rules see
	ruled   bool   // some field has rules
	foreign bool   // some type unmarshals itself, by code that is not the standard library's
	divers  bool   // some array or object with rules for its elements may hold null
	rules   string // the struct tag of the rules
	quick   *quick // nil: every field is for the validator

	decoder func() *form.Decoder // for sources other than JSON
}

type surveyKey struct {
	typ   reflect.Type
	rules string
}

// surveyOf returns the survey of a type with the rules of the given struct tag.
func (n *naming) surveyOf(t reflect.Type, rules string) *survey {
	var key any = t
	if rules != defaultTag {
		key = surveyKey{t, rules}
	}
	if s, ok := n.surveys.Load(key); ok {
		return s.(*survey)
	}
	s := &survey{shape: n.shapeOf(t), inner: n.shapeOf(pointee(t)), rules: rules}
	s.visit(t, make(map[reflect.Type]bool))
	s.divers = s.divers || divesDeep(t, "dive")
	s.quick = newQuick(s.inner.typ, rules)
	s.decoder = sync.OnceValue(func() *form.Decoder { return n.newFormDecoder(t) })
	kept, _ := n.surveys.LoadOrStore(key, s)
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
				s.divers = s.divers || divesDeep(f.Type, rules)
			}
			s.visit(f.Type, seen)
		}
	}
}

// divesDeep reports whether rules of a value of type t go on to elements that
// may be null or stand under a key.
func divesDeep(t reflect.Type, rules string) bool {
	for _, rest := cutDive(rules); rest != nil; _, rest = cutDive(*rest) {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		inMap := t.Kind() == reflect.Map
		if t = elemOf(t); t == nil {
			return false
		}
		if t.Kind() == reflect.Pointer || inMap {
			return true
		}
	}
	return false
}

// standardLibrary reports whether a type is one that is known to keep nothing
// of the bytes it unmarshals.
func standardLibrary(t reflect.Type) bool {
	first, _, _ := strings.Cut(t.PkgPath(), "/")
	return t == rawType || !strings.Contains(first, ".") && first != "main" && !strings.HasSuffix(t.PkgPath(), "_test")
}
