package rules

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-playground/validator/v10"

	"github.com/failwell/failwell/internal/fieldpath"
	"github.com/failwell/failwell/validate/internal/schema"
)

// Place is where an error of validator belongs.
type Place struct {
	Path   string       // on the wire
	Parent *schema.Type // the struct that holds the field; nil: there is none
	Found  bool         // the namespace was followed to its end
	IsKey  bool         // the error is of the key of a map entry, and not of its value
	Rest   string       // what could not be followed, if Found is false
	value  reflect.Value
}

// Locate finds the place of an error of validator in v, a value of the type t,
// from its StructNamespace. The namespace alone cannot be parsed, since map keys
// stand in it unquoted, so it is followed along the type and the value.
func Locate(t *schema.Type, v reflect.Value, fe validator.FieldError) Place {
	f := &follower{err: fe}
	namespace := fe.StructNamespace()
	if t.Kind != schema.Object {
		return f.follow(t.Source, t.Go, v, namespace, fieldpath.Path{}, nil)
	}
	if n := len(t.Go.Name()); n > 0 && n < len(namespace) {
		namespace = namespace[n+1:] // the type and a dot
	}
	return f.field(t, v, namespace, fieldpath.Path{})
}

// follower follows one namespace.
type follower struct {
	err   validator.FieldError
	tries int // the number of map keys that were followed
}

// field follows a namespace that begins with a field of the struct t.
func (f *follower) field(t *schema.Type, v reflect.Value, namespace string, at fieldpath.Path) Place {
	name, rest := namespace, ""
	if i := strings.IndexAny(namespace, ".["); i >= 0 {
		name, rest = namespace[:i], namespace[i:]
	}
	known := t.Fields[name]
	if known == nil {
		return Place{Path: at.String(), Parent: t, Rest: namespace}
	}
	if known.Name != "" {
		at = at.Name(known.Name)
	}
	var fv reflect.Value
	if v.IsValid() {
		fv = v.Field(known.Index)
	}
	return f.follow(t.Source, known.Go, fv, rest, at, t)
}

// follow goes on from a value of type t with the rest of a namespace.
func (f *follower) follow(s *schema.Source, t reflect.Type, v reflect.Value, rest string, at fieldpath.Path, parent *schema.Type) Place {
	t, v = behind(t, v)
	if rest == "" {
		return Place{Path: at.String(), Parent: parent, Found: true, value: v}
	}
	stuck := Place{Path: at.String(), Parent: parent, Rest: rest}
	switch {
	case rest[0] == '.' && t.Kind() == reflect.Struct:
		st := s.Of(t)
		if st.Kind != schema.Object { // one value, whatever is in it
			return Place{Path: at.String(), Parent: st, Found: true, value: v}
		}
		return f.field(st, v, rest[1:], at)
	case rest[0] != '[':
		return stuck
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		return f.element(s, t, v, rest, at, parent)
	case reflect.Map:
		return f.entry(s, t, v, rest, at, parent)
	}
	return stuck
}

// behind looks through pointers, interfaces and validator.Valuers. Behind a nil
// pointer there is a type and no value.
func behind(t reflect.Type, v reflect.Value) (reflect.Type, reflect.Value) {
	if v.IsValid() {
		if in, _ := extract(v); in.IsValid() && !isNil(in) {
			return in.Type(), in
		}
	}
	return schema.Pointee(t), reflect.Value{}
}

func (f *follower) element(s *schema.Source, t reflect.Type, v reflect.Value, rest string, at fieldpath.Path, parent *schema.Type) Place {
	end := strings.IndexByte(rest, ']')
	i, err := strconv.Atoi(rest[1:max(end, 1)])
	if err != nil {
		return Place{Path: at.String(), Parent: parent, Rest: rest}
	}
	var ev reflect.Value
	if v.IsValid() && i < v.Len() {
		ev = v.Index(i)
	}
	if !schema.IsOptional(t) {
		at = at.Index(i)
	}
	return f.follow(s, t.Elem(), ev, rest[end+1:], at, parent)
}

const (
	// maxTries bounds how many keys are followed for one error. Keys can be
	// made so that many of them fit its namespace.
	maxTries = 64
	// maxSearched is the number of keys up to which a map is searched.
	maxSearched = 200
)

// entry follows a map key, which may hold any character. Where several keys of
// the map fit the namespace, the one whose value is at fault is meant.
func (f *follower) entry(s *schema.Source, t reflect.Type, v reflect.Value, rest string, at fieldpath.Path, parent *schema.Type) Place {
	best := Place{Path: at.String(), Parent: parent, Rest: rest}
	if !v.IsValid() || v.Kind() != reflect.Map {
		return best
	}
	follow := func(key reflect.Value, end int) {
		if f.tries++; f.tries > maxTries {
			return
		}
		p := f.follow(s, t.Elem(), v.MapIndex(key), rest[end+1:], at.Clip().Name(KeyName(key)), parent)
		if p.Found && end+1 == len(rest) {
			p.IsKey = !f.isMeant(p.value) && f.isMeant(key)
		}
		if p.Found && (!best.Found || f.means(p) && !f.means(best)) {
			best = p
		}
	}
	if !printsAsKind(t.Key()) {
		f.search(v, rest, follow)
		return best
	}
	for end := 1; end < len(rest) && end <= maxKey+1; end++ {
		if !endsKey(rest, end) {
			continue
		}
		if key, ok := parseKey(t.Key(), rest[1:end]); ok && v.MapIndex(key).IsValid() {
			follow(key, end)
		}
	}
	return best
}

// endsKey reports whether a key in a namespace may end there.
func endsKey(rest string, end int) bool {
	return end < len(rest) && rest[end] == ']' && (end+1 == len(rest) || rest[end+1] == '.' || rest[end+1] == '[')
}

// search follows those keys of a map that validator prints otherwise than
// their kind is printed.
func (f *follower) search(v reflect.Value, rest string, follow func(key reflect.Value, end int)) {
	if v.Len() > maxSearched {
		return
	}
	for _, key := range v.MapKeys() {
		text := fmt.Sprintf("%v", key)
		if end := 1 + len(text); strings.HasPrefix(rest[1:], text) && endsKey(rest, end) {
			follow(key, end)
		}
	}
}

// printsAsKind reports whether validator prints a key as its kind is printed.
func printsAsKind(t reflect.Type) bool {
	return t.NumMethod() == 0 && (t.Kind() == reflect.String || schema.Want(t) == "integer")
}

// means reports whether the error is of what stands at p.
func (f *follower) means(p Place) bool { return p.IsKey || f.isMeant(p.value) }

// isMeant reports whether v is the value of the error.
func (f *follower) isMeant(v reflect.Value) bool {
	return v.IsValid() && v.CanInterface() && reflect.DeepEqual(v.Interface(), f.err.Value())
}

func parseKey(t reflect.Type, text string) (reflect.Value, bool) {
	key := reflect.New(t).Elem()
	switch {
	case t.Kind() == reflect.String:
		key.SetString(text)
		return key, true
	case key.CanInt():
		i, err := strconv.ParseInt(text, 10, t.Bits())
		key.SetInt(i)
		return key, err == nil
	case key.CanUint():
		u, err := strconv.ParseUint(text, 10, t.Bits())
		key.SetUint(u)
		return key, err == nil
	}
	return key, false
}
