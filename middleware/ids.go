package middleware

import (
	cryptorand "crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"net/http"
	"sync"
	"unsafe"

	"github.com/google/uuid"

	"github.com/failwell/failwell/apierr"
)

// identify sets the IDs of the exchange: those of the New around it, else those
// that the options and the request name, else a new one. It then overwrites the
// ID headers of the request, so that a reverse proxy inside New forwards these
// IDs and not what the client sent. The header is not cloned. Servers make the
// names of a request's header canonical, so no other spelling is looked for.
func (ex *exchange) identify(r *http.Request) {
	there := false // the header of the request has the correlation ID already
	if ex.outer != nil {
		ex.id, ex.correlation = ex.outer.id, ex.outer.correlation
		for o := ex.outer; o != nil; o = o.outer {
			o.names.Store(ex.config)
		}
	} else {
		ex.id[0] = ex.requestID(r)
		ex.correlation, there = ex.correlationID(r)
		if ex.starts != nil {
			r = ex.begin(r)
		}
		if own := ex.idFrom(ex.makeCorrelationID, r, "WithCorrelationID"); own != "" {
			ex.correlation, there = &[1]string{own}, false
		}
	}
	if r.Header == nil {
		return
	}
	if ex.requestHeader != apierr.NoHeader {
		r.Header[ex.requestHeader] = ex.id[:]
	}
	if ex.correlationHeader != apierr.NoHeader && !there {
		r.Header[ex.correlationHeader] = ex.correlation[:]
	}
}

// requestID returns the ID of WithRequestID, else that of a trusted request's
// header, else a new one.
func (ex *exchange) requestID(r *http.Request) string {
	if id := ex.idFrom(ex.makeRequestID, r, "WithRequestID"); id != "" {
		return id
	}
	if ex.trusted != nil && ex.trusts(r) {
		if v := safeID(r.Header, ex.requestHeader); v != nil {
			return v[0]
		}
	}
	return ex.newID()
}

// correlationID returns the ID of the request's header, where it is, else the
// trace ID where WithTraceContext asks for it, else the request ID.
func (ex *exchange) correlationID(r *http.Request) (id *[1]string, inHeader bool) {
	if v := safeID(r.Header, ex.correlationHeader); v != nil {
		return (*[1]string)(v), true
	}
	if ex.traceContext {
		if trace := traceID(r.Header); trace != "" {
			return &[1]string{trace}, false
		}
	}
	return &ex.id, false
}

// idFrom returns the ID that the user's function makes, nothing where there is
// no function, it panics, or the ID is not safe.
func (ex *exchange) idFrom(makeID func(*http.Request) string, r *http.Request, option string) (id string) {
	if makeID == nil {
		return ""
	}
	defer func() {
		if v := recover(); v != nil {
			id = ""
			ex.secondaryError(panicOf("the function of "+option, v))
		}
	}()
	if id = makeID(r); !isSafeID(id) {
		return ""
	}
	return id
}

// trusts asks the user's function. If it panics, the request is not trusted.
func (ex *exchange) trusts(r *http.Request) (yes bool) {
	defer func() {
		if v := recover(); v != nil {
			ex.secondaryError(panicOf("the function of WithTrustedIDs", v))
		}
	}()
	return ex.trusted(r)
}

// setIDs puts both IDs into the response header, once each, under the names of
// the innermost contract, in place of what others have put there: a reverse
// proxy adds its upstream's.
func (ex *exchange) setIDs(h http.Header) {
	c := ex.governing()
	if c != ex.config {
		dropID(h, ex.requestHeader, c)
		dropID(h, ex.correlationHeader, c)
	}
	if c.requestHeader != apierr.NoHeader {
		h[c.requestHeader] = ex.id[:]
	}
	if c.correlationHeader != apierr.NoHeader {
		h[c.correlationHeader] = ex.correlation[:]
	}
}

// governing returns the config of the innermost New that the request has
// reached.
func (ex *exchange) governing() *config {
	if inner := ex.names.Load(); inner != nil {
		return inner
	}
	return ex.config
}

// govern gives the names back to this exchange, for an answer of its own.
func (ex *exchange) govern() {
	c := ex.names.Swap(nil)
	if c == nil {
		return
	}
	h := ex.writer.header
	dropID(h, c.requestHeader, ex.config)
	dropID(h, c.correlationHeader, ex.config)
}

// dropID removes a header of a contract that c has replaced.
func dropID(h http.Header, name string, c *config) {
	if name != c.requestHeader && name != c.correlationHeader {
		delete(h, name)
	}
}

// safeID returns the values of the header if they are one line of 1 to 128 of
// A-Za-z0-9._:+=/@~-, else nil: an unsafe ID is not repaired.
func safeID(h http.Header, name string) []string {
	v := h[name]
	if len(v) != 1 || !isSafeID(v[0]) || name == apierr.NoHeader {
		return nil
	}
	return v
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

// generators are sources of random bits that the kernel has seeded. A system
// call for each ID is dear where the kernel has no getrandom in its vDSO;
// ChaCha8 is as hard to predict as the kernel's own generator.
var generators = sync.Pool{New: func() any {
	var seed [32]byte
	cryptorand.Read(seed[:]) // never fails: it ends the process
	return rand.NewChaCha8(seed)
}}

// newID makes a UUID of version 7, RFC 9562 section 5.7: IDs that sort by time
// are kind to the log's index. uuid.NewV7FromReader takes a lock and reads the
// clock again to number the IDs of one millisecond, which a request ID does not
// need and which costs a tenth of what New costs. The time is that of the
// monotonic clock since the process began, which New has read already.
//
// The string lies in the exchange, whose text nothing writes to again: an object
// of its own for each request costs another tenth. A string that outlives the
// request would keep the exchange alive, so [apierr.RequestID] and Outcome have
// copies.
func (ex *exchange) newID() string {
	g := generators.Get().(*rand.ChaCha8)
	high, low := g.Uint64(), g.Uint64()
	generators.Put(g)
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(epochMilli+ex.start.Milliseconds())<<16|high>>48)
	binary.BigEndian.PutUint64(id[8:], low)
	id[6] = id[6]&0x0f | 0x70 // version 7
	id[8] = id[8]&0x3f | 0x80 // the variant of RFC 9562
	encode(&ex.text, &id)
	return unsafe.String(&ex.text[0], len(ex.text))
}

// encode is uuid.UUID.String without the string.
func encode(text *[36]byte, id *uuid.UUID) {
	hex.Encode(text[0:], id[0:4])
	hex.Encode(text[9:], id[4:6])
	hex.Encode(text[14:], id[6:8])
	hex.Encode(text[19:], id[8:10])
	hex.Encode(text[24:], id[10:])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
}
