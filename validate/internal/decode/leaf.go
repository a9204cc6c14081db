package decode

import (
	"bytes"
	"reflect"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/failwell/failwell/validate/internal/message"
	"github.com/failwell/failwell/validate/internal/schema"
)

// leaf decodes a value that is not taken apart.
func (w *walk) leaf(t *schema.Type, v reflect.Value, single reflect.Type) {
	raw := w.next()
	if single == nil && t.Basic && setBasic(v, raw) {
		return
	}
	w.spend(leafCost + v.Type().Size() + uintptr(len(raw)))
	v.SetZero() // json would merge into what is there
	err := w.unmarshal(raw, v, single)
	if err == nil {
		return
	}
	v.SetZero()
	want := t.Want
	if single != nil {
		want = "" // the options of the tag decide
		if raw[0] != '"' && (t.Want == "integer" || t.Want == "number") {
			want = "string"
		}
	}
	w.add(w.i-len(raw), message.Misfit(t.Go, want, raw))
}

func (w *walk) unmarshal(raw []byte, v reflect.Value, single reflect.Type) error {
	if single == nil {
		return json.Unmarshal(raw, v.Addr().Interface(), w.json)
	}
	alone := reflect.New(single)
	doc := append(append([]byte(`{"f":`), raw...), '}')
	if err := json.Unmarshal(doc, alone.Interface(), w.json); err != nil {
		return err
	}
	v.Set(alone.Elem().Field(0))
	return nil
}

// setBasic sets a string, boolean or number from the plain forms of JSON. It
// reports false for all others, which json decodes: a call of json for each of
// a million numbers would cost more than the body does.
func setBasic(v reflect.Value, raw []byte) bool {
	first := message.TypeOf(raw[0])
	switch k := v.Kind(); {
	case k == reflect.String && first == "string" && bytes.IndexByte(raw, '\\') < 0:
		if text := raw[1 : len(raw)-1]; v.String() != string(text) {
			v.SetString(string(text))
		}
	case k == reflect.Bool && first == "boolean":
		v.SetBool(raw[0] == 't')
	case k != reflect.String && k != reflect.Bool && first == "number":
		return setNumber(v, raw)
	default:
		return false
	}
	return true
}

// maxNumber is the length in bytes of the longest number that setNumber reads.
const maxNumber = 32

func setNumber(v reflect.Value, raw []byte) bool {
	if len(raw) > maxNumber {
		return false
	}
	switch {
	case v.CanInt():
		i, err := strconv.ParseInt(string(raw), 10, v.Type().Bits())
		if err != nil {
			return false
		}
		v.SetInt(i)
	case v.CanUint():
		u, err := strconv.ParseUint(string(raw), 10, v.Type().Bits())
		if err != nil {
			return false
		}
		v.SetUint(u)
	case v.CanFloat():
		f, err := strconv.ParseFloat(string(raw), v.Type().Bits())
		if err != nil {
			return false
		}
		v.SetFloat(f)
	}
	return true
}
