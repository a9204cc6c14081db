package validate

import (
	"reflect"
	"strings"

	"github.com/failwell/failwell/apierr"
)

// mostNested bounds the walk over values that did not come from JSON and may
// hold themselves.
const mostNested = 200

// nulls finds the null elements of arrays and objects whose elements are to be
// validated (dive) and have no rule that says what null is. validator passes
// over them in silence, and the handler would meet a nil pointer.
func (s *survey) nulls(v reflect.Value, limit int) []finding {
	if !s.divers {
		return nil
	}
	w := nullWalk{survey: s, limit: limit}
	w.value(v, "dive", 0) // what run says for an array or object at the root
	return w.found
}

type nullWalk struct {
	survey *survey
	path   []byte
	found  []finding
	limit  int
}

// value looks into a value whose rules are given.
func (w *nullWalk) value(v reflect.Value, rules string, depth int) {
	_, v = bottom(v.Type(), v)
	if !v.IsValid() || depth > mostNested || len(w.found) > w.limit {
		return
	}
	first, rest := cutDive(rules)
	switch {
	case v.Kind() == reflect.Struct && !strings.Contains(first, "structonly"):
		w.fields(v, depth)
	case rest != nil:
		w.elements(v, *rest, depth)
	}
}

// cutDive splits rules at the first dive: what is for the value itself, and
// what is for its elements, nil if nothing is.
func cutDive(rules string) (first string, rest *string) {
	list := strings.Split(rules, ",")
	for i, tag := range list {
		if tag != "dive" {
			continue
		}
		after := list[i+1:]
		if len(after) > 0 && after[0] == "keys" {
			for len(after) > 0 && after[0] != "endkeys" {
				after = after[1:]
			}
			after = after[min(1, len(after)):]
		}
		joined := strings.Join(after, ",")
		return strings.Join(list[:i], ","), &joined
	}
	return rules, nil
}

func (w *nullWalk) fields(v reflect.Value, depth int) {
	if v.Type().ConvertibleTo(timeType) {
		return
	}
	s := w.survey.shape.names.shapeOf(v.Type())
	length := len(w.path)
	for i := range v.NumField() {
		sf := v.Type().Field(i)
		rules := sf.Tag.Get(w.survey.rules)
		if rules == "-" || !sf.IsExported() && !sf.Anonymous {
			continue
		}
		if m := s.members[sf.Name]; m.wire != "" {
			w.path = appendName(w.path, m.wire)
		}
		w.value(v.Field(i), rules, depth+1)
		w.path = w.path[:length]
	}
}

// elements looks at the elements of an array or object, with their rules.
func (w *nullWalk) elements(v reflect.Value, rules string, depth int) {
	_, v = bottom(v.Type(), v)
	if !v.IsValid() {
		return
	}
	length := len(w.path)
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if !v.Type().Implements(optionalType) {
				w.path = appendIndex(w.path[:length], i)
			}
			w.element(v.Index(i), rules, depth)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			w.path = appendName(w.path[:length], keyName(it.Key()))
			w.element(it.Value(), rules, depth)
		}
	}
	w.path = w.path[:length]
}

func (w *nullWalk) element(v reflect.Value, rules string, depth int) {
	if v.Kind() == reflect.Pointer && v.IsNil() {
		if rules == "" && len(w.found) <= w.limit {
			w.found = append(w.found, finding{refusedNull(orRoot(w.path), v.Type()), unplaced})
		}
		return
	}
	w.value(v, rules, depth+1)
}

// refusedNull is the violation of null where a value of type t belongs.
func refusedNull(path string, t reflect.Type) apierr.Violation {
	want := wantOf(t)
	if want == "" {
		return apierr.Violation{Path: path, Rule: ruleType, Message: "Must not be null"}
	}
	return mismatch(path, want, 'n')
}
