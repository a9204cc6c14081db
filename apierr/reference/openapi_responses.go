package reference

import (
	"slices"
	"strings"
)

// response is what a response of a document is for.
type response struct {
	statuses []int
	outcomes []*outcome
	open     bool // or a code that is not known
	listed   bool // the schemas are in an anyOf also if there is one
	bodiless bool // it answers HEAD alone
}

// response makes a response.
func (s *spec) response(r response) object {
	var codes []string
	for _, o := range r.outcomes {
		codes = append(codes, codeSpan(visible(oneLine(o.code))))
	}
	o := object{{"description", phrase(r.statuses[0]) + ": " + strings.Join(unique(codes), ", ")}}
	if h := s.headersOf(r.statuses, r.outcomes); len(h) > 0 {
		o = o.with("headers", h)
	}
	if r.bodiless {
		return o
	}
	return o.with("content", s.content(r))
}

// content has a media type for each form.
func (s *spec) content(r response) object {
	var content object
	for i, f := range s.forms {
		var names []string
		var examples object
		for _, o := range r.outcomes {
			names = append(names, s.bodySchemas(o)[i])
			example := s.samples[o][i]
			examples = append(examples, property{example, reference("examples", example)})
		}
		if r.open {
			for _, status := range r.statuses {
				names = append(names, s.otherSchemas(status)[i])
			}
		}
		var schemas []any
		for _, name := range unique(names) {
			schemas = append(schemas, reference("schemas", name))
		}
		var schema any = object{{"anyOf", schemas}}
		if len(schemas) == 1 && !r.listed {
			schema = schemas[0]
		}
		content = append(content, property{f.format.ContentType(), object{{"schema", schema}, {"examples", examples.unique()}}})
	}
	return content
}

// unique returns the values, each once and in order.
func unique(values []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(values), func(v string) bool {
		defer func() { seen[v] = true }()
		return seen[v]
	})
}
