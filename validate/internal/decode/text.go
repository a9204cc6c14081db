package decode

import (
	"encoding"
	"encoding/base64"
	"fmt"
	"math/big"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate/internal/message"
	"github.com/failwell/failwell/validate/internal/schema"
	"github.com/failwell/failwell/validate/internal/violation"
)

// Numbers of types that hold the text of a number. Their own grammars are wider
// than that of JSON.
var (
	bigIntType   = reflect.TypeFor[big.Int]()
	bigFloatType = reflect.TypeFor[big.Float]()
)

// TakesText reports whether a parameter can be decoded into values of a type
// that is not taken apart.
func TakesText(t *schema.Type) bool {
	switch {
	case t.Kind != schema.Leaf:
		return false
	case t.Basic, t.Text, t.Go == schema.DurationType, t.Go == schema.NumberType:
		return true
	case schema.UnmarshalsItself(t.Go): // from JSON alone
		return false
	case t.Go.Kind() == reflect.Interface:
		return t.Go.NumMethod() == 0
	}
	return schema.IsBytes(t.Go) || t.Go.Kind() == reflect.Uintptr
}

// setText sets a value from the text of a parameter. It panics if no text can be
// decoded into the type, which Check reports.
func setText(t *schema.Type, v reflect.Value, text string) bool {
	switch {
	case !fitsNumber(t.Go, text):
		return false
	case t.Basic:
		return setPlain(v, text)
	case t.Go == schema.DurationType:
		d, err := time.ParseDuration(text)
		v.SetInt(int64(d))
		return err == nil
	case t.Go == schema.TimeType && t.Source == schema.Header:
		return setHTTPTime(v, text)
	case t.Text:
		u, ok := reflect.TypeAssert[encoding.TextUnmarshaler](v.Addr())
		return ok && u.UnmarshalText([]byte(text)) == nil
	case !TakesText(t):
		panic(fmt.Sprintf("validate: %s parameters cannot be decoded into %s", t.Source.In, t.Go))
	case schema.IsBytes(t.Go):
		return setBytes(v, text)
	}
	return setPlain(v, text)
}

// fitsNumber reports whether a text is a number where t is a type that holds the
// text of one.
func fitsNumber(t reflect.Type, text string) bool {
	switch t {
	case schema.NumberType, bigFloatType:
		return isNumber(text)
	case bigIntType:
		return isInteger(text)
	}
	return true
}

// setPlain sets a string, a boolean, a number, or anything.
func setPlain(v reflect.Value, text string) bool {
	switch {
	case v.Kind() == reflect.String:
		v.SetString(text)
		return true
	case v.Kind() == reflect.Interface:
		v.Set(reflect.ValueOf(text))
		return true
	case v.Kind() == reflect.Bool:
		b, ok := truths[text]
		v.SetBool(b)
		return ok
	case v.CanInt():
		i, err := strconv.ParseInt(text, 10, v.Type().Bits())
		v.SetInt(i)
		return err == nil && isInteger(text)
	case v.CanUint():
		u, err := strconv.ParseUint(text, 10, v.Type().Bits())
		v.SetUint(u)
		return err == nil && isInteger(text)
	}
	if !isNumber(text) {
		return false
	}
	f, err := strconv.ParseFloat(text, v.Type().Bits())
	v.SetFloat(f)
	return err == nil
}

// setBytes sets a slice or an array of bytes from base64 (RFC 4648 section 4), as
// JSON has it. An array must be filled.
func setBytes(v reflect.Value, text string) bool {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") { // which DecodeString ignores
		return false
	}
	if v.Kind() == reflect.Slice {
		v.SetBytes(b)
		return true
	}
	for i := range min(len(b), v.Len()) {
		v.Index(i).SetUint(uint64(b[i]))
	}
	return len(b) == v.Len()
}

// setHTTPTime sets a time from an HTTP date (RFC 9110 section 5.6.7) in any of
// its three forms, or from RFC 3339.
func setHTTPTime(v reflect.Value, text string) bool {
	at, err := http.ParseTime(text)
	if err != nil {
		err = at.UnmarshalText([]byte(text))
	}
	v.Set(reflect.ValueOf(at))
	return err == nil
}

// truths are the texts of booleans: those of strconv.ParseBool, and those that
// HTML forms send.
var truths = map[string]bool{
	"1": true, "t": true, "T": true, "true": true, "TRUE": true, "True": true, "on": true, "yes": true, "ok": true,
	"0": false, "f": false, "F": false, "false": false, "FALSE": false, "False": false, "off": false, "no": false,
}

// misfit is the violation, without a path, of a text that a type does not accept.
func misfit(t *schema.Type, text string) apierr.Violation {
	t = pointee(t)
	if t.Go == schema.DurationType {
		return apierr.Violation{Rule: violation.Format, Message: message.InvalidDuration}
	}
	raw := []byte{'"'}
	if (t.Want == "integer" || t.Want == "number") && isNumber(text) {
		raw = []byte(text)
	}
	return message.Misfit(t.Go, t.Want, raw)
}

// isNone reports whether texts are no value: one empty text for anything that is
// not a string. A form sends one for each field that is left empty.
func isNone(t *schema.Type, texts []string) bool {
	return len(texts) == 1 && texts[0] == "" && emptyIsNone(t)
}

// emptyIsNone reports whether an empty text is no value of type t, and of what t
// holds.
func emptyIsNone(t *schema.Type) bool {
	t = pointee(t)
	if t.Kind == schema.List {
		return emptyIsNone(t.Elem())
	}
	return t.Go.Kind() != reflect.String || t.Text || t.Go == schema.NumberType
}

func isEmpty(texts []string) bool {
	return !slices.ContainsFunc(texts, func(text string) bool { return text != "" })
}
