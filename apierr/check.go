package apierr

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Check reports every fault of the contract at once, nil if there is none:
//
//   - a declared error that is nil, a copy, or without a code or a status; a
//     status outside 200 to 599 or one that allows no body (204, 205, 304); a
//     code or an ID that is declared twice; a header that HTTP does not allow
//   - a mapping for a copy, or to an error that is not declared
//   - names of ID headers that HTTP does not allow, that responses use otherwise
//     or that are equal; a challenge that is no header value
//   - a format without a name or a content type, or with that of the
//     alternative; an [Envelope] that cannot make a body, but not one that has
//     no code or no message; a DocURL or [Problem] types that are no URI
//     references
//   - a language that is no BCP 47 tag, a translation for a code that no error
//     has, or with other {placeholders} than the original
//   - a closed contract that does not map [BadRequest] or [Internal]: undeclared
//     errors fold into these. [Contract.Uncovered] lists the built-in errors
//     that do.
//
// middleware.New panics on a contract with faults.
func (c Contract) Check() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }

	codes, ids := map[string]bool{}, map[int]string{}
	for i, e := range c.Errors {
		switch {
		case e == nil:
			fault("error %d is nil", i)
			continue
		case e.origin != nil:
			fault("%s: a copy is declared, not the error itself", e.Code)
		case e.Code == "":
			fault("error %d has no code", i)
		case codes[e.Code]:
			fault("%s: the code is declared twice", e.Code)
		}
		codes[e.Code] = true
		if first := ids[e.ID]; e.ID != 0 && first != "" {
			fault("%s: the id %d is that of %s", e.Code, e.ID, first)
		}
		ids[e.ID] = e.Code
		if e.Status == 0 {
			fault("%s: no status", e.Code)
		} else if !answerable(e.Status) {
			fault("%s: no answer can have the status %d", e.Code, e.Status)
		}
		checkHeader(e, fault)
	}

	declared := make(map[*Error]bool, len(c.Errors)) // a document may have many
	for _, e := range c.Errors {
		declared[e] = true
	}
	mapping := func(what string, s Mapping) {
		if s.Status != 0 && !answerable(s.Status) {
			fault("%s: no answer can have the status %d", what, s.Status)
		}
		for _, e := range []*Error{s.Error, s.Required} {
			if e != nil && !declared[e] {
				fault("%s: the mapped error %s is not declared", what, e.Code)
			}
		}
	}
	for _, e := range byCode(c.Mappings) {
		s := c.Mappings[e]
		if e == nil {
			fault("a mapping for nil")
			continue
		}
		if e.origin != nil {
			fault("%s: a mapping for a copy, not for the error itself", e.Code)
		}
		if c.Closed && s.Error == nil && !declared[e] {
			fault("%s: the mapping of a closed contract names no error", e.Code)
		}
		mapping(e.Code, s)
	}
	for _, status := range slices.Sorted(maps.Keys(c.StatusMappings)) {
		s := c.StatusMappings[status]
		what := fmt.Sprintf("status %d", status)
		if status < 400 || status > 599 {
			fault("%s: only 400 to 599 are failures", what)
		}
		if s.Error == nil {
			fault("%s: it names no error", what)
		}
		mapping(what, s)
	}
	if c.Closed {
		for _, e := range []*Error{BadRequest, Internal} {
			if !c.covers(e) {
				fault("the contract is closed and does not map %s, into which other errors fold", e.Code)
			}
		}
	}

	c.checkFormats(fault)
	c.checkDocURL(fault)
	c.checkLanguages(fault)
	request, correlation := c.headerNames()
	for _, name := range []string{request, correlation} {
		switch {
		case !isToken(name):
			fault("%q is no header name", name)
		case isReservedForHTTP(name):
			fault("the header %s cannot carry an ID: it has another meaning", name)
		}
	}
	if request == correlation && request != NoHeader {
		fault("both IDs have the header %s", request)
	}
	if !isFieldValue(c.Challenge) || c.Challenge != trim(c.Challenge) {
		fault("the challenge %q is no header value", c.Challenge)
	}
	if len(faults) == 0 {
		return nil
	}
	return fmt.Errorf("apierr: contract %q: %w", c.Name, errors.Join(faults...))
}

// Uncovered returns the built-in errors that a closed contract neither declares
// nor maps, in the order of their statuses: each of them folds into another
// error, as [Contract.Closed] says. It is no fault. An open contract, which
// answers them as they are, has none.
func (c Contract) Uncovered() []*Error {
	if !c.Closed {
		return nil
	}
	return slices.DeleteFunc(builtins(), func(e *Error) bool {
		_, mapped := c.StatusMappings[e.Status]
		return mapped || c.covers(e)
	})
}

// covers reports whether c declares the built-in error e or maps it.
func (c Contract) covers(e *Error) bool {
	_, mapped := c.Mappings[e]
	return mapped || slices.Contains(c.Errors, e)
}

func (c Contract) headerNames() (request, correlation string) {
	return headerName(c.RequestIDHeader, "X-Request-Id"),
		headerName(c.CorrelationIDHeader, "X-Correlation-Id")
}

// answerable reports whether an error can be answered with the status.
func answerable(status int) bool {
	return status >= 200 && status <= 599 && status != 204 && status != 205 && status != 304
}

// checkHeader reports the entries of the error's Header that would be dropped.
func checkHeader(e *Error, fault func(format string, args ...any)) {
	for _, name := range slices.Sorted(maps.Keys(e.Header)) {
		if !isToken(name) {
			fault("%s: %q is no header name", e.Code, name)
		}
		for _, v := range e.Header[name] {
			if !isFieldValue(v) {
				fault("%s: %q is no value for the header %s", e.Code, v, name)
			}
		}
	}
}

// byCode lists the mapped errors in the order of their codes, so that the order
// of faults is stable.
func byCode(m map[*Error]Mapping) []*Error {
	code := func(e *Error) string {
		if e == nil {
			return ""
		}
		return e.Code
	}
	return slices.SortedFunc(maps.Keys(m), func(a, b *Error) int { return strings.Compare(code(a), code(b)) })
}

// isToken reports whether s is a token of RFC 9110 section 5.6.2.
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9':
		case c == '!' || '#' <= c && c <= '\'' || c == '*' || c == '+' || c == '-' || c == '.' || c == '^' || c == '_' || c == '`' || c == '|' || c == '~':
		default:
			return false
		}
	}
	return s != ""
}

// isFieldValue reports whether s can stand in a header line, RFC 9110 section
// 5.5.
func isFieldValue(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
