package apierr

import (
	"fmt"
	"reflect"

	"github.com/go-json-experiment/json"
)

// maxDocument is the most bytes that a contract's document may have.
const maxDocument = 32 << 20

// ParseContract reads the document that [Contract.MarshalJSON] writes. A format
// that is not of this package is looked up in formats by its name, and is used
// as it is given there. Errors that equal a built-in error are that error; all
// others are new, and [Contract.Lookup] finds them. A document that is written by
// hand may have a "$comment" in each object of its own, and a "$schema": both
// are ignored.
//
// It returns an error for what is not a document, for one over 32 MiB, for
// unknown members, formats and codes, and the faults that [Contract.Check]
// finds.
func ParseContract(b []byte, formats ...Format) (Contract, error) {
	if len(b) > maxDocument {
		return Contract{}, fmt.Errorf("apierr: parsing a contract: %d bytes are over the limit of %d", len(b), maxDocument)
	}
	var d document
	if err := json.Unmarshal(b, &d, json.RejectUnknownMembers(true)); err != nil {
		return Contract{}, fmt.Errorf("apierr: parsing a contract: %w", err)
	}
	c, err := d.contract(formats)
	if err != nil {
		return Contract{}, fmt.Errorf("apierr: contract %q: %w", d.Name, err)
	}
	if err := c.Check(); err != nil {
		return Contract{}, err
	}
	return c, nil
}

func (d document) contract(formats []Format) (c Contract, err error) {
	c = Contract{
		Name: d.Name, Title: d.Title, Version: d.Version, Closed: d.Closed,
		RequestIDHeader:       orNoHeader(d.Headers.RequestID),
		CorrelationIDHeader:   orNoHeader(d.Headers.CorrelationID),
		NoExposeHeaders:       !d.Headers.Exposed,
		Challenge:             d.Challenge,
		RetryAfter:            d.RetryAfter.duration(),
		RetryAfterUnavailable: d.RetryAfterUnavailable.duration(),
		DocURL:                d.DocURL,
		Language:              d.Language,
		Translations:          d.Translations,
	}
	if c.Format, err = d.Format.format(formats); err != nil {
		return c, err
	}
	if d.Alternative != nil {
		if c.Alternative, err = d.Alternative.format(formats); err != nil {
			return c, err
		}
	}
	declared, err := d.declare(&c)
	if err != nil {
		return c, err
	}
	if c.Mappings, err = parseMappings(d.Mappings, declared); err != nil {
		return c, err
	}
	c.StatusMappings, err = parseStatusMappings(d.StatusMappings, declared)
	return c, err
}

func orNoHeader(name *string) string {
	if name == nil {
		return NoHeader
	}
	return *name
}

func (d errorDoc) error() *Error {
	e := &Error{
		Code: d.Code, ID: d.ID, Status: d.Status, Message: d.Message, Doc: d.Doc,
		Details: d.Details, RetryAfter: d.RetryAfter.duration(), Header: d.Header,
	}
	for _, v := range d.Violations {
		e.Violations = append(e.Violations, Violation(v))
	}
	if b := builtinCodes[d.Code]; b != nil && reflect.DeepEqual(e, b) {
		return b
	}
	return e
}

// errorsByCode are the declared errors of a document.
type errorsByCode map[string]*Error

func parseMappings(docs []mappingDoc, declared errorsByCode) (mappings map[*Error]Mapping, err error) {
	for _, doc := range docs {
		of := builtinCodes[doc.Builtin]
		if doc.Declared != "" {
			of = declared[doc.Declared]
		}
		if of == nil {
			return nil, fmt.Errorf("a mapping for %q, which is not known", doc.Builtin+doc.Declared)
		}
		if _, ok := mappings[of]; ok {
			return nil, fmt.Errorf("two mappings for %s", of.Code)
		}
		if mappings == nil {
			mappings = make(map[*Error]Mapping, len(docs))
		}
		if mappings[of], err = doc.mapping(declared); err != nil {
			return nil, err
		}
	}
	return mappings, nil
}

func parseStatusMappings(docs []mappingDoc, declared errorsByCode) (mappings map[int]Mapping, err error) {
	for _, doc := range docs {
		if _, ok := mappings[doc.BareStatus]; ok {
			return nil, fmt.Errorf("two mappings for the status %d", doc.BareStatus)
		}
		if mappings == nil {
			mappings = make(map[int]Mapping, len(docs))
		}
		if mappings[doc.BareStatus], err = doc.mapping(declared); err != nil {
			return nil, err
		}
	}
	return mappings, nil
}

func (d mappingDoc) mapping(declared errorsByCode) (m Mapping, err error) {
	m = Mapping{Status: d.Status, Details: d.Details}
	if m.Error, err = declared.find(d.Error); err != nil {
		return m, err
	}
	m.Required, err = declared.find(d.Required)
	return m, err
}

// find returns the error with the code, nil for an empty code.
func (all errorsByCode) find(code string) (*Error, error) {
	e := all[code]
	if code == "" {
		return nil, nil
	}
	if e == nil {
		return nil, fmt.Errorf("the mapped error %s is not declared", code)
	}
	return e, nil
}
