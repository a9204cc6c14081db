package rules

import (
	"reflect"
	"strconv"

	"github.com/failwell/failwell/validate/internal/message"
	"github.com/failwell/failwell/validate/internal/schema"
)

// isBounded reports whether extremes returns values that show whether a
// comparison or a choice can hold for a type. None holds for a struct, and those
// of an array are about its length.
func isBounded(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct:
		return !isTime(t)
	case reflect.Array:
		return true
	}
	v := reflect.New(t).Elem()
	return t != schema.DurationType && (v.CanInt() || v.CanUint())
}

// extremes are values of a bounded type: if a comparison or a choice with this
// parameter holds for any value of the type, it holds for one of them. They are
// the least, the greatest, and the values that the parameter names; of an array,
// which has one length, any.
func extremes(t reflect.Type, param string) (all []any) {
	v := reflect.New(t).Elem()
	switch {
	case t.Kind() == reflect.Array:
		all = []any{v.Interface()}
	case v.CanInt():
		least := int64(-1) << (t.Bits() - 1)
		for _, n := range append(named(param, strconv.ParseInt), least, ^least) {
			if !v.OverflowInt(n) {
				all = append(all, reflect.ValueOf(n).Convert(t).Interface())
			}
		}
	case v.CanUint():
		for _, n := range append(named(param, strconv.ParseUint), 0, ^uint64(0)>>(64-t.Bits())) {
			if !v.OverflowUint(n) {
				all = append(all, reflect.ValueOf(n).Convert(t).Interface())
			}
		}
	}
	return all
}

// named are the numbers among the words of a parameter.
func named[N int64 | uint64](param string, parse func(text string, base, bits int) (N, error)) (all []N) {
	for _, word := range message.Words(param) {
		if n, err := parse(word, 0, 64); err == nil {
			all = append(all, n)
		}
	}
	return all
}
