package validate

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
)

// Check looks at T and every type within it at start-up, and reports together
// what would otherwise be a panic or a wrong answer when a client first sends
// the field:
//
//   - tags of validator that do not exist, are malformed, do not fit the type
//     of the field, or name a field that does not exist
//   - fields that JSON cannot decode into, or that have malformed json tags
//   - two fields with one name, which encoding/json/v2 leaves out in silence
//   - malformed file tags of a [Form]
//
// To try a tag it applies the built-in rules to sample values, save those that
// look at files or resolve host names. Rules of the program's own are only
// looked up. The text is for the programmer and full of Go names.
//
// It returns nil if all is well. An Option that is a [*Rules] says with which
// validator.
func Check[T any](opts ...Option) error {
	k := checker{config: settle(opts), seen: make(map[reflect.Type]bool)}
	k.visit(reflect.TypeFor[T](), "")
	return errors.Join(k.faults...)
}

type checker struct {
	config *config
	seen   map[reflect.Type]bool
	top    reflect.Type // the outermost struct
	faults []error
}

func (k *checker) fault(where, format string, args ...any) {
	k.faults = append(k.faults, fmt.Errorf("validate: %s: %s", where, fmt.Sprintf(format, args...)))
}

// visit checks a type; where says which field led to it.
func (k *checker) visit(t reflect.Type, where string) {
	if k.seen[t] {
		return
	}
	k.seen[t] = true
	if where == "" {
		where = nameOf(t)
	}
	if t.Kind() == reflect.Struct && k.top == nil {
		k.top = t
	}
	switch {
	case t.Kind() == reflect.Pointer, buildOf(t) == list, buildOf(t) == optional:
		k.visit(t.Elem(), where)
	case buildOf(t) == dict:
		k.key(t.Key(), where)
		k.visit(t.Elem(), where)
	case buildOf(t) == object:
		k.object(t)
	case !decodable(t):
		k.fault(where, "JSON cannot be decoded into %s", t)
	}
}

// key checks the type of a map's keys.
func (k *checker) key(t reflect.Type, where string) {
	if t.Kind() == reflect.String || wantOf(t) == "integer" || wantOf(t) == "number" || unmarshalsItself(t) {
		return
	}
	k.fault(where, "JSON has no map keys of type %s", t)
}

// decodable reports whether json takes any value for a type that is not taken
// apart.
func decodable(t reflect.Type) bool {
	switch {
	case unmarshalsItself(t) && t != durationType:
		return true
	case t.Kind() == reflect.Interface:
		return t.NumMethod() == 0
	}
	// A type that json does not know is refused for its own sake, whatever
	// the value; others take null.
	return json.Unmarshal([]byte("null"), reflect.New(t).Interface()) == nil
}

func (k *checker) object(t reflect.Type) {
	name := nameOf(t)
	if isSource(t) { // not for JSON: its tags are another source's
		k.source(t)
	} else if err := json.Unmarshal([]byte("{}"), reflect.New(t).Interface()); err != nil {
		k.fault(name, "%s", reason(err))
	} else {
		for _, clash := range jsonNames.shapeOf(t).clashes {
			k.fault(name, "%s", clash)
		}
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() && !f.Anonymous {
			continue
		}
		where := name + "." + f.Name
		if tag := f.Tag.Get(k.config.tagName); tag != "" && tag != "-" {
			k.rules(t, f, where, tag)
		}
		if !parseName(f, jsonTag).out && !isFile(f.Type) {
			k.visit(f.Type, where)
		}
	}
}

// nameOf is how a type is called in a fault.
func nameOf(t reflect.Type) string {
	if t.Kind() == reflect.Struct && t.Name() == "" {
		return "struct{...}"
	}
	return t.String()
}

// reason is why json refuses a type, without its own preamble.
func reason(err error) string {
	if e, ok := errors.AsType[*json.SemanticError](err); ok && e.Err != nil {
		return e.Err.Error()
	}
	return err.Error()
}

// isSource reports whether a struct is for one of the sources beside JSON.
func isSource(t reflect.Type) bool {
	for i := range t.NumField() {
		for _, n := range []*naming{queryNames, pathNames, headerNames, formNames} {
			if _, ok := t.Field(i).Tag.Lookup(n.tag); ok {
				return true
			}
		}
	}
	return false
}

// source checks a struct that is filled from a query, a form or the like.
func (k *checker) source(t reflect.Type) {
	for _, n := range []*naming{queryNames, pathNames, headerNames, formNames} {
		for _, clash := range n.shapeOf(t).clashes {
			k.fault(nameOf(t), "%s tags: %s", n.tag, clash)
		}
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Type.Kind() == reflect.Array && !unmarshalsItself(f.Type) {
			k.fault(nameOf(t)+"."+f.Name, "a slice is needed in place of %s", f.Type)
		}
		tag, ok := f.Tag.Lookup("file")
		if !ok {
			continue
		}
		if !isFile(f.Type) {
			k.fault(nameOf(t)+"."+f.Name, "a file tag on %s", f.Type)
		}
		if err := attempt(func() { parseFileRules(tag) }); err != nil {
			k.fault(nameOf(t)+"."+f.Name, "%s", strings.TrimPrefix(err.Error(), "validate: "))
		}
	}
}

// attempt calls f and returns the panic that it ended with.
func attempt(f func()) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%v", v)
		}
	}()
	f()
	return nil
}
