package apierr

import (
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"time"
)

// setHeader sets the header of an answer with e in the body, as RFC 9110 and
// the contract require. A line without a value, as a layer may leave it, counts
// as none; only an empty Allow is a value.
func (cc *CompiledContract) setHeader(h http.Header, e *Error, body *buffer) {
	if len(e.Header) > 0 {
		cc.addHeader(h, e)
	}
	v := &body.values
	if e.RetryAfter > 0 || e.Status == http.StatusTooManyRequests || e.Status == http.StatusServiceUnavailable {
		if d := cc.retryAfter(e, h); d > 0 {
			h["Retry-After"] = v.of(numeral(seconds(d)))
		}
	}
	switch e.Status {
	case http.StatusUnauthorized:
		if !hasValue(h, "Www-Authenticate") {
			h["Www-Authenticate"] = v.of(cc.contract.Challenge)
		}
	case http.StatusMethodNotAllowed:
		if len(h["Allow"]) == 0 {
			h["Allow"] = v.of("")
		}
	}
	a := v.take(4)
	a[0], a[1], a[2] = contentType(body.form), numeral(int64(len(body.b))), "nosniff"
	h["Content-Type"], h["Content-Length"], h["X-Content-Type-Options"] = a[0:1:1], a[1:2:2], a[2:3:3]
	if lines := h["Cache-Control"]; len(lines) == 0 || !forbidsStoring(lines) {
		a[3] = "no-store"
		h["Cache-Control"] = a[3:4:4]
	}
}

// hasValue reports whether a header has a value.
func hasValue(h http.Header, name string) bool { return len(h[name]) > 0 && h[name][0] != "" }

// addHeader adds e's own header fields, those that HTTP and the answer allow. A
// line that is there already is not added again: a handler may answer in a
// loop.
func (cc *CompiledContract) addHeader(h http.Header, e *Error) {
	for name, values := range e.Header {
		if name = textproto.CanonicalMIMEHeaderKey(name); !isToken(name) || cc.isReserved(name, e.Status) {
			continue
		}
		if name == "Retry-After" { // RFC 9110 section 10.2.3: one value
			delete(h, name)
		}
		for _, v := range values {
			if lines := h[name]; isFieldValue(v) && !slices.Contains(lines, v) {
				h[name] = append(lines[:len(lines):len(lines)], v) // the array may be shared
			}
		}
	}
}

// isReserved reports whether an Error's Header cannot set the field in an answer
// with the status.
func (cc *CompiledContract) isReserved(name string, status int) bool {
	role := roleOf(name)
	return role == reserved || name == "Cache-Control" || role == contentRange && !role.survives(status) || cc.isIDHeader(name)
}

// retryAfter returns the Retry-After to set; 0 if there is none to set or a
// header has it already.
func (cc *CompiledContract) retryAfter(e *Error, h http.Header) time.Duration {
	if e.RetryAfter > 0 {
		return e.RetryAfter
	}
	d := cc.defaultRetryAfter(e.Status)
	if d > 0 && hasValue(h, "Retry-After") {
		return 0
	}
	return d
}

// seconds rounds up: a client that waits this long has waited d.
func seconds(d time.Duration) int64 {
	return int64((d-1)/time.Second) + 1
}

// fieldValues is a supply of header values, cut from one slice for many answers: an
// answer has four or five, and allocating each costs more than the body. No
// element is used twice, since layers keep and change header values. The
// capacity of a value is 1, so that adding to it copies it.
type fieldValues []string

// take returns n elements.
func (v *fieldValues) take(n int) []string {
	if len(*v) < n {
		*v = make(fieldValues, 64)
	}
	a := (*v)[:n:n]
	*v = (*v)[n:]
	return a
}

// of returns a value that holds s.
func (v *fieldValues) of(s string) []string {
	one := v.take(1)
	one[0] = s
	return one
}

// numerals are the texts of small numbers: lengths of most bodies, and seconds.
var numerals = func() (t [512]string) {
	for n := range t {
		t[n] = strconv.Itoa(n)
	}
	return t
}()

func numeral(n int64) string {
	if n >= 0 && n < int64(len(numerals)) {
		return numerals[n]
	}
	return strconv.FormatInt(n, 10)
}

// contentType returns the content type of a body that f made.
func contentType(f Format) (t string) {
	if _, ours := f.(*plan); ours {
		return Envelope{}.ContentType()
	}
	defer func() {
		if recover() != nil {
			t = Envelope{}.ContentType()
		}
	}()
	return f.ContentType()
}
