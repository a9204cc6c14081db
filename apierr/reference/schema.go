package reference

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/jsonschema-go/jsonschema"

	"github.com/failwell/failwell/apierr"
)

// SchemaFor returns the JSON Schema (draft 2020-12) of what a struct or map of
// type T is encoded as among the details of an error:
//
//	DetailsSchemas: map[*apierr.Error]string{
//		CardDeclined: reference.SchemaFor[CardDeclinedDetails](),
//	}
//
// Members are named by json tags. A member is optional if its tag has omitempty
// or omitzero; members that T does not have are not allowed. The text of a
// jsonschema tag is the member's description. A time.Duration is a string, as
// "1m30s"; a slice is an array and never null.
//
// SchemaFor panics if T is neither a struct nor a map or has a part that JSON
// does not have, such as a channel, or that contains itself.
func SchemaFor[T any]() string {
	s, err := jsonschema.For[T](&jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[time.Duration](): {Type: "string"},
		reflect.TypeFor[[]byte]():        {Type: "string", ContentEncoding: "base64"},
	}})
	if err != nil {
		panic("reference: " + err.Error())
	}
	if s.Type != "object" {
		panic(fmt.Sprintf("reference: details are an object, and %v is none", reflect.TypeFor[T]()))
	}
	withoutNullArrays(s)
	b, err := json.Marshal(s)
	if err != nil {
		panic("reference: " + err.Error())
	}
	return string(b)
}

// withoutNullArrays removes null from the types of arrays: errors are encoded
// as encoding/json/v2 does, which writes a nil slice as [].
func withoutNullArrays(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	if slices.Equal(s.Types, []string{"null", "array"}) {
		s.Type, s.Types = "array", nil
	}
	for _, p := range s.Properties {
		withoutNullArrays(p)
	}
	withoutNullArrays(s.Items)
	withoutNullArrays(s.AdditionalProperties)
}

// schema is the declared form of an error's details.
type schema struct {
	text     string // indented
	root     *jsonschema.Schema
	resolved *jsonschema.Resolved
}

// parseSchema compiles a schema. It loads nothing: a reference to another
// document is an error.
func parseSchema(text string) (*schema, error) {
	root := new(jsonschema.Schema)
	if err := json.Unmarshal([]byte(text), root); err != nil {
		return nil, err
	}
	resolved, err := root.Resolve(nil)
	if err != nil {
		return nil, err
	}
	return &schema{indent(text), root, resolved}, nil
}

// parseSchemas compiles those of a contract.
func parseSchemas(c apierr.Contract) (map[*apierr.Error]*schema, error) {
	schemas := make(map[*apierr.Error]*schema, len(c.DetailsSchemas))
	for e, text := range c.DetailsSchemas {
		s, err := parseSchema(text)
		if err != nil {
			return nil, fmt.Errorf("reference: contract %q: the details schema of %s: %w", c.Name, e.Code, err)
		}
		schemas[e] = s
	}
	return schemas, nil
}

// indent returns JSON over several lines, in the order in which it was written.
func indent(text string) string {
	v := jsontext.Value(text)
	if v.Indent(jsontext.WithIndent("  ")) != nil {
		return text
	}
	return string(v)
}
