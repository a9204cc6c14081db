package client

import (
	"maps"
	"net/http"

	"github.com/failwell/failwell/apierr"
)

// propagated returns a copy of r with the IDs of its context in the header, without
// those that the header has already. It returns r if there is nothing to add.
func propagated(r *http.Request) *http.Request {
	ids := make(http.Header)
	apierr.Propagate(r.Context(), ids)
	maps.DeleteFunc(ids, func(name string, _ []string) bool { return r.Header[name] != nil })
	if len(ids) == 0 {
		return r
	}
	sent := r.WithContext(r.Context())
	sent.Header = r.Header.Clone()
	if sent.Header == nil {
		sent.Header = make(http.Header)
	}
	maps.Copy(sent.Header, ids)
	return sent
}

// again returns a copy of r for the next attempt, with a new body. ok is false if
// there is no new body.
func again(r *http.Request) (next *http.Request, ok bool) {
	next = r.WithContext(r.Context())
	if r.Body == nil || r.Body == http.NoBody {
		return next, true
	}
	if r.GetBody == nil {
		return nil, false
	}
	body, err := r.GetBody()
	if err != nil {
		return nil, false
	}
	next.Body = body
	return next, true
}

// closeBody closes the body of a request that will not be sent.
func closeBody(r *http.Request) {
	if r.Body != nil {
		r.Body.Close()
	}
}
