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
	at     reflect.Value
}

// resolver finds places on the wire from validator's StructNamespace. The
// namespace alone cannot be parsed, since map keys stand in it unquoted, so it
// is followed along the type and the value.
type resolver struct {
	complaint validator.FieldError // nil: there is none
}

// resolve finds the place of a namespace in v, a value of the shape s.
func (r resolver) resolve(s *shape, v reflect.Value, namespace string) place {
	if s.build == object {
		if n := len(s.typ.Name()); n > 0 && n < len(namespace) {
			namespace = namespace[n+1:] // the type and a dot
		}
		if m := s.members[namespace]; m != nil && m.wire != "" && plain(m.wire) {
			return place{path: m.wire, parent: s, whole: true} // most places
		}
		return r.member(s, v, namespace, nil)
	}
	return r.follow(s.names, s.typ, v, namespace, nil, nil)
}

// member follows a namespace that begins with a field of the struct s.
func (r resolver) member(s *shape, v reflect.Value, namespace string, path []byte) place {
	name, rest := namespace, ""
	if i := strings.IndexAny(namespace, ".["); i >= 0 {
		name, rest = namespace[:i], namespace[i:]
	}
	m := s.members[name]
	if m == nil {
		return place{path: orRoot(path), parent: s, rest: namespace}
	}
	if m.wire != "" {
		path = appendName(path, m.wire)
	}
	var fv reflect.Value
	if v.IsValid() {
		fv = v.Field(m.index)
	}
	return r.follow(s.names, m.typ, fv, rest, path, s)
}

// follow goes on from a value of type t with the rest of a namespace.
func (r resolver) follow(n *naming, t reflect.Type, v reflect.Value, rest string, path []byte, parent *shape) place {
	t, v = bottom(t, v)
	if rest == "" {
		return place{path: orRoot(path), parent: parent, whole: true, at: v}
	}
	stuck := place{path: orRoot(path), parent: parent, rest: rest}
	switch {
	case rest[0] == '.' && t.Kind() == reflect.Struct:
		return r.member(n.shapeOf(t), v, rest[1:], path)
	case rest[0] != '[':
		return stuck
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		return r.element(n, t, v, rest, path, parent)
	case reflect.Map:
		return r.entry(n, t, v, rest, path, parent)
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

func (r resolver) element(n *naming, t reflect.Type, v reflect.Value, rest string, path []byte, parent *shape) place {
	end := strings.IndexByte(rest, ']')
	i, err := strconv.Atoi(rest[1:max(end, 1)])
	if err != nil {
		return place{path: orRoot(path), parent: parent, rest: rest}
	}
	var ev reflect.Value
	if v.IsValid() && i < v.Len() {
		ev = v.Index(i)
	}
	if !t.Implements(optionalType) { // an Optional has no elements on the wire
		path = appendIndex(path, i)
	}
	return r.follow(n, t.Elem(), ev, rest[end+1:], path, parent)
}

// entry follows a map key, which may hold any character. Where several keys of
// the map fit the namespace, the one whose value is at fault is meant.
func (r resolver) entry(n *naming, t reflect.Type, v reflect.Value, rest string, path []byte, parent *shape) place {
	best := place{path: orRoot(path), parent: parent, rest: rest}
	for end := 1; end < len(rest); end++ {
		if rest[end] != ']' || end+1 < len(rest) && rest[end+1] != '.' && rest[end+1] != '[' {
			continue
		}
		key, ok := findKey(t, v, rest[1:end])
		if !ok {
			continue
		}
		var ev reflect.Value
		if v.IsValid() {
			ev = v.MapIndex(key)
		}
		p := r.follow(n, t.Elem(), ev, rest[end+1:], appendName(path[:len(path):len(path)], keyName(key)), parent)
		if p.whole && (!best.whole || r.meant(p.at) && !r.meant(best.at)) {
			best = p
		}
	}
	return best
}

// meant reports whether at holds what the validator complained of.
func (r resolver) meant(at reflect.Value) bool {
	return r.complaint != nil && at.IsValid() && at.CanInterface() && reflect.DeepEqual(at.Interface(), r.complaint.Value())
}

// manyKeys is up to where a map is searched for a key that does not tell its
// text by its kind.
const manyKeys = 1000

// findKey finds the key of v that validator prints as text.
func findKey(t reflect.Type, v reflect.Value, text string) (reflect.Value, bool) {
	if !v.IsValid() || v.Kind() != reflect.Map {
		return reflect.Value{}, false
	}
	if key, ok := parseKey(t.Key(), text); ok && v.MapIndex(key).IsValid() {
		return key, true
	}
	if v.Len() <= manyKeys {
		for _, key := range v.MapKeys() {
			if fmt.Sprintf("%v", key) == text {
				return key, true
			}
		}
	}
	return reflect.Value{}, false
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
