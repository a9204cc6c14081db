package client

import (
	"bytes"
	"net/http"
	"sync"

	"github.com/failwell/failwell/apierr"
)

// Client decodes the failures of one API. Make one with [New]. It is safe for
// use by several goroutines.
type Client struct {
	contract *apierr.CompiledContract
	forms    []form
	codes    map[string]*apierr.Error
	ids      map[int]*apierr.Error
	below400 map[int]bool // the statuses under 400 of declared errors
	closed   bool

	streamFailed *apierr.Error
}

// New returns a Client for an API under the contract. It takes a copy of the
// contract, and panics if [apierr.Contract.Check] finds a fault.
func New(contract apierr.Contract) *Client {
	compiled, err := contract.Compile()
	if err != nil {
		panic("client.New: " + err.Error())
	}
	if contract.Format == nil {
		contract.Format = apierr.Envelope{}
	}
	c := &Client{
		contract: compiled,
		forms:    []form{formOf(contract.Format)},
		codes:    make(map[string]*apierr.Error, len(contract.Declared())),
		ids:      make(map[int]*apierr.Error),
		below400: make(map[int]bool),
		closed:   contract.Closed,

		streamFailed: streamFailed(contract, compiled),
	}
	if contract.Alternative != nil {
		c.forms = append(c.forms, formOf(contract.Alternative))
	}
	for _, e := range contract.Declared() {
		c.codes[e.Code] = e
		if e.ID != 0 {
			c.ids[e.ID] = e
		}
		if e.Status < 400 {
			c.below400[e.Status] = true
		}
	}
	return c
}

// standard returns the client of [apierr.Standard], which costs half a millisecond
// to compile.
var standard = sync.OnceValue(func() *Client { return New(apierr.Standard) })

// Error returns nil if resp is a success, and otherwise a [*RemoteError]. A failure
// is a status of 400 or more, or a status under 400 with the body of an error that
// the contract declares for it.
//
// Error reads at most 256 KiB of the body and does not close it: resp.Body still
// yields all of the body afterwards, and the caller closes it. The body of a
// success is read only if the contract declares an error for its status and the
// body has the media type of the contract's form.
//
// An error that the contract does not declare, and a body that is not of the
// contract's form, becomes the error that the contract has for the status.
func (c *Client) Error(resp *http.Response) error {
	if resp == nil || resp.StatusCode < 400 && !c.below400[resp.StatusCode] {
		return nil
	}
	f := c.formFor(resp.Header.Get("Content-Type"))
	if resp.StatusCode < 400 && f == nil {
		return nil
	}
	body, whole := peek(resp)
	var got content
	var ok bool
	if f != nil && whole {
		got, ok = f.read(body)
	}
	e, known := c.resolve(got, ok, resp.StatusCode)
	if resp.StatusCode < 400 && (!known || e.Status != resp.StatusCode) {
		return nil
	}
	return c.remote(resp, body, got, e, known)
}

// formFor returns the contract's form with the media type, nil if it has none.
func (c *Client) formFor(contentType string) form {
	for _, f := range c.forms {
		if f.accepts(contentType) {
			return f
		}
	}
	return nil
}

// resolve returns the contract's error for a body and its status. known reports
// that the body names it: a declared error, a built-in one that an open contract
// lets through, or one without code and ID in a form that has neither. Otherwise
// e is the error for the status.
func (c *Client) resolve(got content, ok bool, status int) (e *apierr.Error, known bool) {
	byStatus := c.contract.ForStatus(max(status, 400))
	if !ok {
		return byStatus, false
	}
	if got.code == "" && got.id == 0 {
		return byStatus, true
	}
	if e := c.codes[got.code]; e != nil {
		return e, true
	}
	if e := c.ids[got.id]; e != nil && got.code == "" {
		return e, true
	}
	if got.code == byStatus.Code {
		return byStatus, true
	}
	if e := apierr.Standard.Lookup(got.code); e != nil && !c.closed {
		return e, true
	}
	return byStatus, false
}

// remote makes the RemoteError of a response.
func (c *Client) remote(resp *http.Response, body []byte, got content, e *apierr.Error, known bool) *RemoteError {
	request, correlation := c.contract.IDHeaders()
	r := remoteError(body, got, e.WithRetryAfter(retryAfter(resp.Header)), known)
	r.Remote.Status = resp.StatusCode
	r.RequestID = firstID(headerOf(resp, request), got.requestID)
	r.CorrelationID = firstID(headerOf(resp, correlation), got.correlationID)
	if resp.Request != nil && resp.Request.Method == http.MethodHead && len(body) == 0 {
		r.Intermediary = request != apierr.NoHeader && r.RequestID == ""
	}
	return r
}

// remoteError makes the RemoteError of a body. known reports that the body names
// e.
func remoteError(body []byte, got content, e *apierr.Error, known bool) *RemoteError {
	r := &RemoteError{
		Remote:        e.Wrap(nil), // a copy
		RequestID:     firstID(got.requestID),
		CorrelationID: firstID(got.correlationID),
		Intermediary:  !known,
		Body:          bytes.Clone(body[:min(len(body), maxKept)]),
	}
	if known {
		if got.message != "" {
			r.Remote.Message = got.message
		}
		r.Remote.Details, r.Remote.Violations = got.details, got.violations
	}
	return r
}

// headerOf returns the value of an ID header, empty if the contract has none.
func headerOf(resp *http.Response, name string) string {
	if name == apierr.NoHeader {
		return ""
	}
	return resp.Header.Get(name)
}

// maxID is the most bytes of an ID. A longer one is ignored.
const maxID = 256

// firstID returns the first valid ID: printable ASCII of at most maxID bytes. Any
// server may have sent them.
func firstID(ids ...string) string {
	for _, id := range ids {
		if id == "" || len(id) > maxID {
			continue
		}
		ok := true
		for i := range len(id) {
			ok = ok && id[i] > ' ' && id[i] < 0x7f
		}
		if ok {
			return id
		}
	}
	return ""
}
