package rules

import (
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"

	"github.com/failwell/failwell/validate/internal/message"
	"github.com/failwell/failwell/validate/internal/schema"
)

// Failure is a broken rule, and all that its violation depends on.
type Failure struct {
	Path   string
	Tag    string
	Param  string       // as in the struct tag, with Go names
	Type   reflect.Type // of the value; nil for a nil interface
	Kind   reflect.Kind
	Parent *schema.Type         // the struct that holds the field; nil: not known
	Error  validator.FieldError // nil where the rule was evaluated here
}

// FailureOf is the failure that an error of validator reports.
func FailureOf(path string, parent *schema.Type, fe validator.FieldError) Failure {
	return Failure{
		Path: path, Tag: fe.Tag(), Param: fe.Param(), Type: fe.Type(), Kind: fe.Kind(), Parent: parent, Error: fe,
	}
}

// Broken is the rule as its message depends on it, with the fields that its
// parameter names by their names on the wire. If one of them has none, the
// parameter is left out.
func (f Failure) Broken() message.Broken {
	b := message.Broken{Tag: f.Tag, Param: f.Param, Class: message.ClassOf(f.Type, f.Kind)}
	if kind := message.ReferenceOf(f.Tag); kind != message.NoReference {
		b.Param, b.Fields = f.onWire(kind)
	}
	return b
}

// onWire is the parameter with the names on the wire, and those names alone.
func (f Failure) onWire(kind message.Reference) (param, fields string) {
	in := f.Parent
	if kind == message.FieldOfItem {
		in = nil
		if elem := schema.ElemOf(f.Type); elem != nil && f.Parent != nil {
			in = f.Parent.Source.Of(schema.Pointee(elem))
		}
	}
	if in == nil || kind == message.Method || f.Param == "" {
		return "", ""
	}
	all := message.Words(f.Param)
	var names []string
	for i, w := range all {
		if kind == message.Pairs && i%2 == 1 {
			continue
		}
		wire, ok := in.Wire(w)
		if !ok {
			return "", ""
		}
		all[i] = wire
		names = append(names, wire)
	}
	return strings.Join(all, " "), strings.Join(names, ", ")
}

// IsMissing reports whether the rule failed only because there is no value: a
// rule such as min is never put to a nil *int, and fails.
func (f Failure) IsMissing() bool {
	switch f.Kind {
	case reflect.Pointer, reflect.Interface, reflect.Invalid:
	default:
		return false
	}
	switch f.Tag {
	case diveTag, "structonly", "nostructlevel", keysTag:
		return true
	case "isdefault":
		return false
	}
	switch message.ReferenceOf(f.Tag) {
	case message.Pairs, message.Fields:
		return false
	}
	return message.Known(f.Tag)
}
