package reference

import (
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/failwell/failwell/apierr"
)

// OpenAPI returns the failures of an API under c as an OpenAPI 3.1 document without
// paths, for tools that generate clients and check responses:
//
//	components.schemas    ErrorCode, the codes; Error, any body; one schema for each
//	                      code, with its details as Contract.DetailsSchemas declares
//	                      them; UnknownError, a body with a code that is not listed
//	components.responses  one for each code, and Status404 for each status
//	components.headers    those of the responses
//	components.examples   bodies that the Format has made
//
// The schemas follow the [apierr.Envelope], member by member, and
// [apierr.Problem]; a body with a member too many, without a member that is always
// there, or with the code of another status is not valid. Where the contract
// declares no schema, details may be any. The schema of another Format has what
// bodies that it makes have in common.
//
// Under a closed contract the code is an enumeration. Under an open one it is any
// string, and the codes that are known are listed: the schema of a status then
// accepts codes that the document does not have, but none that it has for another
// status.
//
// A contract with an Alternative has two media types; the schemas of the second end
// in the name of its format, as in NOT_FOUND.problem. A code that is answered with
// several statuses, and whose body says which, has a schema for each, as in
// INVALID.413. Codes are shortened and changed where OpenAPI does not allow them as
// names of components.
//
// Equal contracts give equal bytes. OpenAPI returns an error if c has faults.
func OpenAPI(c apierr.Contract) ([]byte, error) {
	s, err := newSpec(c)
	if err != nil {
		return nil, err
	}
	s.all()
	title := s.contract.Title
	for _, t := range []string{s.contract.Name, "API errors"} {
		if strings.TrimSpace(title) == "" {
			title = t
		}
	}
	version := s.contract.Version
	if version == "" {
		version = "0"
	}
	return append(appendLines(nil, object{
		{"openapi", "3.1.1"},
		{"info", object{{"title", visible(title)}, {"version", visible(version)}}},
		{"servers", []any{object{{"url", "/"}}}}, // the default, and linters ask for one
		{"paths", object{}},
		{"components", s.components()},
	}, "\n", "", "  "), '\n'), nil
}

