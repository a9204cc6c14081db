package reference

import (
	"encoding/json"

	"github.com/google/jsonschema-go/jsonschema"
)

// sample returns a value of the form that s describes, for an example. nil:
// none can be made.
func (s *schema) sample() any {
	v, ok := sampleOf(s.root, maxSampleDepth)
	if !ok || s.resolved.Validate(v) != nil {
		return nil
	}
	return v
}

// maxSampleDepth is how deep objects and arrays of a sample lie in each other.
const maxSampleDepth = 8

// sampleOf returns a value of a schema's own example, default or enumeration,
// else one of its type. It follows no references.
func sampleOf(s *jsonschema.Schema, depth int) (any, bool) {
	switch {
	case s == nil || depth == 0:
		return nil, false
	case len(s.Examples) > 0:
		return s.Examples[0], true
	case s.Const != nil:
		return *s.Const, true
	case len(s.Default) > 0:
		var v any
		err := json.Unmarshal(s.Default, &v)
		return v, err == nil
	case len(s.Enum) > 0:
		return s.Enum[0], true
	}
	switch typeOf(s) {
	case "string":
		return sampleString(s), true
	case "integer", "number":
		if s.Minimum != nil && *s.Minimum > 1 {
			return *s.Minimum, true
		}
		return 1, true
	case "boolean":
		return true, true
	case "array":
		if v, ok := sampleOf(s.Items, depth-1); ok {
			return []any{v}, true
		}
		return []any{}, true
	case "object":
		return sampleObject(s, depth), true
	}
	return nil, false
}

// sampleObject has every property of which a sample can be made.
func sampleObject(s *jsonschema.Schema, depth int) map[string]any {
	object := make(map[string]any, len(s.Properties))
	for name, p := range s.Properties {
		if v, ok := sampleOf(p, depth-1); ok {
			object[name] = v
		}
	}
	if len(s.Properties) == 0 {
		if v, ok := sampleOf(s.AdditionalProperties, depth-1); ok {
			object["name"] = v
		}
	}
	return object
}

func sampleString(s *jsonschema.Schema) string {
	switch s.Format {
	case "date-time":
		return "2026-01-31T12:00:00Z"
	case "date":
		return "2026-01-31"
	case "uri":
		return "https://api.example.com/"
	case "uuid":
		return sampleID
	case "email":
		return "ada@example.com"
	}
	return "…"
}

// typeOf returns the one type of a schema, null apart.
func typeOf(s *jsonschema.Schema) string {
	if s.Type != "" {
		return s.Type
	}
	for _, t := range s.Types {
		if t != "null" {
			return t
		}
	}
	if len(s.Properties) > 0 {
		return "object"
	}
	return ""
}
