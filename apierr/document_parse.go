package apierr

import (
	"fmt"
	"reflect"

	"github.com/go-json-experiment/json"
)

// ParseContract reads the document that [Contract.MarshalJSON] writes. A
// format that is not of this package is looked up in formats by its name, and
// is taken as it is given there. Errors that equal a built-in error are that
// error; all others are new, and [Contract.Lookup] finds them.
//
// It reports what is not a document, members it does not know, a format that
// is nowhere, codes that are not declared, and what [Contract.Check] finds.
func ParseContract(b []byte, formats ...Format) (Contract, error) {
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
		RequestIDHeader:       orUnsent(d.Headers.RequestID),
		CorrelationIDHeader:   orUnsent(d.Headers.CorrelationID),
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
	if err = d.declare(&c); err != nil {
		return c, err
	}
	for _, doc := range d.Mappings {
		of := builtinNamed(doc.Builtin)
		if doc.Declared != "" {
			of = c.Lookup(doc.Declared)
		}
		if of == nil {
			return c, fmt.Errorf("a mapping for %q, which is not known", doc.Builtin+doc.Declared)
		}
		if _, ok := c.Mappings[of]; ok {
			return c, fmt.Errorf("two mappings for %s", of.Code)
		}
		if c.Mappings == nil {
			c.Mappings = make(map[*Error]Mapping, len(d.Mappings))
		}
		if c.Mappings[of], err = doc.mapping(c); err != nil {
			return c, err
		}
	}
	for _, doc := range d.StatusMappings {
		if c.StatusMappings == nil {
			c.StatusMappings = make(map[int]Mapping, len(d.StatusMappings))
		}
		if _, ok := c.StatusMappings[doc.BareStatus]; ok {
			return c, fmt.Errorf("two mappings for the status %d", doc.BareStatus)
		}
		if c.StatusMappings[doc.BareStatus], err = doc.mapping(c); err != nil {
			return c, err
		}
	}
	return c, nil
}

func orUnsent(header *string) string {
	if header == nil {
		return NoHeader
	}
	return *header
}

func (d errorDoc) error() *Error {
	e := &Error{
		Code: d.Code, ID: d.ID, Status: d.Status, Message: d.Message, Doc: d.Doc,
		Details: d.Details, RetryAfter: d.RetryAfter.duration(), Header: d.Header,
	}
	for _, v := range d.Violations {
		e.Violations = append(e.Violations, Violation(v))
	}
	if n := builtinNamed(d.Code); n != nil && reflect.DeepEqual(e, n) {
		return n
	}
	return e
}

func (d mappingDoc) mapping(c Contract) (s Mapping, err error) {
	s = Mapping{Status: d.Status, Details: d.Details}
	for _, at := range []struct {
		code string
		e    **Error
	}{{d.Error, &s.Error}, {d.Required, &s.Required}} {
		if at.code == "" {
			continue
		}
		if *at.e = c.Lookup(at.code); *at.e == nil {
			return s, fmt.Errorf("the mapped error %s is not declared", at.code)
		}
	}
	return s, nil
}
