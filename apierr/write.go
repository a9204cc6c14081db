package apierr

import (
	"errors"
	"net/http"
	"strings"

	"github.com/failwell/failwell/internal/seam"
)

// HandlerFunc is a handler that may return an error, which is answered by
// [Write]. A nil *Error is no error.
type HandlerFunc func(w http.ResponseWriter, r *http.Request) error

// ServeHTTP calls f and writes the error that it returns.
func (f HandlerFunc) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := f(w, r); err != nil {
		Write(w, r, err)
	}
}

// Write answers a request with err. Handlers, middleware and packages such as
// ratelimit all answer through it. It does nothing if err is nil or a nil
// *Error.
//
// The error that is answered is the first of these:
//
//	in the tree of err, depth first
//	  *Error                                   itself
//	  APIError() *Error                        what it returns, if not nil
//	  APIErrorCode() string                    the contract's error with that code
//	the error mappers of middleware.New        the first result that is not nil
//	*http.MaxBytesError                        BodyTooLarge
//	context.Canceled or a broken connection,
//	  the client gone                          ClientGone: not sent, 499 in the log
//	Timeout() true, context.DeadlineExceeded,
//	  http.ErrHandlerTimeout                   GatewayTimeout
//	anything else, also context.Canceled while
//	  the client waits                         Internal
//
// At most 1,000 errors of the tree are visited, and a method that panics is
// skipped. An error without a Code, or with a Status outside 200 to 599 or one
// that allows no body, is Internal. Frameworks have errors with StatusCode() int
// or HTTPStatus() int and a public text: these methods mean different things in
// different packages and are not used; map such errors with a mapper. None of the
// text of an error that is not an *Error reaches the client.
//
// Inside middleware.New, the error of a read of the request's body is
// [RequestTimeout] or [ClientGone], before any mapper is asked, if the body arrived
// too slowly or the connection broke. A client that closed only its sending half
// looks like one that has gone.
//
// The contract then maps the error, and its Format encodes it in memory. If
// nothing of the response was sent, status, header and body are sent now, without
// the body for HEAD. Header fields that described another body are dropped:
// framing and coding, validators (but ETag and Last-Modified stay on a 412),
// Content-Range (but on a 416), Content-Disposition, -Language and -Location,
// digests and signatures, files by reference such as X-Accel-Redirect, Expires,
// Age, Pragma, and the cache controls of shared caches (RFC 9213). All others
// stay. Set are Content-Type, Content-Length, X-Content-Type-Options: nosniff;
// Cache-Control: no-store, unless one is there that forbids storing; Vary: Accept
// if the contract has an Alternative; Content-Language and Vary: Accept-Language
// if it has Translations; Retry-After, WWW-Authenticate on a 401 and
// Allow on a 405, as the error, the contract or RFC 9110 require. A body over 256
// KiB is sent without the details.
//
// If the response has begun, an event stream receives one last "event: error"
// with the body as data, and a stream of JSON lines one last line; an unknown
// error is [StreamFailed] there, or [ClientGone] if the client has left. Any
// other response is aborted, so that the client sees that it is incomplete, and
// so is a stream that the handler itself has encoded. The first answer to a
// request is sent, later ones are only recorded.
//
// # Outside middleware.New
//
// Write then answers under [Standard], without IDs and mappers, and sends
// ClientGone too, as 499. It cannot see whether the response has begun, nor whose
// the Content-Encoding is, which it keeps. Since no layer logs the request, Write
// logs a 5xx itself, with its cause, as one record of slog.Default() at level
// error; it logs no other status. To have one record for each request, IDs and
// the contract, wrap the server's handler:
//
//	http.ListenAndServe(addr, middleware.New(apierr.Standard)(mux))
func Write(w http.ResponseWriter, r *http.Request, err error) {
	if isNil(err) {
		return
	}
	if ex := exchangeOf(r.Context()); ex != nil {
		writeIn(ex, w, r, err)
		return
	}
	e, _, secondary := resolve(r.Context(), nil, standard, err)
	encoding := standard.answer(w, r, nil, e, true)
	if e.Status >= 500 {
		logOutside(r, e, err, errors.Join(secondary, encoding))
	}
}

// writeIn answers a request inside an exchange.
func writeIn(ex exchange, w http.ResponseWriter, r *http.Request, err error) {
	cc := ex.Contract()
	delivery, keepEncoding := ex.Begin(w)
	e, known, secondary := resolve(r.Context(), ex, cc, err)
	if !known && (delivery == seam.EventStream || delivery == seam.JSONLines || delivery == seam.Abort) {
		e = StreamFailed
		if ex.ClientGone() {
			e = ClientGone // most likely that is why it failed
		}
	}
	if e.declared() == ClientGone && delivery != seam.Answered {
		delivery = seam.Abort
	}
	e, folded := cc.answered(ex, e)
	var encoding error
	switch delivery {
	case seam.NotStarted, seam.ThroughLayer:
		encoding = cc.answer(w, r, ex, e, keepEncoding)
	case seam.EventStream, seam.JSONLines:
		encoding = cc.last(w, r, ex, e, delivery)
	}
	ex.Record(r, e, cc.declares(e), err, errors.Join(secondary, folded, encoding), delivery)
}

// answer sends e as the whole response. It returns what went wrong with the
// encoding; a client that has gone is no error of the answer.
func (cc *CompiledContract) answer(w http.ResponseWriter, r *http.Request, ex exchange, e *Error, keepEncoding bool) (encoding error) {
	format := cc.format
	if cc.alternative != nil {
		format = cc.alternative.choose(r)
	}
	body := newBuffer()
	sent, language := cc.prepared(e, r, w.Header(), ex, format, &body.info)
	encoding = body.encode(format, sent)
	if ex != nil {
		w = ex.Sending(w, e, contentType(body.form), body.b)
		defer ex.Sent(w)
	}
	h := w.Header()
	if cc.alternative != nil {
		addVary(h, "Accept")
	}
	cc.clean(h, e.Status, keepEncoding)
	cc.setHeader(h, e, body)
	cc.setLanguage(h, language)
	w.WriteHeader(e.Status)
	if r.Method != http.MethodHead {
		w.Write(body.b)
	}
	body.free()
	return encoding
}

// last sends e as the end of an open stream. It returns what went wrong with the
// encoding.
func (cc *CompiledContract) last(w http.ResponseWriter, r *http.Request, ex exchange, e *Error, delivery seam.Delivery) (encoding error) {
	body := newBuffer()
	e, _ = cc.prepared(e, r, w.Header(), ex, cc.format, &body.info)
	encoding = body.encode(cc.format, e)
	var b []byte
	if delivery == seam.EventStream {
		b = append(b, "event: error\n"...)
		// A line of an event stream ends with CR, LF or both.
		text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(body.b))
		for line := range strings.Lines(text) {
			b = append(b, "data: "...)
			b = append(append(b, strings.TrimSuffix(line, "\n")...), '\n')
		}
		b = append(b, '\n')
	} else {
		// Between the tokens of JSON a line break means what a space does.
		b = append([]byte(strings.NewReplacer("\n", " ", "\r", " ").Replace(string(body.b))), '\n')
	}
	body.free()
	if ex != nil {
		w = ex.Sending(w, e, "", b)
		defer ex.Sent(w)
	}
	if _, err := w.Write(b); err == nil {
		http.NewResponseController(w).Flush() // a writer without Flush sends it when the handler returns
	}
	return encoding
}
