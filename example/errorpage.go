package main

import (
	"cmp"
	"net/http"
	"net/url"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/reference"
	"github.com/failwell/failwell/apierr/reference/published"
)

// errorsPath is where the reference page of the contract is.
const errorsPath = "/errors/"

// errorPage returns the reference page of c, served at the URL base. Its
// "Try it" buttons and its sample clients call the lab.
func errorPage(c apierr.Contract, base string) http.Handler {
	page := pages[c.Name]
	page.BaseURL = base
	page.TryIt = "/lab/raise/"
	for _, e := range c.Declared() {
		if e.Status == http.StatusNotFound {
			page.Path = page.TryIt + url.PathEscape(e.Code)
			break
		}
	}
	return reference.Handler(c, page)
}

// pages are the pages of the published contracts, by name.
var pages = map[string]reference.Page{
	"chatbase":  published.Chatbase,
	"polyai":    published.PolyAI,
	"avatarium": published.Avatarium,
}

// withErrorURLs returns c with its documentation on this server. Forms with
// documentation URLs link to it.
func withErrorURLs(c apierr.Contract) apierr.Contract {
	c.DocURL = cmp.Or(c.DocURL, errorsPath)
	return c
}