// spec makes the components of a contract.
type spec struct {
	contract apierr.Contract // defaults filled in
	outcomes []*outcome
	answered map[*apierr.Error][]*outcome // as what an error is answered
	forms    []form

	schemas, responses, headers, examples *registry

	codes   string                    // the name of ErrorCode; empty: it is not made yet
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
		contract: withDefaults(c, cc),
		schemas:  newRegistry("schemas"), responses: newRegistry("responses"),
		headers: newRegistry("headers"), examples: newRegistry("examples"),
		details: map[string]*detailsSchema{}, bodies: map[*outcome][]string{},
		samples: map[*outcome][]string{}, others: map[int][]string{},
	}
	if s.outcomes, s.answered, err = outcomes(c); err != nil {
		return nil, err
	}
	for i, f := range []apierr.Format{s.contract.Format, s.contract.Alternative} {
		if f == nil {
			continue
		}
		only := c
		only.Format, only.Alternative = f, nil
		if _, ok := f.(apierr.Envelope); !ok {
			only.Translations = nil // maybe of the other form's texts
		}
		compiled, err := only.Compile()
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
		if o != s.first(o) {
			name += "." + strconv.Itoa(o.status)
		}
		s.responses.add(name, s.response([]int{o.status}, []*outcome{o}, false, false))
	}
	for _, status := range s.statuses() {
		s.responses.add("Status"+strconv.Itoa(status), s.response([]int{status}, s.at(status), !s.contract.Closed, false))
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

// ofCode returns what an error with the code is answered as, none if no response
// has it.
func (s *spec) ofCode(code string) []*outcome {
	if e := s.contract.Lookup(code); e != nil {
		return s.answered[e]
	}
	for _, o := range s.outcomes { // a built-in error of an open contract
		if o.code == code {
			return []*outcome{o}
		}
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

// known are the codes, each once.
func (s *spec) known() []any {
	var codes []string
	for _, e := range s.contract.Declared() {
		codes = append(codes, string([]rune(e.Code))) // as it is sent
	}
	for _, o := range s.outcomes {
		codes = append(codes, string([]rune(o.code)))
	}
	var list []any
	for _, code := range unique(codes) {
		list = append(list, code)
	}
	return list
}

// codeSchema adds the schema of the codes and returns its name.
func (s *spec) codeSchema() string {
	if s.codes != "" {
		return s.codes
	}
	text := object{{"type", "string"}}
	known := text
	if codes := s.known(); len(codes) > 0 {
		known = known.with("enum", codes)
	}
	if s.contract.Closed {
		s.codes = s.schemas.add("ErrorCode", known.with("description", "The code of an error."))
	} else {
		s.codes = s.schemas.add("ErrorCode", object{
			{"description", "The code of an error. New codes may be added: handle one that you do not know by the class of its status."},
			{"anyOf", []any{known, text}},
		})
	}
	return s.codes
}

// anySchema adds the schema of any body of a form and returns its name.
func (s *spec) anySchema(form int) string {
	subject := subject{contract: s.contract, codes: reference("schemas", s.codeSchema()), describes: true}
	o := object{{"description", "A failed request."}}
	return s.schemas.add("Error"+s.forms[form].suffix, append(o, s.schema(form, subject, "")...))
}

// otherSchemas adds the schemas of bodies with a code that is not known, at a
// status, and returns their names by form.
func (s *spec) otherSchemas(status int) []string {
	if names := s.others[status]; names != nil {
		return names
	}
	codes := object{{"type", "string"}}
	if known := s.known(); len(known) > 0 {
		codes = reference("schemas", s.schemas.add("UnknownErrorCode", object{
			{"description", "A code that this document does not have."}, {"type", "string"}, {"not", object{{"enum", known}}},
		}))
	}
	for i, f := range s.forms {
		schema := func(status int) object {
			o := object{{"description", "A failed request with a code that this document does not have."}}
			return append(o, s.schema(i, subject{contract: s.contract, status: status, codes: codes}, "")...)
		}
		name := "UnknownError" + f.suffix
		if !equal(schema(status), schema(status+1)) {
			name += "." + strconv.Itoa(status)
		}
		s.others[status] = append(s.others[status], s.schemas.add(name, schema(status)))
	}
	return s.others[status]
}

// bodySchemas adds the schemas and examples of an outcome and returns the names of
// the schemas by form. The first outcome of a code has the code as their names, and
// others share them if they are equal.
func (s *spec) bodySchemas(o *outcome) []string {
	if names := s.bodies[o]; names != nil {
		return names
	}
	first, status := s.first(o), strconv.Itoa(o.status)
	for i, f := range s.forms {
		schema, example := s.bodySchema(i, o), s.example(f, o)
		schemaName, exampleName := componentName(o.code)+f.suffix, componentName(o.code)+f.suffix
		if o != first && !equal(schema, s.bodySchema(i, first)) {
			schemaName += "." + status
		}
		if o != first && !equal(example, s.example(f, first)) {
			exampleName += "." + status
		}
		if d := s.detailsOf(o); d != nil && d.isUsed(schema) {
			s.schemas.add(d.name, d.root)
		}
		s.bodies[o] = append(s.bodies[o], s.schemas.add(schemaName, schema))
		s.samples[o] = append(s.samples[o], s.examples.add(exampleName, example))
	}
	return s.bodies[o]
}

// first returns the first outcome with the code of o.
func (s *spec) first(o *outcome) *outcome {
	return s.outcomes[slices.IndexFunc(s.outcomes, func(other *outcome) bool { return other.code == o.code })]
}

// bodySchema is the schema of the bodies of an outcome in a form.
func (s *spec) bodySchema(form int, o *outcome) object {
	var schema object
	if e := s.contract.Lookup(o.code); e != nil {
		if e.Doc != "" {
			schema = schema.with("description", visible(e.Doc))
		}
		if _, ok := s.contract.Deprecated[e]; ok {
			schema = schema.with("deprecated", true)
		}
	}
	about := subject{contract: s.contract, outcome: o, status: o.status, details: s.detailsOf(o)}
	return append(schema, s.schema(form, about, s.answer(s.forms[form], o).Body)...)
}

// example is the example of an outcome in a form.
func (s *spec) example(f form, o *outcome) object {
	body := s.answer(f, o).Body
	var value any = body
	if v := jsontext.Value(body); v.IsValid() {
		value = v
	}
	return object{{"summary", visible(oneLine(o.code))}, {"value", value}}
}

// answer is the answer of an outcome in a form.
func (s *spec) answer(f form, o *outcome) answer {
	if a := f.examples.of(o.raised); a.Error.Code == o.code && a.Status == o.status {
		return a
	}
	return respond(f.examples.contract, "/", o.raised)
}

// detailsOf returns the declared schema of the details of an outcome, nil if there
// is none.
func (s *spec) detailsOf(o *outcome) *detailsSchema {
	if d, ok := s.details[o.code]; ok {
		return d
	}
	e := s.contract.Lookup(o.code)
	text, ok := s.contract.DetailsSchemas[e]
	if e == nil || !ok {
		s.details[o.code] = nil
		return nil
	}
	var d *detailsSchema
	name := s.schemas.free(componentName(o.code)+".details", func(name string) any {
		d = newDetailsSchema(text, name)
		return d.root
	})
	d.name = name
	s.details[o.code] = d
	return d
}

// schema is the schema of the bodies of a form.
func (s *spec) schema(form int, about subject, sample string) object {
	switch f := s.forms[form].format.(type) {
	case apierr.Envelope:
		about.picked = pickedDetails(membersOf(f))
		return envelopeSchema{subject: about}.schema(f)
	case apierr.Problem:
		return problemSchema(about, f, sample)
	default:
		return s.sampledSchema(form, about)
	}
}

// pickedDetails are the keys of the Details that members have by themselves.
func pickedDetails(members []apierr.Member) (keys []string) {
	for _, m := range members {
		if m.Detail != "" {
			keys = append(keys, m.Detail)
		}
		for _, inner := range [][]apierr.Member{m.Members, m.Array, m.Each} {
			keys = append(keys, pickedDetails(inner)...)
		}
	}
	return keys
}

// response is the response with one of the outcomes, at the statuses. open: or with
// a code that is not known. list: the schemas are in a list also if there is one.
func (s *spec) response(statuses []int, outcomes []*outcome, open, list bool) object {
	var codes []string
	for _, o := range outcomes {
		codes = append(codes, visible(oneLine(o.code)))
	}
	o := object{{"description", phrase(statuses[0]) + ": " + strings.Join(unique(codes), ", ")}}
	if h := s.headersOf(statuses, outcomes); len(h) > 0 {
		o = o.with("headers", h)
	}
	return o.with("content", s.content(statuses, outcomes, open, list))
}

// content has a media type for each form.
func (s *spec) content(statuses []int, outcomes []*outcome, open, list bool) object {
	var content object
	for i, f := range s.forms {
		var names []string
		var examples object
		for _, o := range outcomes {
			names = append(names, s.bodySchemas(o)[i])
			example := s.samples[o][i]
			examples = append(examples, property{example, reference("examples", example)})
		}
		if open {
			for _, status := range statuses {
				names = append(names, s.otherSchemas(status)[i])
			}
		}
		var schemas []any
		for _, name := range unique(names) {
			schemas = append(schemas, reference("schemas", name))
		}
		var schema any = object{{"anyOf", schemas}}
		if len(schemas) == 1 && !list {
			schema = schemas[0]
		}
		content = append(content, property{f.format.ContentType(), object{{"schema", schema}, {"examples", examples}}})
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
