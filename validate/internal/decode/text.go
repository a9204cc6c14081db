package decode

import (
	"encoding"
	"encoding/base64"
	"errors"
	"reflect"
	"strconv"

	"github.com/failwell/failwell/validate/internal/schema"
)

// setText sets a value from the text of a parameter.
func setText(t *schema.Type, v reflect.Value, text string) bool {
	if schema.UnmarshalsText(t.Go) {
		u, ok := reflect.TypeAssert[encoding.TextUnmarshaler](v.Addr())
		return ok && u.UnmarshalText([]byte(text)) == nil
	}
	switch {
	case v.Kind() == reflect.String:
		v.SetString(text)
		return true
	case v.Kind() == reflect.Bool:
		b, ok := truths[text]
		v.SetBool(b)
		return ok
	case v.CanInt():
		i, err := strconv.ParseInt(text, 10, v.Type().Bits())
		v.SetInt(i)
		return err == nil
	case v.CanUint():
		u, err := strconv.ParseUint(text, 10, v.Type().Bits())
		v.SetUint(u)
		return err == nil
	case v.CanFloat():
		f, err := strconv.ParseFloat(text, v.Type().Bits())
		v.SetFloat(f)
		return err == nil
	case v.Kind() == reflect.Interface && v.NumMethod() == 0:
		v.Set(reflect.ValueOf(text))
		return true
	case t.Go.Kind() == reflect.Slice && schema.IsBytes(t.Go):
		b, err := base64.StdEncoding.DecodeString(text)
		v.SetBytes(b)
		return err == nil
	}
	return false
}

// truths are the texts of booleans: those of strconv.ParseBool, and those that
// HTML forms send.
var truths = map[string]bool{
	"1": true, "t": true, "T": true, "true": true, "TRUE": true, "True": true, "on": true, "yes": true, "ok": true,
	"0": false, "f": false, "F": false, "false": false, "FALSE": false, "False": false, "off": false, "no": false,
}

// asJSON is a text as the JSON value that its violation is about.
func asJSON(t *schema.Type, text string) []byte {
	if t.Want == "integer" || t.Want == "number" {
		if _, err := strconv.ParseFloat(text, 64); err == nil || errors.Is(err, strconv.ErrRange) {
			return []byte(text)
		}
	}
	return []byte{'"'}
}
