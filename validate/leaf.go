package validate

import (
	"bytes"
	"reflect"

	"github.com/go-json-experiment/json"

	"github.com/failwell/failwell/apierr"
)

// leaf decodes a value that is taken in one piece.
func (k *collector) leaf(s *shape, v reflect.Value, single reflect.Type) {
	raw := k.next()
	at := k.i - len(raw)
	var err error
	if single == nil {
		err = json.Unmarshal(raw, v.Addr().Interface(), k.config.members())
	} else {
		alone := reflect.New(single)
		doc := append(append([]byte(`{"f":`), raw...), '}')
		if err = json.Unmarshal(doc, alone.Interface()); err == nil {
			v.Set(alone.Elem().Field(0))
		}
	}
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
	k.add(at, bad.Rule, bad.Param, bad.Message)
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
