package validate

import (
	"reflect"
	"strings"
	"sync"
)

const (
	msgRequired  = "Required"
	msgInvalid   = "Invalid value"
	msgUnknown   = "Unrecognized field"
	msgRange     = "Number out of range"
	msgMore      = "There are more errors than are listed here"
	anotherField = "another field"
	mostTexts    = 4096 // how many messages are kept ready
	ruleRequired = "required"
	placeholder  = "{param}"
	alternatives = "|"
)

// broken is a broken rule, as far as its message depends on it.
type broken struct {
	tag    string
	param  string // with the fields that it names by their names on the wire
	fields string // those names alone; empty where it names none or they are unknown
	class  class
}

// class is the sort of value that a rule such as min counts in its own way.
type class uint8

const (
	other class = iota
	text
	count // slices, arrays, maps
	number
	instant
	span
)

func classOf(t reflect.Type, k reflect.Kind) class {
	if t != nil {
		switch {
		case t == durationType:
			return span
		case t.Kind() == reflect.Struct && t.ConvertibleTo(timeType):
			return instant
		}
	}
	switch k {
	case reflect.String:
		return text
	case reflect.Slice, reflect.Array, reflect.Map:
		return count
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr,
		reflect.Float32, reflect.Float64:
		return number
	}
	return other
}

// texts keeps messages that were put together once. Rules and parameters come
// from struct tags, so there are few; those that a struct-level rule makes up
// may be many, so the number is bounded.
type texts struct {
	mu    sync.RWMutex
	known map[broken]string
}

func (t *texts) message(r rule, b broken) string {
	if r.phrase != "" {
		return r.phrase
	}
	t.mu.RLock()
	s, ok := t.known[b]
	t.mu.RUnlock()
	if ok {
		return s
	}
	s = english(r, b)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil {
		t.known = make(map[broken]string)
	}
	if len(t.known) < mostTexts {
		t.known[b] = s
	}
	return s
}

// english is the message of a broken rule: short, without the field and its
// value, and without a word of Go.
func english(r rule, b broken) string {
	switch {
	case r.phrase != "":
		return r.phrase
	case r.say != nil:
		return r.say(b)
	case strings.Contains(b.tag, alternatives):
		return eitherOf(b)
	}
	return msgInvalid
}

// eitherOf is the message for alternatives such as "eq=0|min=5".
func eitherOf(b broken) string {
	var all []string
	for alternative := range strings.SplitSeq(b.tag, alternatives) {
		one := broken{class: b.class}
		one.tag, one.param, _ = strings.Cut(alternative, "=")
		r := catalogue[one.tag]
		if r.refers != none {
			one.param = "" // Go names
		}
		s := english(r, one)
		if s == msgInvalid {
			return msgInvalid
		}
		if len(all) > 0 {
			s = strings.ToLower(s[:1]) + s[1:]
		}
		all = append(all, s)
	}
	return strings.Join(all, " or ")
}

// ruleName is the machine word of a validator tag: for alternatives their
// names without parameters.
func ruleName(tag string) string {
	if !strings.Contains(tag, alternatives) {
		return tag
	}
	names := strings.Split(tag, alternatives)
	for i, n := range names {
		names[i], _, _ = strings.Cut(n, "=")
	}
	return strings.Join(names, alternatives)
}
