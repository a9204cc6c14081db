package lab

import (
	"errors"
	"net/http"

	"github.com/failwell/failwell/apierr"
)

// raise returns the contract's declared error with that code, unchanged.
func (l *Lab) raise(w http.ResponseWriter, r *http.Request) error {
	if e := l.contract.Lookup(r.PathValue("code")); e != nil {
		return e
	}
	return apierr.NotFound
}

// unmapped returns an error that nobody knows.
func unmapped(http.ResponseWriter, *http.Request) error {
	return errors.New("lab-secret: dial tcp 10.0.0.7:5432: connection refused")
}
