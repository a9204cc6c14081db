package decode

import (
	stdjson "encoding/json"
	"reflect"

	"github.com/go-json-experiment/json"

	"github.com/failwell/failwell/validate/internal/schema"
)

// mapKey makes a map key of a member name.
func mapKey(t reflect.Type, name string) (reflect.Value, bool) {
	if t.Kind() == reflect.String && !schema.UnmarshalsItself(t) {
		key := reflect.New(t).Elem()
		key.SetString(name)
		return key, true
	}
	if t == schema.NumberType {
		return reflect.ValueOf(stdjson.Number(name)), isNumber([]byte(name))
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
