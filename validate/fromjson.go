package validate

import (
	"context"
	stdjson "encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/errtree"
	"github.com/failwell/failwell/internal/fieldpath"
	"github.com/failwell/failwell/internal/text"
	"github.com/failwell/failwell/validate/internal/message"
	"github.com/failwell/failwell/validate/internal/schema"
	"github.com/failwell/failwell/validate/internal/violation"
)

// fromJSON is the error for an error of decoding with encoding/json, v1 or v2.
// It is nil for others, and for those that are the server's own fault: of
// encoding, and of a type that nothing can be decoded into.
func fromJSON(_ context.Context, err error) (e *apierr.Error) {
	errtree.Walk(err, func(err error) (stop bool) {
		switch x := err.(type) {
		case *stdjson.MarshalerError, *stdjson.InvalidUnmarshalError, *stdjson.UnsupportedTypeError, *stdjson.UnsupportedValueError:
			return true
		case *stdjson.SyntaxError:
			e = syntaxError(x.Offset)
		case *jsontext.SyntacticError:
			e = syntaxError(x.ByteOffset)
		case *stdjson.UnmarshalTypeError:
			e = fromUnmarshalType(x)
			return true
		case *json.SemanticError:
			e = fromSemantic(x)
			return true
		default:
			e = fromJSONText(err)
		}
		return e != nil
	})
	return e
}

func syntaxError(offset int64) *apierr.Error {
	return apierr.InvalidJSON.WithMessage("Invalid JSON: syntax error at byte " + strconv.FormatInt(offset, 10))
}

// invalidBody is the error with one violation. A violation of the whole document
// has the offset in its message.
func invalidBody(v apierr.Violation, offset int64) *apierr.Error {
	v.Path = fieldpath.Shorten(v.Path)
	if v.Path == fieldpath.Root && offset > 0 {
		v.Message += " at byte " + strconv.FormatInt(offset, 10)
	}
	return apierr.InvalidBody.WithViolations(v)
}

// fromUnmarshalType is the error for one of encoding/json v1, nil where the type
// is at fault and not the value.
func fromUnmarshalType(x *stdjson.UnmarshalTypeError) *apierr.Error {
	if x == nil || x.Value == "" || x.Type == nil || isUndecodable(x.Type) {
		return nil
	}
	name, literal, _ := strings.Cut(x.Value, " ")
	v := misfit(x.Type, name, literal)
	v.Path = pathOfV1(x.Field)
	return invalidBody(v, x.Offset)
}

// isUndecodable reports whether encoding/json v1 decodes nothing into a type.
func isUndecodable(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Chan, reflect.Func, reflect.Complex64, reflect.Complex128, reflect.UnsafePointer:
		return true
	}
	return t.Kind() == reflect.Interface && t.NumMethod() > 0
}

// misfit is the violation of a value that v1 describes as "number 300", "string"
// or the like.
func misfit(t reflect.Type, name, literal string) apierr.Violation {
	first, known := map[string]string{"null": "n", "bool": "t", "string": `"`, "object": "{", "array": "["}[name]
	if !known {
		first = "0" // a number: without its text it is taken to be out of range
		if literal != "" {
			first = literal
		} else if want := schema.Want(t); want == "integer" || want == "number" {
			return apierr.Violation{Rule: violation.Range, Message: message.OutOfRange}
		}
	}
	return message.Misfit(t, schema.Want(t), []byte(first))
}

// pathOfV1 is the path of a Field such as "address.zip", and "$" where it may
// hold the Go name of an embedded struct.
func pathOfV1(field string) string {
	if field == "" {
		return fieldpath.Root
	}
	var at fieldpath.Path
	steps := strings.Split(field, ".")
	for i, step := range steps {
		if i < len(steps)-1 && embeddedInPath() && strings.ContainsFunc(step, unicode.IsUpper) {
			return fieldpath.Root
		}
		at = appendToken(at, step)
	}
	return at.String()
}

// embeddedInPath reports whether encoding/json v1 names embedded structs in the
// Field of an error. It does where it is not built on json/v2.
var embeddedInPath = sync.OnceValue(func() bool {
	type Embedded struct {
		A int `json:"a"`
	}
	var v struct{ Embedded }
	x, ok := errtree.As[*stdjson.UnmarshalTypeError](stdjson.Unmarshal([]byte(`{"a":""}`), &v))
	return !ok || x.Field != "a"
})

// appendToken appends a step that is a member or, if it is a number, an element.
func appendToken(at fieldpath.Path, token string) fieldpath.Path {
	if i, err := strconv.Atoi(token); err == nil && strconv.Itoa(i) == token && i >= 0 {
		return at.Index(i)
	}
	return at.Name(token)
}

// fromSemantic is the error for one of json/v2, nil where it is one of encoding
// or the type is at fault.
func fromSemantic(x *json.SemanticError) *apierr.Error {
	if x.JSONKind == 0 || !strings.Contains(text.OfError(x), "unmarshal") {
		return nil
	}
	var v apierr.Violation
	switch {
	case errtree.Is(x.Err, json.ErrUnknownName):
		v = apierr.Violation{Rule: violation.Unknown, Message: message.Unknown}
	case x.GoType == nil:
		v = apierr.Violation{Rule: violation.Format, Message: message.Invalid}
	case schema.JSON.Of(x.GoType).Fault != nil:
		return nil
	default:
		raw := []byte(x.JSONValue)
		if len(raw) == 0 {
			raw = []byte{byte(x.JSONKind)}
		}
		v = message.Misfit(x.GoType, schema.Want(x.GoType), raw)
	}
	var at fieldpath.Path
	for token := range x.JSONPointer.Tokens() {
		at = appendToken(at, token)
	}
	v.Path = at.String()
	return invalidBody(v, x.ByteOffset)
}

// fromJSONText is the error for one of encoding/json v1 that is nothing but its
// text.
func fromJSONText(err error) *apierr.Error {
	const prefix = "json: "
	rest, ok := strings.CutPrefix(text.OfError(err), prefix)
	if !ok {
		return nil
	}
	if quoted, ok := strings.CutPrefix(rest, "unknown field "); ok {
		v := apierr.Violation{Path: fieldpath.Root, Rule: violation.Unknown, Message: message.Unknown}
		// The error has the name and not the path.
		if name, err := strconv.Unquote(quoted); err == nil && len(name) <= maxName {
			v.Message = fmt.Sprintf("%s %q", message.Unknown, name)
		}
		return invalidBody(v, 0)
	}
	for _, of := range []string{"invalid use of ,string struct tag", "invalid number literal"} {
		if strings.HasPrefix(rest, of) {
			return invalidBody(apierr.Violation{Path: fieldpath.Root, Rule: violation.Format, Message: message.Invalid}, 0)
		}
	}
	return nil
}

// maxName is the length in bytes of the longest name in a message.
const maxName = 64
