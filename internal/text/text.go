// Package text prepares texts from anywhere for a log or a page: those of errors
// and panic values, whose methods cost their text and nothing else if they
// panic, those that are too long, and those with invisible characters.
package text

import (
	"fmt"
	"reflect"
)

// OfError returns err.Error(), or the type of err if that panics.
func OfError(err error) (s string) {
	defer func() {
		if recover() != nil {
			s = fmt.Sprintf("(%T: its Error method panicked)", err)
		}
	}()
	return err.Error()
}

// OfPanic returns the value of a panic as text, or its type if its methods
// panic or if the value is large or contains itself: package fmt does not
// return from such a value, and the process ends with its stack.
func OfPanic(v any) (s string) {
	defer func() {
		if recover() != nil {
			s = fmt.Sprintf("(%T)", v)
		}
	}()
	switch v := v.(type) {
	case string:
		return v
	case error:
		return OfError(v)
	case fmt.Stringer:
		return v.String()
	}
	left := maxValues
	if !small(reflect.ValueOf(v), maxDepth, &left) {
		return fmt.Sprintf("(%T)", v)
	}
	return fmt.Sprint(v)
}

// What fmt prints of a panic value: values, and values in values.
const (
	maxValues = 1000
	maxDepth  = 20
)

// small reports whether v holds no more than left values, at most depth deep.
// It counts down left. Pointers in v are printed as addresses: it follows them
// at the top only, as package fmt does.
func small(v reflect.Value, depth int, left *int) bool {
	if *left--; *left < 0 || depth == 0 {
		return false
	}
	depth--
	switch v.Kind() {
	case reflect.Pointer:
		return depth < maxDepth-1 || v.IsNil() || small(v.Elem(), depth, left)
	case reflect.Interface:
		return v.IsNil() || small(v.Elem(), depth, left)
	case reflect.Struct:
		for i := range v.NumField() {
			if !small(v.Field(i), depth, left) {
				return false
			}
		}
	case reflect.Array, reflect.Slice:
		if v.Len() > *left {
			return false
		}
		for i := range v.Len() {
			if !small(v.Index(i), depth, left) {
				return false
			}
		}
	case reflect.Map:
		if v.Len() > *left {
			return false
		}
		for it := v.MapRange(); it.Next(); {
			if !small(it.Key(), depth, left) || !small(it.Value(), depth, left) {
				return false
			}
		}
	}
	return true
}
