package validate

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/failwell/failwell/validate/internal/schema"
)

// Check examines T and every type within it at start-up, and reports together
// what would otherwise be a panic or a wrong answer when a client first sends
// the field:
//
//   - tags of validator that do not exist, are malformed, do not fit the type
//     of the field, or name a field that does not exist
//   - rules that no value satisfies, such as email on a number, min=256 on a
//     uint8, oneof=a b on an int, or min=5,max=3, and rules that are applied to
//     a nil pointer, such as those behind required_without where no omitempty
//     stands between them
//   - unique on values with an interface in them, which may hold a list or an
//     object that validator cannot compare
//   - bounds of a json.Number, which validator compares with the number of its
//     characters
//   - fields that JSON cannot decode into, or that have malformed json tags or
//     options that json ignores, and structs that decode themselves through an
//     embedded pointer, which is nil then
//   - types of the standard library that have another JSON form than clients
//     expect: the sql.Null types, url.URL, net.HardwareAddr and others
//   - two fields with one name, which encoding/json/v2 leaves out in silence
//   - fields that no parameter can be decoded into, fields without a tag whose
//     rules reject the zero value, structs without a single tag of their source,
//     and malformed file tags, in a struct for [Query] and the functions like it
//
// A struct with query, path, header or form tags is examined for those sources,
// and for JSON only if it has json tags too. See also [WithSource].
//
// Check applies the built-in rules to sample values, except those that look at
// files or resolve host names. Rules that the program registered are looked up
// and not called. The text is for the programmer and full of Go names.
//
// Where nothing can be decoded into a field, or no value satisfies a rule, a
// request with the field is answered with [apierr.Internal]: the client is not
// to blame.
//
// Check returns nil if there is no fault. The validator is that of the [*Rules]
// among the options.
func Check[T any](opts ...Option) error {
	k := checker{config: settle(opts), seen: make(map[visit]bool)}
	k.top(reflect.TypeFor[T]())
	return errors.Join(k.faults...)
}

type checker struct {
	config *config
	seen   map[visit]bool
	faults []error
}

// top checks the type that requests are decoded into.
func (k *checker) top(t reflect.Type) {
	if in := k.config.source; in != nil {
		k.parameters(in, t)
	} else {
		k.visit(schema.JSON, t, "")
	}
}

// visit is a type as one source fills it. Without a source it stands for the
// rules of a struct, which are the same for all.
type visit struct {
	source *schema.Source
	typ    reflect.Type
}

func (k *checker) fault(where, format string, args ...any) {
	k.faults = append(k.faults, fmt.Errorf("validate: %s: %s", where, fmt.Sprintf(format, args...)))
}

// first reports whether a visit is the first of its kind.
func (k *checker) first(v visit) bool {
	known := k.seen[v]
	k.seen[v] = true
	return !known
}

// visit checks a type; where names the field that led to it.
func (k *checker) visit(s *schema.Source, t reflect.Type, where string) {
	if !k.first(visit{s, t}) {
		return
	}
	if where == "" {
		where = nameOf(t)
	}
	st := s.Of(t)
	if st.Kind == schema.Object {
		k.object(s, t, where)
		return
	}
	switch {
	case st.Fault != nil:
		k.fault(where, "%s", st.Fault)
	case s == schema.JSON && unexpectedForm(t) != "":
		k.fault(where, "%s is %s in JSON", t, unexpectedForm(t))
	}
	switch st.Kind {
	case schema.Pointer, schema.List, schema.Optional, schema.Map:
		k.visit(s, t.Elem(), where)
	}
}

// object checks a struct and its fields.
func (k *checker) object(s *schema.Source, t reflect.Type, where string) {
	if k.first(visit{nil, t}) {
		k.fieldRules(t)
	}
	if s != schema.JSON { // the whole of it is checked by parameters
		k.fieldTypes(s, t)
		return
	}
	sources, json := sourcesOf(t)
	for _, other := range sources {
		if !k.seen[visit{other, t}] {
			k.parameters(other, t)
		}
	}
	if json {
		k.json(t, where)
	}
}

// parameters checks a type that a source beside JSON fills, with all types within
// it.
func (k *checker) parameters(s *schema.Source, t reflect.Type) {
	if err := unfit(s, t, k.config.tagName); err != nil {
		k.faults = append(k.faults, err)
	}
	k.visit(s, t, "")
}

// fieldTypes visits the types of the fields of a struct.
func (k *checker) fieldTypes(s *schema.Source, t reflect.Type) {
	for i := range t.NumField() {
		if f := t.Field(i); (f.IsExported() || f.Anonymous) && !schema.IsFile(f.Type) {
			k.visit(s, f.Type, nameOf(t)+"."+f.Name)
		}
	}
}

// json checks a struct that is decoded from JSON.
func (k *checker) json(t reflect.Type, where string) {
	if form := unexpectedForm(t); form != "" {
		k.fault(where, "%s is %s in JSON", t, form)
		return
	}
	name, st := nameOf(t), schema.JSON.Of(t)
	if st.Fault != nil {
		k.fault(name, "%s", st.Fault)
	} else {
		for _, clash := range st.Duplicates {
			k.fault(name, "%s", clash)
		}
	}
	for _, m := range st.Members {
		if m.Fault != nil && st.Fault == nil {
			k.fault(name, "member %q: %s", m.Name, m.Fault)
		}
	}
	for i := range t.NumField() {
		f := t.Field(i)
		n := schema.JSON.NameOf(f)
		if n.Ignored != "" {
			k.fault(name+"."+f.Name, "json ignores the option %q: the field is a member of its own", n.Ignored)
		}
		if !n.Out && !schema.IsFile(f.Type) && !hasFault(st, i) {
			k.visit(schema.JSON, f.Type, name+"."+f.Name)
		}
	}
}

// hasFault reports whether a fault of the member that a field is, is reported.
func hasFault(st *schema.Type, field int) bool {
	for _, m := range st.Members {
		if len(m.Index) == 1 && m.Index[0] == field {
			return m.Fault != nil
		}
	}
	return false
}

// nameOf is the name of a type in a fault.
func nameOf(t reflect.Type) string {
	if t.Kind() == reflect.Struct && t.Name() == "" {
		return "struct{...}"
	}
	return t.String()
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
