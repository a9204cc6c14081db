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

// Write answers a request with err. It is the one place where failures become
// responses: handlers, middleware and packages such as ratelimit call it.
//
// The error that is answered is the first of these:
//
//	in the tree of err, depth first
//	  *Error                                   itself
//	  APIError() *Error                        what it returns, if not nil
//	  APIErrorCode() string                    the contract's error with that code
//	the mappers of the layer above             what the first that knows err returns
//	*http.MaxBytesError                        BodyTooLarge
//	context.Canceled or a broken connection,
//	  the client gone                          ClientGone: not sent, 499 in the log
//	Timeout() true, context.DeadlineExceeded,
//	  http.ErrHandlerTimeout                   GatewayTimeout
//	anything else, also context.Canceled while
//	  the client waits                         Internal
//
// A read of the request's body that timed out or broke off is seen by the layer
// above, whose Read returns [RequestTimeout] or [ClientGone] for it and which
// knows the context that HTTP/1 cancels along with it; both come first in the
// table. At most 1,000 errors of a tree are looked at. An error without a Code,
// or with a Status outside 200 to 599 or one that allows no body, is Internal.
// Nothing of the text of an error that is not an *Error reaches the client; the
// whole of err goes to the log of the layer above. A client that closed its
// sending half only cannot be told from one that has gone.
//
// What stands for the error is then the contract's choice, and its Format
// encodes it before the response is touched. If w is not committed, headers
// that described another body are dropped (Content-Length, Content-Encoding,
// ETag, Last-Modified, Cache-Control, Expires, Content-Disposition,
// Content-Language, Content-Location, Trailer, digests), the others are kept,
// and status, headers and body are sent: Content-Type, Content-Length,
// X-Content-Type-Options: nosniff and Cache-Control: no-store; Vary: Accept
// under a contract with an Alternative, Content-Language and Vary:
// Accept-Language under one with Translations; Retry-After, WWW-Authenticate on a 401,
// and Allow on a 405, where the error, the contract or RFC 9110 ask for them. A
// body over 256 KiB goes out without the details. HEAD gets no body.
//
// If the response is committed, nothing is appended to it but to streams: an
// event stream gets one last "event: error" with the body as data, a stream of
// JSON lines one last line; unknown errors are [StreamFailed] there, or
// [ClientGone] where the client has left. Anything else is cut, so that the
// client sees that it is cut. The first answer to a request wins, later ones
// are only recorded.
//
// Write does nothing if err is nil or a nil *Error. Without a layer above it,
// in a test for instance, it answers under [Standard], cannot see whether w is
// committed or whose the Content-Encoding is, which it keeps, and sends even
// ClientGone, as 499.
func Write(w http.ResponseWriter, r *http.Request, err error) {
	if isNil(err) {
		return
	}
	ctx := r.Context()
	ex := exchangeOf(ctx)
	cc, delivery, keepEncoding := standard, seam.NotStarted, true
	if ex != nil {
		cc = ex.Contract()
		delivery, keepEncoding = ex.Begin(w)
	}
	var secondary error
	e, known := err.(*Error)
	if !known || !e.complete() {
		e, known, secondary = resolve(ctx, ex, cc, err)
	}
	if !known && delivery != seam.NotStarted && delivery != seam.Answered {
		e = StreamFailed
		if clientGone(ctx, ex) {
			e = ClientGone // most likely it is what failed
		}
	}
	gone := ex != nil && e.declared() == ClientGone
	switch {
	case !gone:
		var folded error
		if e, folded = cc.mapped(e); folded != nil {
			secondary = errors.Join(secondary, folded)
		}
	case delivery != seam.Answered:
		delivery = seam.Abort
	}
	var encoding error
	switch delivery {
	case seam.NotStarted:
		encoding = cc.answer(w, r, ex, e, keepEncoding)
	case seam.EventStream, seam.JSONLines:
		encoding = cc.last(w, r, ex, e, delivery)
	}
	if ex != nil {
		if encoding != nil {
			secondary = errors.Join(secondary, encoding)
		}
		ex.Record(r, e, err, secondary, delivery)
	}
}

// answer sends e as the whole response. It returns what went wrong with the
// encoding; that a client has gone is no fault of the answer.
func (cc *CompiledContract) answer(w http.ResponseWriter, r *http.Request, ex exchange, e *Error, keepEncoding bool) error {
	h := w.Header()
	format := cc.format
	if cc.alternative != nil {
		format = cc.alternative.choose(r, h)
	}
	body := newBuffer()
	sent, language := cc.prepared(e, r, h, ex, format, &body.info)
	fault := body.encode(format, sent)
	clean(h, keepEncoding)
	cc.setHeader(h, e)
	cc.setLanguage(h, language)
	h["Content-Type"] = typeValue(body.form)
	h["Content-Length"] = numberValue(int64(len(body.b)))
	h["X-Content-Type-Options"] = noSniff
	h["Cache-Control"] = noStore
	w.WriteHeader(e.Status)
	if r.Method != http.MethodHead {
		w.Write(body.b)
	}
	body.free()
	return fault
}

// last sends e as the end of an open stream. It returns what answer does.
func (cc *CompiledContract) last(w http.ResponseWriter, r *http.Request, ex exchange, e *Error, delivery seam.Delivery) error {
	body := newBuffer()
	e, _ = cc.prepared(e, r, w.Header(), ex, cc.format, &body.info)
	fault := body.encode(cc.format, e)
	var b []byte
	if delivery == seam.EventStream {
		b = append(b, "event: error\n"...)
		// An event stream ends a line at any of the three.
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
	if _, err := w.Write(b); err == nil {
		http.NewResponseController(w).Flush() // what cannot flush sends it when the handler returns
	}
	return fault
}
