package validate

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-playground/validator/v10"
)

// place is where a validator's complaint belongs.
type place struct {
	path   string // on the wire
	parent *shape // the struct that holds the field; nil: there is none
	whole  bool   // the namespace was followed to its end
	rest   string // what could not be followed, where whole is false
	value  reflect.Value
}

// resolver finds places on the wire from validator's StructNamespace. The
// namespace alone cannot be parsed, since map keys stand in it unquoted, so it
// is followed along the type and the value.
type resolver struct {
	complaint validator.FieldError // nil: there is none
	tries     int                  // how many keys were followed
}

// resolve finds the place of a namespace in v, a value of the shape s.
func (r *resolver) resolve(s *shape, v reflect.Value, namespace string) place {
	if s.build == object {
		if n := len(s.typ.Name()); n > 0 && n < len(namespace) {
			namespace = namespace[n+1:] // the type and a dot
		}
		if m := s.members[namespace]; m != nil && m.wire != "" && plain(m.wire) {
			return place{path: m.wire, parent: s, whole: true} // most places
		}
		return r.member(s, v, namespace, trail{})
	}
	return r.follow(s.names, s.typ, v, namespace, trail{}, nil)
}

// member follows a namespace that begins with a field of the struct s.
func (r *resolver) member(s *shape, v reflect.Value, namespace string, at trail) place {
	name, rest := namespace, ""
	if i := strings.IndexAny(namespace, ".["); i >= 0 {
		name, rest = namespace[:i], namespace[i:]
	}
	m := s.members[name]
	if m == nil {
		return place{path: at.String(), parent: s, rest: namespace}
	}
	if m.wire != "" {
		at = at.name(m.wire)
	}
	var fv reflect.Value
	if v.IsValid() {
		fv = v.Field(m.index)
	}
	return r.follow(s.names, m.typ, fv, rest, at, s)
}

// follow goes on from a value of type t with the rest of a namespace.
func (r *resolver) follow(n *naming, t reflect.Type, v reflect.Value, rest string, at trail, parent *shape) place {
	t, v = bottom(t, v)
	if rest == "" {
		return place{path: at.String(), parent: parent, whole: true, value: v}
	}
	stuck := place{path: at.String(), parent: parent, rest: rest}
	switch {
	case rest[0] == '.' && t.Kind() == reflect.Struct:
		return r.member(n.shapeOf(t), v, rest[1:], at)
	case rest[0] != '[':
		return stuck
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		return r.element(n, t, v, rest, at, parent)
	case reflect.Map:
		return r.entry(n, t, v, rest, at, parent)
	}
	return stuck
}

var valuerType = reflect.TypeFor[validator.Valuer]()

// bottom looks through pointers, interfaces and validator.Valuers, as
// validator does.
func bottom(t reflect.Type, v reflect.Value) (reflect.Type, reflect.Value) {
	for {
		switch {
		case v.IsValid() && (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && !v.IsNil():
			v = v.Elem()
			t = v.Type()
		case t.NumMethod() > 0 && v.IsValid() && v.CanInterface() && t.Implements(valuerType):
			u, _ := reflect.TypeAssert[validator.Valuer](v)
			if v = reflect.ValueOf(u.ValidatorValue()); !v.IsValid() {
				return t, v
			}
			t = v.Type()
		case t.Kind() == reflect.Pointer:
			t, v = t.Elem(), reflect.Value{}
		default:
			return t, v
		}
	}
}

func (r *resolver) element(n *naming, t reflect.Type, v reflect.Value, rest string, at trail, parent *shape) place {
	end := strings.IndexByte(rest, ']')
	i, err := strconv.Atoi(rest[1:max(end, 1)])
	if err != nil {
		return place{path: at.String(), parent: parent, rest: rest}
	}
	var ev reflect.Value
	if v.IsValid() && i < v.Len() {
		ev = v.Index(i)
	}
	if !t.Implements(optionalType) { // an Optional has no elements on the wire
		at = at.index(i)
	}
	return r.follow(n, t.Elem(), ev, rest[end+1:], at, parent)
}

// mostTries bounds how many keys are followed for one complaint. Keys can be
// made so that many of them fit its namespace.
const mostTries = 64

// entry follows a map key, which may hold any character. Where several keys of
// the map fit the namespace, the one whose value is at fault is meant.
func (r *resolver) entry(n *naming, t reflect.Type, v reflect.Value, rest string, at trail, parent *shape) place {
	best := place{path: at.String(), parent: parent, rest: rest}
	if !v.IsValid() || v.Kind() != reflect.Map {
		return best
	}
	follow := func(key reflect.Value, end int) {
		if r.tries++; r.tries > mostTries {
			return
		}
		p := r.follow(n, t.Elem(), v.MapIndex(key), rest[end+1:], at.apart().name(keyName(key)), parent)
		if p.whole && (!best.whole || r.meant(p.value) && !r.meant(best.value)) {
			best = p
		}
	}
	if !tellsItself(t.Key()) {
		r.search(v, rest, follow)
		return best
	}
	for end := 1; end < len(rest) && end <= longestKey+1; end++ {
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
// their kind tells.
func (r *resolver) search(v reflect.Value, rest string, follow func(key reflect.Value, end int)) {
	if v.Len() > manyKeys {
		return
	}
	for _, key := range v.MapKeys() {
		text := fmt.Sprintf("%v", key)
		if end := 1 + len(text); strings.HasPrefix(rest[1:], text) && endsKey(rest, end) {
			follow(key, end)
		}
	}
}

// manyKeys is up to where a map is searched.
const manyKeys = 200

// tellsItself reports whether validator prints a key as its kind is printed.
func tellsItself(t reflect.Type) bool {
	return t.NumMethod() == 0 && (t.Kind() == reflect.String || wantOf(t) == "integer")
}

// meant reports whether at holds what the validator complained of.
func (r *resolver) meant(at reflect.Value) bool {
	return r.complaint != nil && at.IsValid() && at.CanInterface() && reflect.DeepEqual(at.Interface(), r.complaint.Value())
}

func parseKey(t reflect.Type, text string) (reflect.Value, bool) {
	key := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.String:
		key.SetString(text)
		return key, true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		i, err := strconv.ParseInt(text, 10, t.Bits())
		key.SetInt(i)
		return key, err == nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		u, err := strconv.ParseUint(text, 10, t.Bits())
		key.SetUint(u)
		return key, err == nil
	}
	return key, false
}

// keyName is a map key as JSON writes it.
func keyName(key reflect.Value) string {
	if m, ok := reflect.TypeAssert[encoding.TextMarshaler](key); ok {
		if text, err := m.MarshalText(); err == nil {
			return string(text)
		}
	}
	if key.Kind() == reflect.String {
		return key.String()
	}
	return fmt.Sprint(key)
}
