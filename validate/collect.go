package validate

import (
	"reflect"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/failwell/failwell/apierr"
)

// collector decodes a body again that did not decode in one go, value by value,
// and records what is wrong with each. Every byte is read once, however deep it
// stands, so hostile input costs what its length is.
//
// What the first attempt left in the value stays: it comes from the same bytes,
// and need not be allocated again.
//
// This is a walk of our own and not json's with a function for every value:
// such a function cannot see unknown members, and would have to try the values
// inside a failing one again at each level.
type collector struct {
	scanner
	config *config
	at     trail
	found  []finding
}

// full reports whether there is more to tell than will be told.
func (k *collector) full() bool { return len(k.found) > k.config.maxViolations }

func (k *collector) add(at int, rule, param, message string) {
	k.found = append(k.found, finding{apierr.Violation{
		Path: k.at.String(), Rule: rule, Param: param, Message: message,
	}, at})
}

// value decodes the value ahead into v, which is settable.
func (k *collector) value(s *shape, v reflect.Value, single reflect.Type) {
	switch c := k.kind(); {
	case single != nil || s.build == leaf:
		k.leaf(s, v, single)
	case s.build == pointer:
		k.pointer(s, v, c == 'n')
	case s.build == optional:
		k.optional(s, v, c == 'n')
	case c == 'n' && !k.at.atRoot():
		k.skip() // null is the zero value, as json has it
		v.SetZero()
	case c == '{' && s.build == object:
		k.object(s, v)
	case c == '{' && s.build == dict:
		k.dict(v)
	case c == '[' && s.build == list:
		k.list(v)
	default:
		k.mismatch(s.want, c)
		v.SetZero()
	}
}

// mismatch records a value of another type than belongs here, and skips it.
func (k *collector) mismatch(want string, got byte) {
	v := mismatch("", want, got)
	k.add(k.i, v.Rule, v.Param, v.Message)
	k.skip()
}

func (k *collector) pointer(s *shape, v reflect.Value, null bool) {
	inner := jsonNames.shapeOf(s.typ.Elem())
	if null && !(k.at.atRoot() && inner.composite()) {
		k.skip()
		v.SetZero()
		return
	}
	if v.IsNil() {
		v.Set(reflect.New(s.typ.Elem()))
	}
	k.value(inner, v.Elem(), nil)
}

func (k *collector) optional(s *shape, v reflect.Value, null bool) {
	if null {
		k.skip()
		v.Set(reflect.MakeSlice(s.typ, 0, 0))
		return
	}
	v.Set(reflect.MakeSlice(s.typ, 1, 1))
	k.value(jsonNames.shapeOf(s.typ.Elem()), v.Index(0), nil)
}

func (k *collector) object(s *shape, v reflect.Value) {
	outer := k.at
	for k.enter(); k.more() && !k.full(); k.at = outer {
		raw, at := k.name()
		name := string(raw)
		f := s.lookup(name)
		switch {
		case f != nil:
			k.at = outer.name(f.name)
			k.kind()
			if fv, ok := fieldByIndex(v, f.index); ok {
				k.value(jsonNames.shapeOf(f.typ), fv, f.single)
			} else {
				k.add(k.i, ruleFormat, "", msgInvalid)
				k.skip()
			}
		case s.open || k.config.allowUnknown:
			k.skip()
		default:
			k.at = outer.name(name)
			k.add(at, ruleUnknown, "", msgUnknown)
			k.skip()
		}
	}
}

// fieldByIndex is reflect's, but makes the embedded structs that are missing.
// ok is false where an unexported one cannot be made.
func fieldByIndex(v reflect.Value, index []int) (f reflect.Value, ok bool) {
	for i, x := range index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				if !v.CanSet() {
					return v, false
				}
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(x)
	}
	return v, true
}

func (k *collector) dict(v reflect.Value) {
	t := v.Type()
	if v.IsNil() {
		v.Set(reflect.MakeMap(t))
	}
	elem := jsonNames.shapeOf(t.Elem())
	outer := k.at
	for k.enter(); k.more() && !k.full(); k.at = outer {
		raw, at := k.name()
		name := string(raw)
		k.at = outer.name(name)
		key, ok := decodeKey(t.Key(), name)
		if !ok {
			k.add(at, ruleFormat, "", msgInvalid)
		}
		ev := reflect.New(t.Elem()).Elem()
		k.kind()
		k.value(elem, ev, nil)
		if ok {
			v.SetMapIndex(key, ev)
		}
	}
}

// decodeKey makes a map key of a member name.
func decodeKey(t reflect.Type, name string) (reflect.Value, bool) {
	if t.Kind() == reflect.String && !unmarshalsItself(t) {
		return reflect.ValueOf(name).Convert(t), true
	}
	doc, err := json.Marshal(map[string]struct{}{name: {}})
	if err != nil {
		return reflect.Value{}, false
	}
	m := reflect.New(reflect.MapOf(t, reflect.TypeFor[struct{}]()))
	if err := json.Unmarshal(doc, m.Interface()); err != nil || m.Elem().Len() != 1 {
		return reflect.Value{}, false
	}
	return m.Elem().MapKeys()[0], true
}

func (k *collector) list(v reflect.Value) {
	t := v.Type()
	elem := jsonNames.shapeOf(t.Elem())
	switch {
	case t.Kind() != reflect.Slice:
	case v.IsNil():
		v.Set(reflect.MakeSlice(t, 0, 0))
	default:
		v.SetLen(0)
	}
	outer, start, n := k.at, k.i, 0
	for k.enter(); k.more() && !k.full(); n++ {
		k.at = outer.index(n)
		if t.Kind() == reflect.Slice {
			if n == v.Cap() {
				v.Grow(max(n, 4))
			}
			v.SetLen(n + 1)
		} else if n >= v.Len() {
			k.skip()
			continue
		}
		k.value(elem, v.Index(n), nil)
	}
	k.at = outer
	if t.Kind() == reflect.Array && n != v.Len() && !k.full() {
		size := strconv.Itoa(v.Len())
		k.add(start, ruleLength, size, "Must contain exactly "+plural(size, "item"))
	}
}

// composite reports whether an object or an array belongs here.
func (s *shape) composite() bool {
	return s.build == object || s.build == dict || s.build == list
}
