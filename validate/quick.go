package validate

import (
	"bytes"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// quick knows which fields of a flat struct plainly pass their rules, so that
// validator need not be asked: lengths of strings, bounds of integers, and
// choices. It never says that a field fails: that, and every other rule, is
// for validator to say. It serves only the validator of this package, which
// nobody has registered other meanings with.
type quick struct {
	prefix int // of a namespace: the type's name and a dot
	fields []quickField
	byName map[string]int // fields by Go name
}

type quickField struct {
	index int
	rules []quickRule
}

// quickRule is one rule that is plain to see.
type quickRule struct {
	tag     string
	bound   int64
	choices []string
}

// mostQuick is the number of fields that fit the set of those that passed.
const mostQuick = 64

// newQuick returns nil for types that have little or nothing to gain: with
// structs, arrays or objects inside, it would be asked about each of theirs.
func newQuick(t reflect.Type, rulesTag string) *quick {
	if t.Kind() != reflect.Struct || t.NumField() > mostQuick {
		return nil
	}
	q := &quick{byName: map[string]int{}}
	if n := len(t.Name()); n > 0 {
		q.prefix = n + 1
	}
	for i := range t.NumField() {
		f := t.Field(i)
		switch f.Type.Kind() {
		case reflect.Struct, reflect.Slice, reflect.Array, reflect.Map, reflect.Pointer, reflect.Interface:
			return nil
		}
		if rules, ok := quickRules(f.Type, f.Tag.Get(rulesTag)); ok && f.IsExported() {
			q.byName[f.Name] = len(q.fields)
			q.fields = append(q.fields, quickField{i, rules})
		}
	}
	if len(q.fields) == 0 {
		return nil
	}
	return q
}

// quickRules parses the rules of a field. ok is false if one of them is not
// plain to see.
func quickRules(t reflect.Type, tag string) (rules []quickRule, ok bool) {
	isText, isNumber := t.Kind() == reflect.String, t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64
	if tag == "" || t == durationType || !isText && !isNumber || t.NumMethod() > 0 || reflect.PointerTo(t).NumMethod() > 0 {
		return nil, false // a method may give another value to be validated
	}
	for one := range strings.SplitSeq(tag, ",") {
		name, param, _ := strings.Cut(one, "=")
		r := quickRule{tag: name}
		switch name {
		case ruleRequired, "omitempty":
		case "oneof":
			if !isText || strings.ContainsAny(param, "'|") || strings.Contains(param, "0x") {
				return nil, false
			}
			r.choices = words(param)
		case "len", "min", "max", "gt", "gte", "lt", "lte":
			bound, err := strconv.ParseInt(param, 10, 64)
			if err != nil {
				return nil, false
			}
			r.bound = bound
		default:
			return nil, false
		}
		rules = append(rules, r)
	}
	return rules, true
}

// passed returns the set of fields of v that plainly pass.
func (q *quick) passed(v reflect.Value) (set uint64) {
	for i, f := range q.fields {
		if f.passes(v.Field(f.index)) {
			set |= 1 << i
		}
	}
	return set
}

func (f *quickField) passes(v reflect.Value) bool {
	var text string
	var size int64
	isText := v.Kind() == reflect.String
	if isText {
		text = v.String()
		size = int64(utf8.RuneCountInString(text))
	} else {
		size = v.Int()
	}
	zero := size == 0
	for i := range f.rules {
		r := &f.rules[i]
		ok := false
		switch r.tag {
		case "omitempty":
			if zero {
				return true
			}
			ok = true
		case ruleRequired:
			ok = !zero
		case "oneof":
			ok = slices.Contains(r.choices, text)
		case "len":
			ok = size == r.bound
		case "min", "gte":
			ok = size >= r.bound
		case "max", "lte":
			ok = size <= r.bound
		case "gt":
			ok = size > r.bound
		case "lt":
			ok = size < r.bound
		}
		if !ok {
			return false
		}
	}
	return true
}

// skips reports whether the field that a namespace names is in the set.
func (q *quick) skips(set uint64, namespace []byte) bool {
	if len(namespace) <= q.prefix || bytes.IndexByte(namespace[q.prefix:], '.') >= 0 {
		return false
	}
	i, ok := q.byName[string(namespace[q.prefix:])]
	return ok && set&(1<<i) != 0
}
