package decode

import (
	stdjson "encoding/json"
	"reflect"

	"github.com/go-json-experiment/json"

	"github.com/failwell/failwell/validate/internal/schema"
)

// setKey sets a map key from the name of a member, and reports whether the name
// is one of a key.
func setKey(key reflect.Value, name string) bool {
	if t := key.Type(); t.Kind() == reflect.String && !schema.UnmarshalsItself(t) {
		key.SetString(name)
		return true
	}
	made, ok := mapKey(key.Type(), name)
	if ok {
		key.Set(made)
	}
	return ok
}

// mapKey makes a map key of a member name.
func mapKey(t reflect.Type, name string) (reflect.Value, bool) {
	if t.Kind() == reflect.String && !schema.UnmarshalsItself(t) {
		key := reflect.New(t).Elem()
		key.SetString(name)
		return key, true
	}
	if t == schema.NumberType {
		return reflect.ValueOf(stdjson.Number(name)), isNumber(name)
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
