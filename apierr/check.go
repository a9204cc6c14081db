package apierr

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Check reports every fault of the contract at once, nil where there is none:
// a declared error that is nil, a copy, or without code or status, a status
// outside 200 to 599 or one that allows no body (204, 205, 304), a code or an
// ID declared twice, a header of an error that HTTP does not allow, a stand-in
// that is not declared, names of ID headers that HTTP does not allow, that
// answers use otherwise or that are the same, a challenge that is no header
// value, a format that could not make a body or not be asked for, and a closed
// contract in which nothing stands in for [Internal].
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

	standIn := func(what string, s StandIn) {
		if s.Status != 0 && !answerable(s.Status) {
			fault("%s: no answer can have the status %d", what, s.Status)
		}
		for _, e := range []*Error{s.Error, s.Required} {
			if e != nil && !slices.Contains(c.Errors, e) {
				fault("%s: the stand-in %s is not declared", what, e.Code)
			}
		}
	}
	for _, e := range byCode(c.StandIns) {
		s := c.StandIns[e]
		if e == nil {
			fault("a stand-in for nil")
			continue
		}
		if e.origin != nil {
			fault("%s: a stand-in for a copy, not for the error itself", e.Code)
		}
		if c.Closed && s.Error == nil && !slices.Contains(c.Errors, e) {
			fault("%s: the stand-in of a closed contract names no error", e.Code)
		}
		standIn(e.Code, s)
	}
	for _, status := range slices.Sorted(maps.Keys(c.Statuses)) {
		s := c.Statuses[status]
		what := fmt.Sprintf("status %d", status)
		if status < 400 || status > 599 {
			fault("%s: only 400 to 599 are failures", what)
		}
		if s.Error == nil {
			fault("%s: it names no error", what)
		}
		standIn(what, s)
	}
	_, stands := c.StandIns[Internal]
	if c.Closed && !stands && !slices.Contains(c.Errors, Internal) {
		fault("the contract is closed and nothing stands in for %s", Internal.Code)
	}

	c.checkFormats(fault)
	request, correlation := c.headerNames()
	for _, name := range []string{request, correlation} {
		switch {
		case !isToken(name):
			fault("%q is no header name", name)
		case isAnswerHeader(name):
			fault("the header %s is no place for an ID: answers use it", name)
		}
	}
	if request == correlation && request != Unsent {
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

func (c Contract) headerNames() (request, correlation string) {
	return headerName(c.RequestIDHeader, "X-Request-Id"),
		headerName(c.CorrelationIDHeader, "X-Correlation-Id")
}

// answerable reports whether an error can be answered with the status.
func answerable(status int) bool {
	return status >= 200 && status <= 599 && status != 204 && status != 205 && status != 304
}

// checkHeader reports what of the error's Header would be left out.
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

// isAnswerHeader reports whether answers set the header or drop it.
func isAnswerHeader(name string) bool {
	switch name {
	case "Retry-After", "Www-Authenticate", "Allow", "Vary", exposeHeader:
		return true
	}
	return slices.Contains(bodyHeaders[:], name) || isStale(name)
}

// byCode lists the errors that others stand in for in the order of their
// codes, so that faults come in one order.
func byCode(m map[*Error]StandIn) []*Error {
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
