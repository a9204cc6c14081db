package validate

import (
	"bytes"
	"reflect"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/failwell/failwell/apierr"
)

// leaf decodes a value that is taken in one piece.
func (k *collector) leaf(s *shape, v reflect.Value, single reflect.Type) {
	raw := k.next()
	if single == nil && s.basic && setBasic(v, raw) {
		return
	}
	v.SetZero() // json would merge into what is there
	err := k.unmarshal(raw, v, single)
	if err == nil {
		return
	}
	v.SetZero()
	want := s.want
	if single != nil {
		want = "" // the options of the tag decide, and they are many
		if raw[0] != '"' && (s.want == "integer" || s.want == "number") {
			want = "string"
		}
	}
	bad := misfit(s.typ, want, raw)
	k.add(k.i-len(raw), bad.Rule, bad.Param, bad.Message)
}

func (k *collector) unmarshal(raw []byte, v reflect.Value, single reflect.Type) error {
	if single == nil {
		return json.Unmarshal(raw, v.Addr().Interface(), k.config.members())
	}
	alone := reflect.New(single)
	doc := append(append([]byte(`{"f":`), raw...), '}')
	if err := json.Unmarshal(doc, alone.Interface()); err != nil {
		return err
	}
	v.Set(alone.Elem().Field(0))
	return nil
}

// setBasic sets a string, integer or boolean that is plainly good. It reports
// false for all that json should look at: arrays of a million numbers would
// otherwise take a million calls of it.
func setBasic(v reflect.Value, raw []byte) bool {
	switch k := v.Kind(); {
	case k == reflect.String && raw[0] == '"' && bytes.IndexByte(raw, '\\') < 0:
		if text := raw[1 : len(raw)-1]; v.String() != string(text) {
			v.SetString(string(text))
		}
	case k == reflect.Bool && (raw[0] == 't' || raw[0] == 'f'):
		v.SetBool(raw[0] == 't')
	case v.CanInt() && received(raw[0]) == "number":
		i, err := strconv.ParseInt(string(raw), 10, v.Type().Bits())
		if err != nil {
			return false
		}
		v.SetInt(i)
	default:
		return false
	}
	return true
}

// misfit says why a value does not fit a type that wants something else.
func misfit(t reflect.Type, want string, raw []byte) apierr.Violation {
	got := received(raw[0])
	switch {
	case want == "":
		return apierr.Violation{Rule: ruleFormat, Message: msgInvalid}
	case want == "integer" && got == "number" && !bytes.ContainsAny(raw, ".eE"), want == "number" && got == "number":
		return apierr.Violation{Rule: ruleRange, Message: msgRange}
	case want != got:
		return mismatch("", want, raw[0])
	case t == timeType:
		return apierr.Violation{Rule: ruleFormat, Message: "Invalid date and time"}
	case isBytes(t):
		return apierr.Violation{Rule: ruleFormat, Message: "Must be base64"}
	}
	return apierr.Violation{Rule: ruleFormat, Message: msgInvalid}
}

// mismatch is the violation of a value of another type than belongs there,
// which begins with the byte got.
func mismatch(path, want string, got byte) apierr.Violation {
	return apierr.Violation{
		Path: path, Rule: ruleType, Param: want,
		Message: "Expected " + want + ", received " + received(got),
	}
}

// received names the type of a JSON value by its first byte.
func received(first byte) string {
	switch first {
	case 'n':
		return "null"
	case 't', 'f':
		return "boolean"
	case '"':
		return "string"
	case '{':
		return "object"
	case '[':
		return "array"
	}
	return "number"
}
