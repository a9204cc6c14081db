package reference

import (
	"slices"
	"strconv"

	"github.com/failwell/failwell/apierr"
)

// spec makes the components of a contract.
type spec struct {
	contract apierr.Contract          // defaults filled in
	declared map[string]*apierr.Error // by code
	outcomes []*outcome
	first    map[string]*outcome          // by code: at its own status, if it has that
	answered map[*apierr.Error][]*outcome // as what an error is answered
	forms    []form

	schemas, responses, headers, examples *registry

	codes   string                    // the name of ErrorCode; empty: it is not made yet
	unknown object                    // the schema of other codes; nil: it is not made yet
	details map[string]*detailsSchema // by code
	bodies  map[*outcome][]string     // the names of the schemas, by form
	samples map[*outcome][]string     // the names of the examples, by form
	others  map[int][]string          // the names of the schemas of other codes, by status and form
}

// form is one of the two forms of bodies.
type form struct {
	format   apierr.Format
	suffix   string // of the names of schemas
	examples *examples
}

func newSpec(c apierr.Contract) (*spec, error) {
	cc, err := c.Compile()
	if err != nil {
		return nil, err
	}
	parsed, err := parseSchemas(c)
	if err != nil {
		return nil, err
	}
	s := &spec{
		contract: withDefaults(c, cc), declared: map[string]*apierr.Error{}, first: map[string]*outcome{},
		schemas: newRegistry("schemas"), responses: newRegistry("responses"),
		headers: newRegistry("headers"), examples: newRegistry("examples"),
		details: map[string]*detailsSchema{}, bodies: map[*outcome][]string{},
		samples: map[*outcome][]string{}, others: map[int][]string{},
	}
	if s.outcomes, s.answered, err = outcomes(c, cc); err != nil {
		return nil, err
	}
	for _, e := range c.Declared() {
		s.declared[e.Code] = e
	}
	for _, o := range s.outcomes {
		if e := s.declared[o.code]; s.first[o.code] == nil || e != nil && o.status == e.Status {
			s.first[o.code] = o
		}
	}
	for i, f := range []apierr.Format{s.contract.Format, s.contract.Alternative} {
		if f == nil {
			continue
		}
		only := c
		only.Format, only.Alternative = f, nil
		compiled, err := only.Compile()
		if err != nil { // a translation is that of a text of the other form
			only.Translations = nil
			compiled, err = only.Compile()
		}
		if err != nil {
			return nil, err
		}
		suffix := ""
		if i > 0 {
			suffix = "." + componentName(f.Name())
		}
		s.forms = append(s.forms, form{f, suffix, newExamples(s.contract, compiled, "/", parsed)})
	}
	return s, nil
}

// all makes all components.
func (s *spec) all() {
	s.codeSchema()
	for i := range s.forms {
		s.anySchema(i)
	}
	for _, o := range s.outcomes {
		s.bodySchemas(o)
	}
	for _, o := range s.outcomes {
		name := componentName(o.code)
		if o != s.first[o.code] {
			name += "." + strconv.Itoa(o.status)
		}
		s.responses.add(name, s.response(response{statuses: []int{o.status}, outcomes: []*outcome{o}}))
	}
	for _, status := range s.statuses() {
		s.responses.add("Status"+strconv.Itoa(status), s.response(response{
			statuses: []int{status}, outcomes: s.at(status), open: !s.contract.Closed,
		}))
	}
}

func (s *spec) components() object {
	var o object
	for _, r := range s.registries() {
		if len(r.names) > 0 {
			o = append(o, property{r.kind, r.object()})
		}
	}
	return o
}

func (s *spec) registries() []*registry {
	return []*registry{s.schemas, s.responses, s.examples, s.headers}
}

// ofCode returns what an error with the code is answered as, none if no
// response has it.
func (s *spec) ofCode(code string) []*outcome {
	if e := s.declared[code]; e != nil {
		return s.answered[e]
	}
	if o := s.first[code]; o != nil { // of a built-in error in an open contract
		return []*outcome{o}
	}
	return nil
}

// statuses are those of the outcomes, in order.
func (s *spec) statuses() []int {
	var list []int
	for _, o := range s.outcomes {
		list = append(list, o.status)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// at returns the outcomes with a status.
func (s *spec) at(status int) (list []*outcome) {
	for _, o := range s.outcomes {
		if o.status == status {
			list = append(list, o)
		}
	}
	return list
}
