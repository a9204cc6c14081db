package schema

import (
	"encoding"
	stdjson "encoding/json"
	"mime/multipart"
	"reflect"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Kind says how a value of a type is taken apart.
type Kind uint8

const (
	Leaf     Kind = iota // not at all
	Object               // a struct
	Map                  // a map
	List                 // a slice or an array
	Pointer              // null, or what it points to
	Optional             // an Optional
)

var (
	TimeType     = reflect.TypeFor[time.Time]()
	DurationType = reflect.TypeFor[time.Duration]()
	FileType     = reflect.TypeFor[multipart.FileHeader]()
	NumberType   = reflect.TypeFor[stdjson.Number]()

	rawType         = reflect.TypeFor[jsontext.Value]()
	rawMessageType  = reflect.TypeFor[stdjson.RawMessage]()
	jsonUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
	fromUnmarshaler = reflect.TypeFor[json.UnmarshalerFrom]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// validatePath is the import path of package validate.
var validatePath = strings.TrimSuffix(reflect.TypeFor[Source]().PkgPath(), "/internal/schema")

// IsOptional reports whether t is a validate.Optional, which is a slice in Go
// and not on the wire. Its package imports this one, hence by name.
func IsOptional(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.PkgPath() == validatePath && strings.HasPrefix(t.Name(), "Optional[")
}

// UnmarshalsItself reports whether values of t decode themselves, so that they
// are one value whatever they hold. A json.Number has the methods for that with
// some toolchains only; package decode makes it the same with all.
func UnmarshalsItself(t reflect.Type) bool {
	return t == NumberType || UnmarshalsText(t) || unmarshalsJSON(t)
}

// UnmarshalsText reports whether values of t decode themselves from text.
func UnmarshalsText(t reflect.Type) bool { return implements(t, textUnmarshaler) }

func unmarshalsJSON(t reflect.Type) bool {
	return implements(t, jsonUnmarshaler) || implements(t, fromUnmarshaler)
}

func implements(t, u reflect.Type) bool {
	return t.Kind() != reflect.Pointer && t.Kind() != reflect.Interface && reflect.PointerTo(t).Implements(u)
}

func kindOf(t reflect.Type) Kind {
	switch {
	case IsOptional(t):
		return Optional
	case t.Kind() == reflect.Pointer:
		return Pointer
	case UnmarshalsItself(t), IsBytes(t):
		return Leaf
	}
	switch t.Kind() {
	case reflect.Struct:
		return Object
	case reflect.Map:
		return Map
	case reflect.Slice, reflect.Array:
		return List
	}
	return Leaf
}

// IsBytes reports whether t is base64 in a string. Bytes with a text form that
// is theirs, such as uuid.UUID and net.IP, are not.
func IsBytes(t reflect.Type) bool {
	k := t.Kind()
	return (k == reflect.Slice || k == reflect.Array) && t.Elem().Kind() == reflect.Uint8 &&
		!UnmarshalsItself(t.Elem()) && !UnmarshalsItself(t)
}

// IsRaw reports whether t holds JSON as it was sent, null among it.
func IsRaw(t reflect.Type) bool { return t == rawType || t == rawMessageType }

// IsNull reports whether v holds JSON as it was sent, and that is null.
func IsNull(v reflect.Value) bool {
	return v.Kind() == reflect.Slice && IsRaw(v.Type()) && string(v.Bytes()) == "null"
}

// IsFile reports whether a field takes a file part, or several.
func IsFile(t reflect.Type) bool {
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t.Kind() == reflect.Pointer && t.Elem() == FileType
}

// Want names what belongs where t is, in JSON's words. It is empty where only
// the type knows.
func Want(t reflect.Type) string {
	switch {
	case t == TimeType, IsBytes(t):
		return "string"
	case t == NumberType:
		return "number"
	case t.Kind() == reflect.Pointer, IsOptional(t):
		return Want(t.Elem())
	case unmarshalsJSON(t):
		return ""
	case UnmarshalsText(t):
		return "string"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.String:
		return "string"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return "integer"
	case reflect.Float32, reflect.Float64:
		return "number"
	case reflect.Struct, reflect.Map:
		return "object"
	case reflect.Slice, reflect.Array:
		return "array"
	}
	return ""
}

// Pointee is the type behind the pointers of t.
func Pointee(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// ElemOf is the type of the elements of a slice, array or map, else nil.
func ElemOf(t reflect.Type) reflect.Type {
	if t == nil {
		return nil
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map:
		return t.Elem()
	}
	return nil
}

// KeepsInput reports whether some type within t may keep the bytes that it
// decodes: one that unmarshals itself and is not of the standard library.
func KeepsInput(t reflect.Type) bool {
	return someLeaf(t, make(map[reflect.Type]bool), func(t reflect.Type) bool { return !standardLibrary(t) })
}

// HasNumber reports whether there is a json.Number within t.
func HasNumber(t reflect.Type) bool {
	return someLeaf(t, make(map[reflect.Type]bool), func(t reflect.Type) bool { return t == NumberType })
}

// someLeaf reports whether is holds for some type within t that unmarshals
// itself.
func someLeaf(t reflect.Type, seen map[reflect.Type]bool, is func(reflect.Type) bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	if UnmarshalsItself(t) && !IsOptional(t) {
		return is(t)
	}
	switch t.Kind() {
	case reflect.Map:
		return someLeaf(t.Key(), seen, is) || someLeaf(t.Elem(), seen, is)
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return someLeaf(t.Elem(), seen, is)
	case reflect.Struct:
		for i := range t.NumField() {
			if someLeaf(t.Field(i).Type, seen, is) {
				return true
			}
		}
	}
	return false
}

// standardLibrary reports whether a type is known to keep nothing of the bytes
// that it unmarshals.
func standardLibrary(t reflect.Type) bool {
	first, _, _ := strings.Cut(t.PkgPath(), "/")
	return IsRaw(t) || !strings.Contains(first, ".") && first != "main" && !strings.HasSuffix(t.PkgPath(), "_test")
}
