package conformance

import (
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/google/jsonschema-go/jsonschema"

	"github.com/failwell/failwell/apierr"
)

// schemas are the schemas of details, resolved once.
type schemas struct {
	mu  sync.Mutex
	all map[*apierr.Error]*jsonschema.Resolved
}

// fault says how the details of a body break the schema; empty: they do not, or
// it cannot be seen, since the body shows violations among them.
func (s *schemas) fault(e *apierr.Error, schema string, c content) string {
	if schema == "" || c.details == nil || c.violations {
		return ""
	}
	resolved := s.resolve(e, schema)
	if resolved == nil {
		return ""
	}
	if err := resolved.Validate(c.details); err != nil {
		return "the details break the schema: " + err.Error()
	}
	return ""
}

// resolve returns nil for a schema that cannot be used.
func (s *schemas) resolve(e *apierr.Error, schema string) *jsonschema.Resolved {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := s.all[e]; ok {
		return r
	}
	if s.all == nil {
		s.all = make(map[*apierr.Error]*jsonschema.Resolved)
	}
	var parsed jsonschema.Schema
	if json.Unmarshal([]byte(schema), &parsed) != nil {
		s.all[e] = nil
		return nil
	}
	resolved, err := parsed.Resolve(nil)
	if err != nil {
		resolved = nil
	}
	s.all[e] = resolved
	return resolved
}
