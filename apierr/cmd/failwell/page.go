package main

import (
	"context"
	"flag"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/reference"
)

// pageDoc is a reference.Page as a document, with the field names of the
// contract document. Hidden errors are named by their codes.
type pageDoc struct {
	Title         string         `json:"title"`
	Intro         string         `json:"intro"`
	BaseURL       string         `json:"base_url"`
	Path          string         `json:"path"`
	Authorization string         `json:"authorization"`
	Statuses      []statusDoc    `json:"statuses"`
	Headers       []headerDoc    `json:"headers"`
	CloseCodes    []closeCodeDoc `json:"close_codes"`
	Sections      []sectionDoc   `json:"sections"`
	Support       string         `json:"support"`
	Hidden        []string       `json:"hidden"`
	TryIt         string         `json:"try_it"`
}

type statusDoc struct {
	Status  int    `json:"status"`
	Meaning string `json:"meaning"`
	When    string `json:"when"`
}

type headerDoc struct {
	Name    string `json:"name"`
	When    string `json:"when"`
	Meaning string `json:"meaning"`
}

type closeCodeDoc struct {
	Code    int    `json:"code"`
	Meaning string `json:"meaning"`
	When    string `json:"when"`
}

type sectionDoc struct {
	Title   string     `json:"title"`
	Text    string     `json:"text"`
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
	Links   []linkDoc  `json:"links"`
}

type linkDoc struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// pageFlag defines -page.
func pageFlag(flags *flag.FlagSet) *string {
	return flags.String("page", "", "the `file` or URL of what the page has besides the contract, a JSON object with the members\n"+
		"title, intro, base_url, path, authorization, statuses, headers, close_codes, sections, support,\n"+
		"hidden (codes) and try_it, as reference.Page documents them")
}

// hidingFlag defines -page of a command that uses its hidden codes alone.
func hidingFlag(flags *flag.FlagSet) *string {
	return flags.String("page", "", "the `file` or URL of the page, as of failwell html; the codes that it hides are left out")
}

// contractAndPage reads the contract that the arguments name, and its page.
func (s streams) contractAndPage(ctx context.Context, args []string, place string) (apierr.Contract, reference.Page, error) {
	if err := onlyOneFromInput(place, contractPlace(args)); err != nil {
		return apierr.Contract{}, reference.Page{}, err
	}
	c, err := s.contract(ctx, args)
	if err != nil {
		return apierr.Contract{}, reference.Page{}, err
	}
	d, err := s.page(ctx, place)
	if err != nil {
		return apierr.Contract{}, reference.Page{}, err
	}
	page, err := d.page(c)
	return c, page, err
}

// page reads the page at a place. Empty: the zero page.
func (s streams) page(ctx context.Context, place string) (d pageDoc, err error) {
	if place == "" {
		return d, nil
	}
	b, err := s.read(ctx, place)
	if err != nil {
		return d, err
	}
	if err := json.Unmarshal(b, &d, json.RejectUnknownMembers(true)); err != nil {
		return d, fmt.Errorf("the page %s: %w", place, err)
	}
	return d, nil
}

func (d pageDoc) page(c apierr.Contract) (reference.Page, error) {
	p := reference.Page{
		Title: d.Title, Intro: d.Intro, BaseURL: d.BaseURL, Path: d.Path, Authorization: d.Authorization,
		Support: d.Support, TryIt: d.TryIt,
	}
	for _, s := range d.Statuses {
		p.Statuses = append(p.Statuses, reference.Status(s))
	}
	for _, h := range d.Headers {
		p.Headers = append(p.Headers, reference.Header(h))
	}
	for _, cc := range d.CloseCodes {
		p.CloseCodes = append(p.CloseCodes, reference.CloseCode(cc))
	}
	for _, s := range d.Sections {
		section := reference.PageSection{Title: s.Title, Text: s.Text, Columns: s.Columns, Rows: s.Rows}
		for _, l := range s.Links {
			section.Links = append(section.Links, reference.Link(l))
		}
		p.Sections = append(p.Sections, section)
	}
	for _, code := range d.Hidden {
		e := c.Lookup(code)
		if e == nil {
			return p, fmt.Errorf("the page hides %q, which the contract does not declare", code)
		}
		p.Hidden = append(p.Hidden, e)
	}
	return p, nil
}

// hides is the page of an older contract, of which only the hidden codes matter.
// A document that a server publishes does not have them; one that clients
// received then is not hidden.
func (d pageDoc) hides(c apierr.Contract) (p reference.Page, err error) {
	for _, code := range d.Hidden {
		one := reference.Page{Hidden: []*apierr.Error{c.Lookup(code)}}
		if _, err := one.WithoutHidden(c); err == nil {
			p.Hidden = append(p.Hidden, one.Hidden...)
		}
	}
	return p, nil
}
