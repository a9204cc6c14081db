package validate

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// quick knows which fields of a flat struct plainly pass their rules, and which
// plainly break one, so that validator need not be asked: lengths of strings,
// bounds of integers, and choices. Whatever is not plain is for validator to
// say, and what is, a fuzz target holds to be what validator says. It serves
// only the validator of this package, which nobody has registered other
// meanings with.
type quick struct {
	prefix int // of a namespace: the type's name and a dot
	fields []quickField
}

type quickField struct {
	name  string // in Go
	index int
	ruled bool        // it has rules
	rules []quickRule // nil: not all of them are plain
}

// quickBreak is a rule that a field plainly breaks.
type quickBreak struct {
	field *quickField
	rule  *quickRule
}

// quickRule is one rule that is plain to see.
type quickRule struct {
	tag     string
	param   string
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
	q, some := new(quick), false
	if n := len(t.Name()); n > 0 {
		q.prefix = n + 1
	}
	for i := range t.NumField() {
		f := t.Field(i)
		switch f.Type.Kind() {
		case reflect.Struct, reflect.Slice, reflect.Array, reflect.Map, reflect.Pointer, reflect.Interface:
			return nil
		}
		if f.IsExported() {
			tag := f.Tag.Get(rulesTag)
			rules := quickRules(f.Type, tag)
			q.fields = append(q.fields, quickField{f.Name, i, tag != "" && tag != "-", rules})
			some = some || rules != nil
		}
	}
	if !some {
		return nil
	}
	return q
}

// quickRules parses the rules of a field. It returns nil if one of them is not
// plain to see.
func quickRules(t reflect.Type, tag string) (rules []quickRule) {
	isText, isNumber := t.Kind() == reflect.String, t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64
	if tag == "" || t == durationType || !isText && !isNumber || t.NumMethod() > 0 || reflect.PointerTo(t).NumMethod() > 0 {
		return nil // a method may give another value to be validated
	}
	for one := range strings.SplitSeq(tag, ",") {
		name, param, _ := strings.Cut(one, "=")
		r := quickRule{tag: name, param: param}
		switch name {
		case ruleRequired, "omitempty":
		case "email", "url":
			if !isText {
				return nil
			}
		case "oneof":
			if !isText || strings.ContainsAny(param, "'|") || strings.Contains(param, "0x") {
				return nil
			}
			r.choices = words(param)
		case "len", "min", "max", "gt", "gte", "lt", "lte":
			bound, err := strconv.ParseInt(param, 0, 64) // as validator reads it
			if err != nil || strings.Contains(param, "0x") {
				return nil
			}
			r.bound = bound
		default:
			return nil
		}
		rules = append(rules, r)
	}
	return rules
}

// judge returns the set of fields of v that plainly pass, and the rules that
// others plainly break, behind those of broken. whole reports whether that is
// all there is to say of v.
func (q *quick) judge(v reflect.Value, broken []quickBreak) (passed uint64, _ []quickBreak, whole bool) {
	whole = true
	for i := range q.fields {
		f := &q.fields[i]
		if !f.ruled {
			continue
		}
		if f.rules == nil {
			whole = false
			continue
		}
		switch r, pass := f.judge(v.Field(f.index)); {
		case pass:
			passed |= 1 << i
		case r != nil:
			broken = append(broken, quickBreak{f, r})
		default:
			whole = false
		}
	}
	return passed, broken, whole
}

// judge reports whether the value passes. If it does not, it returns the rule
// that it breaks, nil where that is not plain.
func (f *quickField) judge(v reflect.Value) (breaks *quickRule, pass bool) {
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
				return nil, true
			}
			ok = true
		case ruleRequired:
			ok = !zero
		case "email":
			if ok = plainEmail(text); !ok && strings.Contains(text, "@") {
				return nil, false
			}
		case "url":
			if ok = plainURL(text); !ok {
				return nil, false
			}
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
			return r, false
		}
	}
	return nil, true
}

// skips reports whether the field that a namespace names is in the set.
// Fields are asked for in their order; next is the one that is likely asked
// for now.
func (q *quick) skips(set uint64, next *int, namespace []byte) bool {
	name := namespace[min(q.prefix, len(namespace)):]
	for range q.fields {
		i := *next % len(q.fields)
		*next = i + 1
		if string(name) == q.fields[i].name {
			return set&(1<<i) != 0
		}
	}
	return false
}
