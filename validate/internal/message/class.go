package message

import (
	"reflect"
	"time"

	"github.com/failwell/failwell/validate/internal/schema"
)

// Class is the kind of value that a rule such as min measures in its own way.
type Class uint8

const (
	Other    Class = iota
	Text           // in characters
	Count          // of a slice, array or map, in elements
	Bytes          // of a slice or array of bytes, which is a string on the wire
	Number         // by value
	Time           // against the present
	Duration       // by value
)

var (
	timeType     = reflect.TypeFor[time.Time]()
	durationType = reflect.TypeFor[time.Duration]()
)

// ClassOf is the class of the values of type t, which may be nil, and kind k.
func ClassOf(t reflect.Type, k reflect.Kind) Class {
	if t != nil {
		switch {
		case t == durationType:
			return Duration
		case t.Kind() == reflect.Struct && t.ConvertibleTo(timeType):
			return Time
		}
	}
	switch k {
	case reflect.String:
		return Text
	case reflect.Slice, reflect.Array, reflect.Map:
		if t != nil && k != reflect.Map && !schema.IsOptional(t) && t.Elem().Kind() == reflect.Uint8 {
			return Bytes
		}
		return Count
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr,
		reflect.Float32, reflect.Float64:
		return Number
	}
	return Other
}
