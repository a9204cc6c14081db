package reference

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/failwell/failwell/apierr"
)

// problemSchema is the schema of the bodies of problem details. sample is such
// a body, of the outcome.
func problemSchema(s subject, f apierr.Problem, sample string) object {
	text := object{{"type", "string"}}
	kind, title := text, text
	if s.outcome != nil {
		kind, title = problemType(s, sample)
	} else if f.Types == "" && s.contract.DocURL == "" {
		kind = text.with("const", "about:blank")
	}
	properties := object{
		{"type", kind}, {"title", title}, {"status", s.statusSchema()}, {"detail", text},
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

// problemType returns the schemas of type and title, which are the same for
// every answer with a code, but for the language of the title.
func problemType(s subject, sample string) (kind, title object) {
	var body struct{ Type, Title string }
	if json.Unmarshal([]byte(sample), &body) != nil {
		return object{{"type", "string"}}, object{{"type", "string"}}
	}
	titles := []any{body.Title}
	for _, language := range slices.Sorted(maps.Keys(s.contract.Translations)) {
		if t, ok := s.contract.Translations[language][s.outcome.code]; ok && body.Type != "about:blank" && !slices.Contains(titles, any(t)) {
			titles = append(titles, t)
		}
	}
	title = object{{"type", "string"}, {"const", body.Title}}
	if len(titles) > 1 {
		title = object{{"type", "string"}, {"enum", titles}}
	}
	return object{{"type", "string"}, {"const", body.Type}}, title
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
