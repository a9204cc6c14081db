package message

import (
	"bytes"
	"encoding/base64"
	"reflect"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate/internal/schema"
	"github.com/failwell/failwell/validate/internal/violation"
)

// Misfit is the violation, without a path, of a JSON value that does not fit a
// type that wants something else.
func Misfit(t reflect.Type, want string, raw []byte) apierr.Violation {
	got := TypeOf(raw[0])
	switch {
	case want == "":
		return apierr.Violation{Rule: violation.Format, Message: Invalid}
	case want == "integer" && got == "number" && !bytes.ContainsAny(raw, ".eE"), want == "number" && got == "number":
		return apierr.Violation{Rule: violation.Range, Message: OutOfRange}
	case want != got:
		return Mismatch(want, raw[0])
	case t == schema.TimeType:
		return apierr.Violation{Rule: violation.Format, Message: "Invalid date and time"}
	case schema.IsBytes(t) && t.Kind() == reflect.Array && isBase64(raw):
		size := strconv.Itoa(t.Len())
		return apierr.Violation{Rule: violation.Length, Param: size, Message: "Must be exactly " + Plural(size, "byte")}
	case schema.IsBytes(t):
		return apierr.Violation{Rule: violation.Format, Message: "Must be base64"}
	}
	return apierr.Violation{Rule: violation.Format, Message: Invalid}
}

// isBase64 reports whether a JSON string is base64 (RFC 4648 section 4).
func isBase64(raw []byte) bool {
	text, err := jsontext.AppendUnquote(nil, raw)
	if err != nil {
		return false
	}
	_, err = base64.StdEncoding.Decode(text, text)
	return err == nil
}

// Mismatch is the violation, without a path, of a value of another type than
// is expected. The value begins with the byte got.
func Mismatch(want string, got byte) apierr.Violation { return Wrong(want, TypeOf(got)) }

// Wrong is the violation, without a path, of a value of the type got where another
// is expected. want is empty where no type has a name.
func Wrong(want, got string) apierr.Violation {
	if want == "" {
		return apierr.Violation{Rule: violation.Type, Message: "Must not be of type " + got}
	}
	return apierr.Violation{Rule: violation.Type, Param: want, Message: "Expected " + want + ", received " + got}
}

// Null is the violation, without a path, of null where a value of type t is
// expected.
func Null(t reflect.Type) apierr.Violation {
	want := schema.Want(t)
	if want == "" {
		return apierr.Violation{Rule: violation.Type, Message: "Must not be null"}
	}
	return Mismatch(want, 'n')
}

// TypeOf names the type of a JSON value by its first byte.
func TypeOf(first byte) string {
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
