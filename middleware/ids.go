package middleware

import (
	cryptorand "crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
	"unsafe"

	"github.com/google/uuid"

	"github.com/failwell/failwell/apierr"
)

// identify gives the exchange its IDs: those of the New around it, else the
// caller's where they may be taken over, else a new one.
func (ex *exchange) identify(r *http.Request) {
	if ex.outer != nil {
		ex.id, ex.correlation = ex.outer.id, ex.outer.correlation
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
		id = ex.newID()
	}
	correlation := safeID(r.Header, ex.correlationHeader)
	if correlation == "" && ex.traceContext {
		correlation = traceID(r.Header)
	}
	ex.id[0] = id
	ex.correlation = &ex.id
	if correlation != "" {
		ex.correlation = &[1]string{correlation}
	}
}

// trusts asks the user's function, which knows no exchange to fail in yet. If
// it panics, the request is not trusted.
func (ex *exchange) trusts(r *http.Request) (yes bool) {
	defer func() {
		if v := recover(); v != nil {
			ex.secondaryError(panicOf("the function of WithTrustedIDs", v))
		}
	}()
	return ex.trusted(r)
}

// setIDs puts both IDs into the header, once each, under the names of the
// innermost contract, in place of what anybody else has put there: a reverse
// proxy adds its upstream's.
func (ex *exchange) setIDs(h http.Header) {
	c := ex.governing()
	if c != ex.config {
		dropID(h, ex.requestHeader, c)
		dropID(h, ex.correlationHeader, c)
	}
	setID(h, c.requestHeader, ex.id[:])
	setID(h, c.correlationHeader, ex.correlation[:])
}

// governing is the config of the innermost New that the request has reached.
func (ex *exchange) governing() *config {
	if inner := ex.names.Load(); inner != nil {
		return inner
	}
	return ex.config
}

// govern gives the names back to this exchange, for an answer of its own.
func (ex *exchange) govern() {
	if c := ex.names.Swap(nil); c != nil {
		h := ex.writer.header
		dropID(h, c.requestHeader, ex.config)
		dropID(h, c.correlationHeader, ex.config)
	}
}

func setID(h http.Header, name string, id []string) {
	if name != apierr.NoHeader {
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
	if len(v) != 1 || !isSafeID(v[0]) || name == apierr.NoHeader {
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

// source makes IDs without a system call for each, which is dear where the
// kernel has no getrandom in its vDSO: ChaCha8 is as hard to foresee as the
// kernel's own generator, from which its seed comes.
type source struct {
	rand.ChaCha8
	left  int   // IDs until the clock is read again
	epoch int64 // ms since 1970 at which epoch was, by the clock as it was set then
}

// clockEvery is how many IDs take the time of day from one look at its clock.
const clockEvery = 100

var sources = sync.Pool{New: func() any {
	var seed [32]byte
	cryptorand.Read(seed[:]) // it never fails: it ends the process
	s := new(source)
	s.Seed(seed)
	return s
}}

// milliseconds is the time of day at start, which is counted from the epoch.
func (s *source) milliseconds(start time.Duration) uint64 {
	if s.left--; s.left < 0 {
		s.left = clockEvery
		now := time.Now()
		s.epoch = now.UnixMilli() - now.Sub(epoch).Milliseconds()
	}
	return uint64(s.epoch + start.Milliseconds())
}

// newID makes a UUID of version 7, RFC 9562 section 5.7: IDs that sort by time
// are kind to the log's index. uuid.NewV7FromReader takes a lock and reads the
// clock again to number the IDs of one millisecond, which nobody needs here and
// which costs a third of the whole middleware. The time of day is another clock
// to read, so that is done for every hundred IDs only: a step of the clock is
// seen that much later.
//
// The string lies in the exchange, whose text nobody writes to again: an object
// of its own for each request is a tenth of what New costs. Who keeps the ID
// keeps the exchange, and so [apierr.RequestID] and Outcome have copies.
func (ex *exchange) newID() string {
	s := sources.Get().(*source)
	ms, random, more := s.milliseconds(ex.start), s.Uint64(), s.Uint64()
	sources.Put(s)
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:], ms<<16|random>>48)
	binary.BigEndian.PutUint64(id[8:], more)
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
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
