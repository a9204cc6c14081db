package apierr

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
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
//	context.Canceled, the client gone          ClientGone: not sent, 499 in the log
//	Timeout() true, context.DeadlineExceeded,
//	  http.ErrHandlerTimeout                   GatewayTimeout
//	anything else, also context.Canceled while
//	  the client waits                         Internal
//
// At most 1,000 errors of a tree are looked at. An error without a Code, or
// with a Status outside 200 to 599 or one that allows no body, is Internal.
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
// X-Content-Type-Options: nosniff and Cache-Control: no-store; Retry-After,
// WWW-Authenticate on a 401, and Allow on a 405, where the error, the contract
// or RFC 9110 ask for them.
//
// If the response is committed, nothing is appended to it but to streams: an
// event stream gets one last "event: error" with the body as data, a stream of
// JSON lines one last line; unknown errors are [StreamFailed] there. Anything
// else is cut, so that the client sees that it is cut. The first answer to a
// request wins, later ones are only recorded.
//
// Write does nothing if err is nil or a nil *Error. Without a layer above it,
// in a test for instance, it answers under [Standard] and cannot see whether w
// is committed.
func Write(w http.ResponseWriter, r *http.Request, err error) {
	if isNil(err) {
		return
	}
	ctx := r.Context()
	ex := exchangeFrom(ctx)
	p, phase := standard, Phase{KeepEncoding: true}
	if ex != nil {
		p, phase = ex.Promise(), ex.Begin(w)
	}
	var fault error
	e, known := err.(*Error)
	if !known || !e.complete() {
		e, known, fault = resolve(ctx, ex, p, err)
	}
	if !known && phase.Form != Whole && phase.Form != Done {
		e = StreamFailed
	}
	gone := ex != nil && e.declared() == ClientGone
	switch {
	case !gone:
		e = p.stand(e)
	case phase.Form != Done:
		phase.Form = Cut
	}
	var unmade error
	switch phase.Form {
	case Whole:
		unmade = p.answer(w, r, ex, e, phase)
	case Event, Line:
		unmade = p.last(w, r, ex, e, phase.Form)
	}
	if ex != nil {
		if unmade != nil {
			fault = errors.Join(fault, unmade)
		}
		ex.Record(r, Failure{Error: e, Cause: err, Fault: fault, Form: phase.Form})
	}
}

// answer sends e as the whole response.
func (p *Promise) answer(w http.ResponseWriter, r *http.Request, ex Exchange, e *Error, phase Phase) error {
	h := w.Header()
	format := p.format
	if p.alternative != nil {
		format = p.alternative.choose(r, h)
	}
	body, fault := encode(format, e, infoOf(r, ex, format))
	clean(h, phase.KeepEncoding)
	p.setHeader(h, e)
	h["Content-Type"] = typeValue(body.form)
	h["Content-Length"] = lengthValue(len(body.b))
	h["X-Content-Type-Options"] = noSniff
	h["Cache-Control"] = noStore
	w.WriteHeader(e.Status)
	if r.Method != http.MethodHead {
		w.Write(body.b) //nolint:errcheck // a client that has gone is no fault of the answer
	}
	body.free()
	return fault
}

// last sends e as the end of an open stream.
func (p *Promise) last(w http.ResponseWriter, r *http.Request, ex Exchange, e *Error, form Form) error {
	body, fault := encode(p.format, e, infoOf(r, ex, p.format))
	var b []byte
	if form == Event {
		b = append(b, "event: error\n"...)
		for line := range strings.Lines(string(body.b)) {
			b = append(b, "data: "...)
			b = append(append(b, strings.TrimRight(line, "\r\n")...), '\n')
		}
		b = append(b, '\n')
	} else {
		// Between the tokens of JSON a line break means what a space does.
		b = append([]byte(strings.NewReplacer("\n", " ", "\r", " ").Replace(string(body.b))), '\n')
	}
	body.free()
	if _, err := w.Write(b); err != nil {
		return fault // the client has gone
	}
	http.NewResponseController(w).Flush() //nolint:errcheck // sent anyway when the handler returns
	return fault
}

func infoOf(r *http.Request, ex Exchange, f Format) (info Info) {
	if _, ours := f.(*plan); !ours && r.URL != nil { // an Envelope has no use for the path
		info.Path = r.URL.EscapedPath()
	}
	if ex != nil {
		info.RequestID, info.CorrelationID = ex.IDs()
	}
	return info
}

// buffer is a pooled body.
type buffer struct {
	b    []byte
	form Format // that made it
}

var buffers = sync.Pool{New: func() any { return &buffer{b: make([]byte, 0, 512)} }}

// maxPooled is the capacity in bytes over which a buffer is not kept.
const maxPooled = 16 << 10

func (b *buffer) free() {
	if cap(b.b) <= maxPooled {
		buffers.Put(b)
	}
}

// maxBody is the most bytes that an answer may have. A body over it loses its
// details: a client that made a mistake has no use for megabytes of it.
const maxBody = 256 << 10

// encode makes the body. What fails or panics costs first the details and the
// violations, then the Format.
func encode(f Format, e *Error, info Info) (*buffer, error) {
	body := buffers.Get().(*buffer)
	if e.Message == "" {
		c := *e
		c.Message = phrase(e.Status)
		e = &c
	}
	if p, ours := f.(*plan); ours && len(e.Details) == 0 {
		body.b, _ = p.Append(body.b[:0], e, info) // nothing in it can fail or panic
		if len(body.b) <= maxBody {
			body.form = f
			return body, nil
		}
	}
	fault := body.append(f, e, info)
	if fault == nil {
		return body, nil
	}
	plain := *e
	plain.Details, plain.Violations = nil, nil
	if err := body.append(f, &plain, info); err != nil {
		fault = errors.Join(fault, err)
		if err := body.append(Envelope{}, &plain, info); err != nil {
			plain.Message = phrase(e.Status)
			body.append(Envelope{}, &plain, info) //nolint:errcheck // two short strings
		}
	}
	return body, fault
}

// append puts the body of e into b, from its start.
func (b *buffer) append(f Format, e *Error, info Info) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("apierr: the format %T panicked: %s", f, panicText(v))
		}
	}()
	dst, err := f.Append(b.b[:0], e, info)
	if err != nil {
		return err
	}
	if len(dst) > maxBody {
		return errTooLong
	}
	b.form = f
	if _, ours := f.(*plan); ours {
		b.b = dst
	} else {
		b.b = append(b.b[:0], dst...) // dst may be a slice that the Format keeps
	}
	return nil
}
