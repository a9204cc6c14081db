package middleware

import (
	"bufio"
	"crypto/rand"
	"net/http"
	"sync"

	"github.com/google/uuid"

	"github.com/failwell/failwell/apierr"
)

// identify gives the exchange its IDs: those of the New around it, else the
// caller's where they may be taken over, else a new one.
func (ex *exchange) identify(r *http.Request) {
	if ex.outer != nil {
		ex.ids = ex.outer.ids
		for o := ex.outer; o != nil; o = o.outer {
			o.names.Store(ex.config)
		}
		return
	}
	id := ""
	if ex.trusted != nil && ex.trusts(r) {
		id = safeID(r.Header, ex.requestHeader)
	}
	if id == "" {
		id = newID()
	}
	correlation := safeID(r.Header, ex.correlationHeader)
	if correlation == "" && ex.traceContext {
		correlation = traceID(r.Header)
	}
	if correlation == "" {
		correlation = id
	}
	ex.ids = [2]string{id, correlation}
}

// trusts asks the user's function, which knows no exchange to fail in yet. If
// it panics, the request is not trusted.
func (ex *exchange) trusts(r *http.Request) (yes bool) {
	defer func() {
		if v := recover(); v != nil {
			ex.told.fault = faultOf("the function of WithTrustedIDs", v)
		}
	}()
	return ex.trusted(r)
}

// setIDs puts both IDs into the header, once each, under the names of the
// innermost contract.
func (ex *exchange) setIDs(h http.Header) {
	c := ex.config
	if inner := ex.names.Load(); inner != nil {
		c = inner
		dropID(h, ex.requestHeader, c)
		dropID(h, ex.correlationHeader, c)
	}
	setID(h, c.requestHeader, ex.ids[0:1:1])
	setID(h, c.correlationHeader, ex.ids[1:2:2])
}

func setID(h http.Header, name string, id []string) {
	if name == apierr.Unsent {
		return
	}
	if v := h[name]; len(v) != 1 || v[0] != id[0] {
		h[name] = id
	}
}

// dropID removes the header of a contract that c has taken the place of.
func dropID(h http.Header, name string, c *config) {
	if name != c.requestHeader && name != c.correlationHeader {
		delete(h, name)
	}
}

// safeID returns the ID in the header if it is one line of 1 to 128 of
// A-Za-z0-9._:+=/@~-, else nothing: an ID that is not safe is not repaired.
func safeID(h http.Header, name string) string {
	v := h[name]
	if len(v) != 1 || !isSafeID(v[0]) {
		return ""
	}
	return v[0]
}

func isSafeID(s string) bool {
	if len(s) == 0 || len(s) > 128 {
		return false
	}
	for i := range len(s) {
		if !safeByte[s[i]] {
			return false
		}
	}
	return true
}

var safeByte = func() (t [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:+=/@~-") {
		t[c] = true
	}
	return t
}()

// traceID returns the trace-id of a valid traceparent header, W3C Trace
// Context section 3.2, else nothing. Versions after 00 may carry more behind
// the fields that are known.
func traceID(h http.Header) string {
	v := h["Traceparent"]
	if len(v) != 1 {
		return ""
	}
	s := v[0]
	if len(s) < 55 || s[2] != '-' || s[35] != '-' || s[52] != '-' {
		return ""
	}
	version, trace, parent, flags := s[:2], s[3:35], s[36:52], s[53:55]
	if !isLowerHex(version) || !isLowerHex(trace) || !isLowerHex(parent) || !isLowerHex(flags) {
		return ""
	}
	if version == "ff" || version == "00" && len(s) != 55 || len(s) > 55 && s[55] != '-' {
		return ""
	}
	if isZeros(trace) || isZeros(parent) {
		return ""
	}
	return trace
}

func isLowerHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func isZeros(s string) bool {
	for i := range len(s) {
		if s[i] != '0' {
			return false
		}
	}
	return true
}

// randomness is read through buffers, since one system call for each request
// is dear where the kernel has no getrandom in its vDSO.
var randomness = sync.Pool{New: func() any { return bufio.NewReaderSize(rand.Reader, 1024) }}

// newID returns a UUID of version 7, RFC 9562 section 5.7: IDs that sort by
// time are kind to the log's index.
func newID() string {
	r := randomness.Get().(*bufio.Reader)
	id, err := uuid.NewV7FromReader(r)
	randomness.Put(r)
	if err != nil {
		panic("middleware: " + err.Error()) // crypto/rand ends the process itself before this
	}
	return id.String()
}
