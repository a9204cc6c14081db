package rules

import (
	"reflect"
	"strings"

	"github.com/failwell/failwell/validate/internal/message"
	"github.com/failwell/failwell/validate/internal/schema"
)

// rule is one rule of a tag, or several with "or".
type rule struct {
	text  string // as in the struct tag: what validator is asked
	tag   string // what is reported as broken
	param string
	// check is the verdict on a value that is not nil; nil where only
	// validator knows.
	check check
	known bool // the tag, or each of the alternatives, is one of validator's own
	// onNil reports that the rule also applies to a nil pointer.
	onNil bool
	// misfit is why no value of the type satisfies the rule; empty: some do.
	misfit string
	// maxLen is the length in bytes of the longest text that the rule can
	// hold for; 0 is no limit.
	maxLen int
}

// verdict is what a check finds.
type verdict uint8

const (
	unsure verdict = iota // validator must be asked
	passes
	breaks
)

func verdictOf(ok bool) verdict {
	if ok {
		return passes
	}
	return breaks
}

// check is the verdict of a rule on a value, which is not a pointer. nullable
// reports that the value stands behind a pointer.
type check func(v reflect.Value, nullable bool) verdict

func parseRule(text string) *rule {
	r := &rule{text: text}
	if strings.Contains(text, message.Or) {
		r.check, r.tag = anyOf(text), text
		_, last, _ := strings.Cut(text[strings.LastIndex(text, message.Or):], "=")
		r.param, r.known = unescape(last), true
		for one := range strings.SplitSeq(text, message.Or) {
			tag, _, _ := strings.Cut(one, "=")
			r.known = r.known && message.Known(tag)
		}
		return r
	}
	tag, param, hasParam := strings.Cut(text, "=")
	r.tag, r.param = tag, unescape(param)
	r.known = message.Known(tag)
	r.check = checkOf(tag, r.param, hasParam)
	r.maxLen = maxLen[tag]
	switch message.ReferenceOf(tag) {
	case message.Fields, message.Pairs:
		r.onNil = true
	}
	return r
}

// anyOf is the check of alternatives, nil where validator must be asked about
// one of them.
func anyOf(text string) check {
	if strings.Contains(text, "0x") {
		return nil // escapes: validator's text of the rule differs
	}
	var all []*rule
	for one := range strings.SplitSeq(text, message.Or) {
		r := parseRule(one)
		if r.check == nil {
			return nil
		}
		all = append(all, r)
	}
	return func(v reflect.Value, nullable bool) verdict {
		for _, r := range all {
			if got := r.check(v, nullable); got != breaks {
				return got
			}
		}
		return breaks
	}
}

// unescape replaces what stands for a comma and a bar in a parameter.
func unescape(param string) string {
	return strings.ReplaceAll(strings.ReplaceAll(param, "0x2C", ","), "0x7C", "|")
}

// checkOf is the check of a rule that is evaluated here, else nil.
func checkOf(tag, param string, hasParam bool) check {
	switch tag {
	case "required":
		return func(v reflect.Value, nullable bool) verdict { return verdictOf(hasValue(v, nullable)) }
	case "isdefault":
		return func(v reflect.Value, nullable bool) verdict { return verdictOf(!hasValue(v, nullable)) }
	case "oneof":
		return oneOf(param)
	}
	if compare, ok := comparisons[tag]; ok {
		return newBound(tag, param).check(compare)
	}
	if text, ok := textChecks[tag]; ok && !hasParam {
		return func(v reflect.Value, _ bool) verdict {
			if v.Kind() != reflect.String {
				return unsure
			}
			return text(v.String())
		}
	}
	return nil
}

// hasValue is what validator means by a value that is there.
//
// JSON that is kept as it was sent, null, is none: validator sees four bytes.
func hasValue(v reflect.Value, nullable bool) bool {
	switch v.Kind() {
	case reflect.Slice:
		return !v.IsNil() && !schema.IsNull(v)
	case reflect.Map, reflect.Pointer, reflect.Interface, reflect.Chan, reflect.Func:
		return !v.IsNil()
	}
	return nullable || v.IsValid() && !v.IsZero()
}

// takesNil reports whether the rule can hold for a nil pointer.
func (r *rule) takesNil() bool {
	return r.onNil || !r.known || r.tag == message.RuleRequired || r.tag == "isdefault"
}

// hasNonZero is what validator means by a value for omitzero.
func hasNonZero(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		return v.Len() > 0
	case reflect.Pointer, reflect.Interface, reflect.Chan, reflect.Func:
		return !v.IsNil()
	}
	return v.IsValid() && !v.IsZero()
}

// oneOf is the check of a choice.
func oneOf(param string) check {
	words := message.Words(param)
	choices := make(map[string]bool, len(words))
	for _, w := range words {
		choices[w] = true
	}
	return func(v reflect.Value, _ bool) verdict {
		switch {
		case v.Kind() == reflect.String:
			return verdictOf(choices[v.String()])
		case v.CanInt():
			return verdictOf(choices[formatInt(v.Int())])
		case v.CanUint() && v.Kind() != reflect.Uintptr:
			return verdictOf(choices[formatUint(v.Uint())])
		}
		return unsure
	}
}
