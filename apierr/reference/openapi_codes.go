package reference

import "strconv"

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
	codes := s.otherCodes()
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

// otherCodes returns the schema of the codes that are not known.
func (s *spec) otherCodes() object {
	if s.unknown == nil {
		s.unknown = object{{"type", "string"}}
		if known := s.known(); len(known) > 0 {
			s.unknown = reference("schemas", s.schemas.add("UnknownErrorCode", object{
				{"description", "A code that this document does not have."}, {"type", "string"}, {"not", object{{"enum", known}}},
			}))
		}
	}
	return s.unknown
}
