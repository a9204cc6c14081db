package validate

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/failwell/failwell/apierr"
)

// mostNested bounds the walk over values that did not come from JSON and may
// hold themselves.
const mostNested = 200

// nulls finds the null elements of arrays and objects whose elements are to be
// validated (dive) and have no rule that says what null is. validator passes
// over them in silence, and the handler would meet a nil pointer. unfit is set
// if the validator must not be asked, for a key over longestKey.
func (s *survey) nulls(v reflect.Value, limit int) (found []finding, unfit bool) {
	if !s.divers {
		return nil, false
	}
	w := nullWalk{survey: s, limit: limit}
	w.value(v, "dive", 0) // what run says for an array or object at the root
	return w.found, w.unfit
}

type nullWalk struct {
	survey *survey
	at     trail
	found  []finding
	limit  int
	unfit  bool // the value is not for the validator
}

// longestKey is the longest map key, in bytes, whose elements are validated.
// validator copies the key for each element of an array beneath it, so that a
// key of half a body would cost the square of the body's length.
const longestKey = 256

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
	outer := w.at
	for i := range v.NumField() {
		sf := v.Type().Field(i)
		rules := sf.Tag.Get(w.survey.rules)
		if rules == "-" || !sf.IsExported() && !sf.Anonymous {
			continue
		}
		if m := s.members[sf.Name]; m.wire != "" {
			w.at = outer.name(m.wire)
		}
		w.value(v.Field(i), rules, depth+1)
		w.at = outer
	}
}

// elements looks at the elements of an array or object, with their rules.
func (w *nullWalk) elements(v reflect.Value, rules string, depth int) {
	_, v = bottom(v.Type(), v)
	if !v.IsValid() {
		return
	}
	outer := w.at
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if !v.Type().Implements(optionalType) {
				w.at = outer.index(i)
			}
			w.element(v.Index(i), rules, depth)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			name := keyName(it.Key())
			if len(name) > longestKey {
				w.found = append(w.found, finding{apierr.Violation{
					Path: outer.String(), Rule: ruleLength, Param: strconv.Itoa(longestKey), Message: "Name too long",
				}, unplaced})
				w.unfit = true
				break
			}
			w.at = outer.name(name)
			w.element(it.Value(), rules, depth)
		}
	}
	w.at = outer
}

func (w *nullWalk) element(v reflect.Value, rules string, depth int) {
	if v.Kind() == reflect.Pointer && v.IsNil() {
		if rules == "" && len(w.found) <= w.limit {
			w.found = append(w.found, finding{refusedNull(w.at.String(), v.Type()), unplaced})
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
