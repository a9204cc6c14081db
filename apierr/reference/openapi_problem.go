package reference

import (
	"encoding/json"

	"github.com/failwell/failwell/apierr"
)

// problemSchema is the schema of the bodies of problem details. sample is such
// a body, of the outcome. The title is any text: it is for people, RFC 9457
// section 3.1.3, and changes with the message and its language.
func problemSchema(s subject, f apierr.Problem, sample string) object {
	text := object{{"type", "string"}}
	kind := text
	if s.outcome != nil {
		kind = problemType(sample)
	} else if f.Types == "" && s.contract.DocURL == "" {
		kind = text.with("const", "about:blank")
	}
	properties := object{
		{"type", kind}, {"title", text}, {"status", s.statusSchema()}, {"detail", text},
		{"instance", text}, {"code", s.code()},
	}
	required := []any{"type", "title", "status", "detail", "code"}
	if id := s.idPart(); id.presence != never {
		properties = append(properties, property{"id", id.schema})
		if id.presence == always {
			required = append(required, "id")
		}
	}
	for _, name := range []string{"request_id", "correlation_id"} {
		properties = append(properties, property{name, text.with("minLength", 1)})
		required = append(required, name)
	}
	properties = append(properties, property{"errors", problemErrors()})
	spread := s.spread(problemNames)
	if s.outcome != nil && s.outcome.id == 0 && spread.additional != false {
		properties = append(properties, property{"id", false}) // no detail has this name
	}
	properties, required = append(properties, spread.properties...), append(required, spread.required...)
	return object{
		{"type", "object"}, {"properties", properties}, {"required", required}, {"additionalProperties", spread.additional},
	}
}

// problemNames are those that no detail can have.
var problemNames = []string{
	"type", "title", "status", "detail", "instance", "code", "id", "request_id", "correlation_id", "errors",
}

// problemType returns the schema of type, which is the same for every answer with
// a code.
func problemType(sample string) object {
	text := object{{"type", "string"}}
	var body struct{ Type string }
	if json.Unmarshal([]byte(sample), &body) != nil {
		return text
	}
	return text.with("const", body.Type)
}

// problemErrors is the schema of the list of violations: where each is, in one
// of three ways or not at all.
func problemErrors() object {
	text := object{{"type", "string"}}
	return object{
		{"type", "array"}, {"minItems", 1},
		{"items", object{
			{"type", "object"},
			{"properties", object{{"detail", text}, {"pointer", text}, {"parameter", text}, {"header", text}}},
			{"required", []any{"detail"}}, {"maxProperties", 2}, {"additionalProperties", false},
		}},
	}
}
