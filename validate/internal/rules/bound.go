package rules

import (
	"cmp"
	"reflect"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/failwell/failwell/validate/internal/schema"
)

// comparisons are the rules that compare a value, or its length, with their
// parameter. NaN compares as in Go.
var comparisons = map[string]comparison{
	"len": {equal: true}, "eq": {equal: true}, "ne": {less: true, greater: true, unordered: true},
	"min": {equal: true, greater: true}, "gte": {equal: true, greater: true}, "gt": {greater: true},
	"max": {equal: true, less: true}, "lte": {equal: true, less: true}, "lt": {less: true},
}

// Measures reports whether a rule compares the length of a text with its
// parameter.
func Measures(tag string) bool {
	_, compares := comparisons[tag]
	return compares && tag != "eq" && tag != "ne"
}

// comparison is the set of outcomes that a rule accepts.
type comparison struct{ less, equal, greater, unordered bool }

func accepts[T cmp.Ordered](c comparison, v, bound T) verdict {
	switch {
	case v < bound:
		return verdictOf(c.less)
	case v > bound:
		return verdictOf(c.greater)
	case v == bound:
		return verdictOf(c.equal)
	}
	return verdictOf(c.unordered) // NaN
}

// bound is the parameter of a comparison as validator reads it for each kind of
// value. A reading that fails, at which validator panics, is nil.
type bound struct {
	text     string
	isText   bool // strings are compared as such, and not by their length
	isLen    bool // booleans have no length
	integer  *int64
	duration *int64
	unsigned *uint64
	float32  *float64
	float64  *float64
	boolean  *bool
}

func newBound(tag, param string) *bound {
	b := &bound{text: param, isText: tag == "eq" || tag == "ne", isLen: tag != "eq" && tag != "ne"}
	b.integer = read(strconv.ParseInt(param, 0, 64))
	b.duration = b.integer
	if d, err := time.ParseDuration(param); err == nil {
		b.duration = read(int64(d), nil)
	}
	b.unsigned = read(strconv.ParseUint(param, 0, 64))
	b.float32 = read(strconv.ParseFloat(param, 32))
	b.float64 = read(strconv.ParseFloat(param, 64))
	b.boolean = read(strconv.ParseBool(param))
	return b
}

func read[T any](v T, err error) *T {
	if err != nil {
		return nil
	}
	return &v
}

func against[T cmp.Ordered](c comparison, v T, bound *T) verdict {
	if bound == nil {
		return unsure
	}
	return accepts(c, v, *bound)
}

func (b *bound) check(c comparison) check {
	return func(v reflect.Value, _ bool) verdict {
		switch k := v.Kind(); k {
		case reflect.String:
			if b.isText {
				return verdictOf((v.String() == b.text) == c.equal)
			}
			return against(c, int64(utf8.RuneCountInString(v.String())), b.integer)
		case reflect.Slice, reflect.Map, reflect.Array:
			return against(c, int64(v.Len()), b.integer)
		case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
			if v.Type() == schema.DurationType {
				return against(c, v.Int(), b.duration)
			}
			return against(c, v.Int(), b.integer)
		case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
			return against(c, v.Uint(), b.unsigned)
		case reflect.Float32:
			return against(c, v.Float(), b.float32)
		case reflect.Float64:
			return against(c, v.Float(), b.float64)
		case reflect.Bool:
			if b.isLen || b.boolean == nil {
				return unsure
			}
			return verdictOf((v.Bool() == *b.boolean) == c.equal)
		}
		return unsure // a time, or what the rule does not fit
	}
}

func formatInt(i int64) string   { return strconv.FormatInt(i, 10) }
func formatUint(u uint64) string { return strconv.FormatUint(u, 10) }
