package apierr

import (
	"fmt"
	"maps"
	"net/http"
	"strconv"
)

// ForStatus returns the error for a failure of which only the status is known, 400
// to 599: the contract's mapping of the status, else the built-in error of the
// status as the contract maps it, else an error with the code HTTP_<status>. An
// open contract keeps the status. [Write] does not map the result again. It may
// be a declared error: do not assign to its fields.
func (cc *CompiledContract) ForStatus(status int) *Error {
	if m, ok := cc.contract.StatusMappings[status]; ok {
		e := cc.apply(m, m.Error)
		if m.Status == 0 && !cc.contract.Closed {
			e.Status = status
		}
		return e
	}
	e := builtinFor(status)
	if e == nil {
		e = &Error{Code: "HTTP_" + strconv.Itoa(status), Status: status, Message: phrase(status)}
	}
	e, _ = cc.mapped(e)
	if !cc.contract.Closed && e.Status != status {
		e = e.copy()
		e.Status = status
	}
	return e
}

// mapped returns what is answered for e: the error that the contract maps it to,
// e itself if it is declared or the contract is open, else what a closed contract
// folds it into. folded is an error if e was folded and is not built-in: the
// server raises an error that its contract does not have.
//
// An error that cc has mapped, such as a result of ForStatus, is not mapped again.
func (cc *CompiledContract) mapped(e *Error) (_ *Error, folded error) {
	if cc.passes || e.mappedBy == cc {
		return e, nil
	}
	as := cc.codes[e.Code]
	if cc.contract.Closed && as != nil {
		e = numbered(e, as)
	}
	if m, ok := cc.contract.Mappings[e.declared()]; ok {
		return cc.apply(m, e), nil
	}
	if !cc.contract.Closed || as != nil {
		return e, nil
	}
	if !isBuiltin(e.declared()) {
		folded = fmt.Errorf("apierr: the closed contract %q does not declare %s (status %d)", cc.contract.Name, e.Code, e.Status)
	}
	return cc.fold(e), folded
}

// numbered returns e, which has the code of the declared error as, with the ID
// and the status of as: in a closed contract a code has one of each.
func numbered(e, as *Error) *Error {
	if e.ID == as.ID && e.Status == as.Status {
		return e
	}
	c := *e
	c.origin = e.declared()
	c.ID, c.Status = as.ID, as.Status
	return &c
}

// fold returns what a closed contract answers for an error that it does not
// declare: its mapping for the status, else for the built-in error of exactly
// this status; else for [BadRequest] if the status is another 4xx, and for
// [Internal] in every other case. RFC 9110 section 15 has clients treat unknown
// statuses in the same way. It is never a declared error with a similar status,
// which has another meaning.
func (cc *CompiledContract) fold(e *Error) *Error {
	if m, ok := cc.contract.StatusMappings[e.Status]; ok {
		return cc.apply(m, e)
	}
	if m, ok := cc.mappingOf(builtinFor(e.Status)); ok {
		return cc.apply(m, e)
	}
	class := Internal
	if e.Status/100 == 4 {
		class = BadRequest
	}
	m, _ := cc.mappingOf(class)
	return cc.apply(m, e)
}

// mappingOf returns the mapping of a built-in error, which may be declared
// itself.
func (cc *CompiledContract) mappingOf(e *Error) (Mapping, bool) {
	if m, ok := cc.contract.Mappings[e]; ok {
		if m.Error == nil {
			m.Error = e
		}
		return m, true
	}
	return Mapping{Error: e}, e != nil && cc.declared[e]
}

// apply returns a copy of e that is mapped by m. The copy shares e's maps and
// slices; only the encoder reads them.
func (cc *CompiledContract) apply(m Mapping, e *Error) *Error {
	as := m.Error
	if m.Required != nil && len(e.Violations) > 0 && e.Violations[0].Rule == "required" {
		as = m.Required
	}
	if as == nil {
		as = e
	}
	c := *e
	c.origin, c.mappedBy = as.declared(), cc
	c.Code, c.ID, c.Status, c.Doc = as.Code, as.ID, as.Status, as.Doc
	if m.Status != 0 {
		c.Status = m.Status
	}
	if e.Message == e.declared().Message {
		c.Message = as.Message
	}
	if c.RetryAfter <= 0 {
		c.RetryAfter = as.RetryAfter
	}
	constants := as.Details // every raised copy of as has them
	if len(m.Details) > 0 && len(e.Details) == 0 && len(e.Violations) == 0 {
		constants = m.Details
	}
	if len(c.Details) == 0 {
		c.Details = constants
	} else if as != e && len(constants) > 0 {
		c.Details = maps.Clone(constants)
		maps.Copy(c.Details, e.Details)
	}
	if len(c.Header) == 0 {
		c.Header = as.Header
	}
	return &c
}

// phrase returns the status phrase, never empty.
func phrase(status int) string {
	if s := http.StatusText(status); s != "" {
		return s
	}
	return "Error " + strconv.Itoa(status)
}
