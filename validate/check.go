package validate

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/go-json-experiment/json"

	"github.com/failwell/failwell/validate/internal/schema"
)

// Check examines T and every type within it at start-up, and reports together
// what would otherwise be a panic or a wrong answer when a client first sends
// the field:
//
//   - tags of validator that do not exist, are malformed, do not fit the type
//     of the field, or name a field that does not exist
//   - fields that JSON cannot decode into, or that have malformed json tags
//   - two fields with one name, which encoding/json/v2 leaves out in silence
//   - fields that no parameter can be decoded into, structs without a single tag
//     of their source, and malformed file tags, in a struct for [Query] and the
//     functions like it
//
// The tags of T show what it is for; see also [WithSource].
//
// Check applies the built-in rules to sample values, except those that look at
// files or resolve host names. Rules that the program registered are looked up
// and not called. The text is for the programmer and full of Go names.
//
// It returns nil if there is no fault. The validator is that of the [*Rules]
// among the options.
func Check[T any](opts ...Option) error {
	k := checker{config: settle(opts), seen: make(map[reflect.Type]bool)}
	t := reflect.TypeFor[T]()
	sources := sourcesOf(t)
	k.params = len(sources) > 0 && !hasTag(t, schema.JSON.Tag, make(map[reflect.Type]bool))
	if in := k.config.source; in != nil {
		sources, k.params = []*schema.Source{in}, true
	}
	for _, s := range sources {
		if err := unfit(s, t, k.config.tagName); err != nil {
			k.faults = append(k.faults, err)
		}
	}
	k.visit(t, "")
	return errors.Join(k.faults...)
}

type checker struct {
	config *config
	seen   map[reflect.Type]bool
	params bool         // T is for the sources beside JSON
	top    reflect.Type // the outermost struct
	faults []error
}

func (k *checker) fault(where, format string, args ...any) {
	k.faults = append(k.faults, fmt.Errorf("validate: %s: %s", where, fmt.Sprintf(format, args...)))
}

// visit checks a type; where names the field that led to it.
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
	switch schema.JSON.Of(t).Kind {
	case schema.Pointer, schema.List, schema.Optional:
		k.visit(t.Elem(), where)
	case schema.Map:
		k.key(t.Key(), where)
		k.visit(t.Elem(), where)
	case schema.Object:
		k.object(t)
	default:
		if !k.params && !decodable(t) {
			k.fault(where, "JSON cannot be decoded into %s", t)
		}
	}
}

// key checks the type of a map's keys.
func (k *checker) key(t reflect.Type, where string) {
	if k.params || isKey(t) {
		return
	}
	k.fault(where, "JSON has no map keys of type %s", t)
}

// decodable reports whether json accepts any value for a type that is not taken
// apart.
func decodable(t reflect.Type) bool {
	switch {
	case schema.UnmarshalsItself(t) && t != schema.DurationType:
		return true
	case t.Kind() == reflect.Interface:
		return t.NumMethod() == 0
	}
	// json refuses a type that it does not know whatever the value is; others
	// accept null.
	return json.Unmarshal([]byte("null"), reflect.New(t).Interface()) == nil
}

func (k *checker) object(t reflect.Type) {
	name := nameOf(t)
	if k.params { // its tags are checked by unfit
	} else if err := json.Unmarshal([]byte("{}"), reflect.New(t).Interface()); err != nil {
		k.fault(name, "%s", reason(err))
	} else {
		for _, clash := range schema.JSON.Of(t).Duplicates {
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
		if (k.params || !schema.JSON.NameOf(f).Out) && !schema.IsFile(f.Type) {
			k.visit(f.Type, where)
		}
	}
}

// nameOf is the name of a type in a fault.
func nameOf(t reflect.Type) string {
	if t.Kind() == reflect.Struct && t.Name() == "" {
		return "struct{...}"
	}
	return t.String()
}

// reason is why json refuses a type, without the preamble of its error.
func reason(err error) string {
	if e, ok := errors.AsType[*json.SemanticError](err); ok && e.Err != nil {
		return e.Err.Error()
	}
	return err.Error()
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
