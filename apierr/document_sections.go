package apierr

import (
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// sectionDoc is a section with its errors by their codes: the document lists
// all errors in one place.
type sectionDoc struct {
	Comment string `json:"$comment,omitzero"`

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

// declare adds the errors and the sections of d to c. It returns the errors by
// code; of two with the same code, which Check reports, the first.
func (d document) declare(c *Contract) (errorsByCode, error) {
	all := make([]*Error, len(d.Errors))
	declared := make(errorsByCode, len(d.Errors))
	firsts := make(map[string]int, len(d.Errors))
	for i, doc := range d.Errors {
		all[i] = doc.error()
		doc.describe(c, all[i])
		if _, ok := firsts[doc.Code]; !ok {
			firsts[doc.Code], declared[doc.Code] = i, all[i]
		}
	}
	inSection := make(map[int]bool)
	for _, doc := range d.Sections {
		s := Section{Title: doc.Title, Doc: doc.Doc}
		for _, code := range doc.Codes {
			i, ok := firsts[code]
			if !ok {
				return nil, fmt.Errorf("the section %q lists %q, which is not declared", doc.Title, code)
			}
			if inSection[i] {
				return nil, fmt.Errorf("%s is in two sections", code)
			}
			inSection[i] = true
			s.Errors = append(s.Errors, all[i])
		}
		c.Sections = append(c.Sections, s)
	}
	for i, e := range all {
		if !inSection[i] {
			c.Errors = append(c.Errors, e)
		}
	}
	return declared, nil
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
