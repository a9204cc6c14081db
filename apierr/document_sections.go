package apierr

import (
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// sectionDoc is a section with its errors by their codes: the document lists
// all errors in one place.
type sectionDoc struct {
	Title string   `json:"title"`
	Doc   string   `json:"doc,omitzero"`
	Codes []string `json:"codes"`
}

func documentSections(sections []Section) []sectionDoc {
	docs := make([]sectionDoc, len(sections))
	for i, s := range sections {
		docs[i] = sectionDoc{Title: s.Title, Doc: s.Doc, Codes: make([]string, len(s.Errors))}
		for j, e := range s.Errors {
			docs[i].Codes[j] = e.Code
		}
	}
	return docs
}

// documentDeclared returns the document of a declared error with what the
// contract says about it.
func (c Contract) documentDeclared(e *Error) errorDoc {
	d := documentError(e)
	if instead, ok := c.Deprecated[e]; ok {
		d.Deprecated = &instead
	}
	if schema := c.DetailsSchemas[e]; schema != "" {
		d.DetailsSchema = jsontext.Value(schema)
	}
	return d
}

// declare adds the errors and the sections of d to c.
func (d document) declare(c *Contract) error {
	codes := make(map[string]*Error, len(d.Errors))
	for _, doc := range d.Errors {
		e := doc.error()
		if codes[e.Code] != nil {
			return fmt.Errorf("%s: the code is declared twice", e.Code)
		}
		codes[e.Code] = e
		doc.describe(c, e)
	}
	inSection := make(map[string]bool)
	for _, doc := range d.Sections {
		s := Section{Title: doc.Title, Doc: doc.Doc}
		for _, code := range doc.Codes {
			e := codes[code]
			if e == nil {
				return fmt.Errorf("the section %q lists %q, which is not declared", doc.Title, code)
			}
			if inSection[code] {
				return fmt.Errorf("%s is in two sections", code)
			}
			inSection[code] = true
			s.Errors = append(s.Errors, e)
		}
		c.Sections = append(c.Sections, s)
	}
	for _, doc := range d.Errors {
		if !inSection[doc.Code] {
			c.Errors = append(c.Errors, codes[doc.Code])
		}
	}
	return nil
}

// describe adds what the document of e says about it to c.
func (d errorDoc) describe(c *Contract, e *Error) {
	if d.Deprecated != nil {
		if c.Deprecated == nil {
			c.Deprecated = make(map[*Error]string)
		}
		c.Deprecated[e] = *d.Deprecated
	}
	if len(d.DetailsSchema) > 0 {
		if c.DetailsSchemas == nil {
			c.DetailsSchemas = make(map[*Error]string)
		}
		c.DetailsSchemas[e] = string(d.DetailsSchema)
	}
}
