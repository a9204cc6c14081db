package schema

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
)

// faultOf returns why JSON cannot be decoded into a value of type t whatever the
// JSON is, nil if it can. Types within t are not looked at. json decides, since
// what it decodes depends on the toolchain.
func faultOf(t reflect.Type, kind Kind) error {
	switch {
	case kind == Object:
		return refusal(t, "{}", t)
	case kind == Map && !isKey(t.Key()):
		return fmt.Errorf("JSON has no map keys of type %s", t.Key())
	case kind != Leaf:
		return nil
	case UnmarshalsItself(t):
		return NilMethod(t)
	case t.Kind() == reflect.Interface && t.NumMethod() > 0:
		return undecodable(t)
	}
	// json refuses a type that it does not know even for null.
	if refusal(t, "null", t) != nil {
		return undecodable(t)
	}
	return nil
}

func undecodable(t reflect.Type) error { return fmt.Errorf("JSON cannot be decoded into %s", t) }

// refusal returns the error of json for a document that every value of type t
// accepts; about is the type that it is reported for.
func refusal(t reflect.Type, doc string, about reflect.Type) error {
	err := json.Unmarshal([]byte(doc), reflect.New(t).Interface())
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*json.SemanticError](err); ok && e.Err != nil {
		return e.Err // without the preamble
	}
	return undecodable(about)
}

// NilMethod returns why a struct cannot unmarshal itself, nil if it can or is no
// such type: its method is that of an embedded pointer, which is nil when the
// method is called. A struct whose own method allocates the pointer decodes or
// rejects the documents.
func NilMethod(t reflect.Type) (err error) {
	pointer := embeddedPointer(t)
	if pointer == nil {
		return nil
	}
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("%s decodes itself through the embedded %s, which is nil", t, pointer)
		}
	}()
	for _, doc := range []string{`""`, `0`, `{}`, `"2006-01-02T15:04:05Z"`} {
		_ = json.Unmarshal([]byte(doc), reflect.New(t).Interface())
	}
	return nil
}

// embeddedPointer returns the type of an embedded pointer whose methods unmarshal
// it, nil if t has none.
func embeddedPointer(t reflect.Type) reflect.Type {
	if t.Kind() != reflect.Struct {
		return nil
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && f.Type.Kind() == reflect.Pointer && UnmarshalsItself(f.Type.Elem()) {
			return f.Type
		}
	}
	return nil
}

// isKey reports whether json has map keys of type t.
func isKey(t reflect.Type) bool {
	return t.Kind() == reflect.String || UnmarshalsItself(t) || Want(t) == "integer" || Want(t) == "number" ||
		t.Kind() == reflect.Interface && t.NumMethod() == 0
}

// faultOf returns why JSON cannot be decoded into a member with options in its
// tag. What the option string means for other types than numbers depends on the
// toolchain, so it is a fault with all.
func (m *Member) faultOf() error {
	t := Pointee(m.Go) // which null does not pass by
	if m.Single == nil || UnmarshalsItself(t) {
		return nil
	}
	if want := Want(t); want != "integer" && want != "number" && slices.Contains(strings.Split(m.options, ","), "string") {
		return fmt.Errorf("the json option string is for numbers, not for %s", t)
	}
	return refusal(single(t, m.options), `{"f":null}`, t)
}
