package apierr

import (
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"
)

// setHeader adds what e, the contract and RFC 9110 ask for. A line without a
// value, as a layer may leave it, says nothing; only an empty Allow does.
func (cc *CompiledContract) setHeader(h http.Header, e *Error) {
	if len(e.Header) > 0 {
		cc.addHeader(h, e.Header)
	}
	if e.RetryAfter > 0 || e.Status == http.StatusTooManyRequests || e.Status == http.StatusServiceUnavailable {
		if d := cc.retryAfter(e, h); d > 0 {
			h["Retry-After"] = numberValue(seconds(d))
		}
	}
	switch e.Status {
	case http.StatusUnauthorized:
		if !says(h, "Www-Authenticate") {
			h["Www-Authenticate"] = []string{cc.contract.Challenge}
		}
	case http.StatusMethodNotAllowed:
		if len(h["Allow"]) == 0 {
			h["Allow"] = []string{""}
		}
	}
}

// says reports whether a header has a value.
func says(h http.Header, name string) bool { return len(h[name]) > 0 && h[name][0] != "" }

// addHeader adds the error's own headers, where HTTP allows them.
func (cc *CompiledContract) addHeader(h, add http.Header) {
	for name, values := range add {
		if name = textproto.CanonicalMIMEHeaderKey(name); cc.reserved(name) || !isToken(name) {
			continue
		}
		if name == "Retry-After" { // one line of it is all there may be
			delete(h, name)
		}
		for _, v := range values {
			if isFieldValue(v) {
				h[name] = append(h[name], v)
			}
		}
	}
}

// reserved reports whether only the answer itself may set the header.
func (cc *CompiledContract) reserved(name string) bool {
	return slices.Contains(bodyHeaders[:], name) || name == cc.contract.RequestIDHeader || name == cc.contract.CorrelationIDHeader
}

// bodyHeaders say what an answer's body is and how it is framed.
var bodyHeaders = [...]string{
	"Content-Type", "Content-Length", "Content-Encoding", "X-Content-Type-Options", "Cache-Control",
	"Transfer-Encoding", "Trailer",
}

// retryAfter is how long the client is told to wait. 0: nothing is said, or a
// header says it already.
func (cc *CompiledContract) retryAfter(e *Error, h http.Header) time.Duration {
	if e.RetryAfter > 0 {
		return e.RetryAfter
	}
	d := cc.defaultRetryAfter(e.Status)
	if d > 0 && says(h, "Retry-After") {
		return 0
	}
	return d
}

// seconds rounds up: a client that waits this long has waited d.
func seconds(d time.Duration) int64 {
	return int64((d-1)/time.Second) + 1
}

// isStale reports whether a header described the body which an answer
// replaces.
func isStale(name string) bool {
	switch name {
	case "Content-Length", "Etag", "Last-Modified", "Cache-Control", "Expires", "Content-Disposition",
		"Content-Language", "Content-Location", "Trailer", "Digest", "Content-Digest", "Repr-Digest", "Content-Md5":
		return true
	}
	return strings.HasPrefix(name, http.TrailerPrefix)
}

// clean drops the stale headers, and Content-Encoding where it was the
// handler's. Going through what is there costs less than asking for each that
// may be.
func clean(h http.Header, keepEncoding bool) {
	for name := range h {
		if isStale(name) || name == "Content-Encoding" && !keepEncoding {
			delete(h, name)
		}
	}
}

// The values that every answer has are shared by all of them: four allocations
// would cost more than the body. Their capacity is their length, so that a
// layer that adds to a header makes a slice of its own; none of the methods of
// http.Header assigns to an element.
var (
	noSniff  = []string{"nosniff"}
	noStore  = []string{"no-store"}
	jsonType = []string{Envelope{}.ContentType()}
	numbers  = func() (t [512][1]string) {
		for n := range t {
			t[n][0] = strconv.Itoa(n)
		}
		return t
	}()
)

// numberValue is the value of Content-Length and of Retry-After.
func numberValue(n int64) []string {
	if n >= 0 && n < int64(len(numbers)) {
		return numbers[n][:]
	}
	return []string{strconv.FormatInt(n, 10)}
}

// typeValue is the value of Content-Type.
func typeValue(f Format) (v []string) {
	if _, ours := f.(*plan); ours {
		return jsonType
	}
	defer func() {
		if recover() != nil {
			v = jsonType
		}
	}()
	return []string{f.ContentType()}
}
