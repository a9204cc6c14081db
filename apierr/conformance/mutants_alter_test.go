package conformance_test

import (
	"bytes"
	"net/http"
	"strconv"
)

// wrapper is a middleware.
type wrapper = func(http.Handler) http.Handler

// chain returns the layers as one, the first outermost. nil is no layer.
func chain(layers ...wrapper) wrapper {
	return func(next http.Handler) http.Handler {
		for i := len(layers) - 1; i >= 0; i-- {
			if layers[i] != nil {
				next = layers[i](next)
			}
		}
		return next
	}
}

// reply is a response before it is sent.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// replace changes the body where old is, and its length.
func (p *reply) replace(old, new string) {
	p.set(bytes.Replace(p.body, []byte(old), []byte(new), 1))
}

// add appends to the body.
func (p *reply) add(text string) { p.set(append(p.body, text...)) }

// set changes the body and its length.
func (p *reply) set(body []byte) {
	p.body = body
	if p.header.Get("Content-Length") != "" {
		p.header.Set("Content-Length", strconv.Itoa(len(body)))
	}
}

// when chooses a response by its request and its beginning.
type when func(r *http.Request, status int, h http.Header) bool

// and returns the responses that all choose.
func (w when) and(others ...when) when {
	return func(r *http.Request, status int, h http.Header) bool {
		for _, other := range append(others, w) {
			if !other(r, status, h) {
				return false
			}
		}
		return true
	}
}

// alter is a layer that changes the chosen responses and passes all others
// as they come.
func alter(w when, change func(*http.Request, *reply)) wrapper {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			a := &altering{ResponseWriter: out, r: r.Clone(r.Context()), when: w} // a layer inside may change the header
			next.ServeHTTP(a, r)
			if !a.held {
				return
			}
			change(r, &a.reply)
			out.WriteHeader(a.status)
			out.Write(a.body)
		})
	}
}

// edit is alter for changes that do not depend on the request.
func edit(w when, change func(*reply)) wrapper {
	return alter(w, func(_ *http.Request, p *reply) { change(p) })
}

// fields is a layer that changes the header of the chosen responses.
func fields(w when, change func(http.Header)) wrapper {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			asked := r.Clone(r.Context())
			next.ServeHTTP(&altering{ResponseWriter: out, r: asked, when: func(r *http.Request, status int, h http.Header) bool {
				if w(r, status, h) {
					change(h)
				}
				return false
			}}, r)
		})
	}
}

// altering is the writer of alter: it decides when the status is written.
type altering struct {
	http.ResponseWriter
	r       *http.Request
	when    when
	decided bool
	held    bool
	reply
}

func (a *altering) WriteHeader(status int) {
	if a.decided || status < 200 {
		a.ResponseWriter.WriteHeader(status)
		return
	}
	a.decided = true
	if a.held = a.when(a.r, status, a.Header()); a.held {
		a.reply = reply{status: status, header: a.Header()}
		return
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *altering) Write(b []byte) (int, error) {
	if !a.decided {
		a.WriteHeader(http.StatusOK)
	}
	if !a.held {
		return a.ResponseWriter.Write(b)
	}
	a.body = append(a.body, b...)
	return len(b), nil
}

// FlushError is for http.ResponseController.
func (a *altering) FlushError() error {
	if a.held {
		return nil
	}
	return http.NewResponseController(a.ResponseWriter).Flush()
}

func (a *altering) Flush() { a.FlushError() }

func (a *altering) Unwrap() http.ResponseWriter { return a.ResponseWriter }
