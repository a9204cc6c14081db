package middleware

import (
	"github.com/failwell/failwell/apierr"
)

// chosenLanguage is the language that the request chose under a contract.
type chosenLanguage struct {
	tag   string
	under *apierr.CompiledContract
}

// Language implements seam.Exchange.
func (ex *exchange) Language() string { return ex.languageUnder(ex.contract) }

// languageUnder returns the language that the request chooses under c. The
// header is matched once, for the first contract that asks.
func (ex *exchange) languageUnder(c *apierr.CompiledContract) string {
	if c.Language(nil) == "" {
		return "" // without taking the lock
	}
	if l := ex.readRare().language; l != nil && l.under == c {
		return l.tag
	}
	l := &chosenLanguage{c.Language(ex.request.Header), c}
	ex.notedRare(func(n *notes) {
		if n.language == nil {
			n.language = l
		}
	})
	return l.tag
}
