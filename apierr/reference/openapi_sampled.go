package reference

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/failwell/failwell/apierr"
)

// sampledSchema is the schema of the bodies of a format of the user: what
// bodies of it have in common. Other members are allowed, and strings are
// constant only if they are the code.
func (s *spec) sampledSchema(form int, about subject) object {
	outcomes := s.outcomes
	if about.outcome != nil {
		outcomes = []*outcome{about.outcome}
	}
	var bodies []any
	texts := 0
	for _, o := range outcomes {
		for _, e := range variants(o.answer(s.forms[form].examples.contract).Error) {
			body := respond(s.forms[form].examples.contract, "/", e).Body
			var v any
			if json.Unmarshal([]byte(body), &v) != nil {
				texts++
				continue
			}
			bodies = append(bodies, v)
		}
	}
	isJSON := strings.Contains(strings.ToLower(s.forms[form].format.ContentType()), "json")
	switch {
	case isJSON && texts == 0:
		return common{about.outcome}.schema(bodies)
	case !isJSON:
		return object{{"type", "string"}}
	}
	return object{}
}

// variants are copies of an error that differ in everything that a body may
// show.
func variants(e *apierr.Error) []*apierr.Error {
	return []*apierr.Error{
		e, e.WithMessage("Another message"), e.With("failwell", "detail"), e.WithRetryAfter(7 * time.Second),
		e.WithViolations(violations[0]), e.WithViolations(violations[1], violations[0]),
		e.WithViolations(apierr.Violation{In: "query", Path: "limit", Rule: "max", Param: "100", Message: "Must be at most 100"}),
	}
}

// common makes the schema of what values have in common.
type common struct {
	outcome *outcome // whose code is constant; nil: none is
}

func (c common) schema(values []any) object {
	var types []any
	byType := map[string][]any{}
	for _, v := range values {
		t := kindOf(v)
		if byType[t] == nil {
			types = append(types, t)
		}
		byType[t] = append(byType[t], v)
	}
	slices.SortFunc(types, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	switch len(types) {
	case 0:
		return object{}
	case 1:
		return c.typed(types[0].(string), values)
	}
	return object{{"type", types}}
}

// typed is the schema of values of one type.
func (c common) typed(t string, values []any) object {
	s := object{{"type", t}}
	switch t {
	case "object":
		return c.object(s, values)
	case "array":
		var elements []any
		for _, v := range values {
			elements = append(elements, v.([]any)...)
		}
		if len(elements) > 0 {
			s = s.with("items", c.schema(elements))
		}
	case "string":
		if c.outcome != nil && !slices.ContainsFunc(values, func(v any) bool { return v != c.outcome.code }) {
			s = s.with("const", c.outcome.code)
		}
	case "number":
		if c.outcome != nil && !slices.ContainsFunc(values, func(v any) bool { return v != float64(c.outcome.status) }) {
			s = s.with("const", c.outcome.status)
		}
	}
	return s
}

func (c common) object(s object, values []any) object {
	members := map[string][]any{}
	for _, v := range values {
		for name, member := range v.(map[string]any) {
			members[name] = append(members[name], member)
		}
	}
	var properties object
	var required []any
	for _, name := range sortedKeys(members) {
		properties = append(properties, property{name, c.schema(members[name])})
		if len(members[name]) == len(values) {
			required = append(required, name)
		}
	}
	if len(properties) > 0 {
		s = s.with("properties", properties)
	}
	if len(required) > 0 {
		s = s.with("required", required)
	}
	return s
}

func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "null"
}
