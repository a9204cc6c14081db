package reference

import (
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/failwell/failwell/apierr"
)

// bodySchemas adds the schemas and examples of an outcome and returns the names
// of the schemas by form. Those of the first outcome of a code have the code as
// their names, and others share them if they are equal.
func (s *spec) bodySchemas(o *outcome) []string {
	if names := s.bodies[o]; names != nil {
		return names
	}
	first, status := s.first[o.code], strconv.Itoa(o.status)
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

// bodySchema is the schema of the bodies of an outcome in a form.
func (s *spec) bodySchema(form int, o *outcome) object {
	var schema object
	if e := s.declared[o.code]; e != nil {
		if e.Doc != "" {
			schema = schema.with("description", commonMark(e.Doc))
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

// answer is the answer of an outcome in a form: the one that the page shows if
// it is of the outcome.
func (s *spec) answer(f form, o *outcome) answer {
	if o.raised != nil {
		if a := f.examples.of(o.raised); a.Error.Code == o.code && a.Status == o.status {
			return a
		}
	}
	return o.answer(f.examples.contract)
}

// detailsOf returns the declared schema of the details of an outcome, nil if
// there is none.
func (s *spec) detailsOf(o *outcome) *detailsSchema {
	if d, ok := s.details[o.code]; ok {
		return d
	}
	e := s.declared[o.code]
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
