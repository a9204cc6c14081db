package middleware

import (
	"context"
	"net/http"
	"strings"

	"github.com/failwell/failwell/internal/seam"
)

// commit sends the status line.
func (w *writer) commit(code int) {
	w.status, w.pending = int16(code), true
	w.canceled = w.canceled || w.ex.records && w.ex.Context.Err() == context.Canceled
	h := w.header
	contentType := h["Content-Type"]
	w.prepare(h, len(contentType) > 0)
	if !w.typed {
		w.opaque = w.encodedWithin(h) && !isIdentity(first(h["Content-Encoding"]))
		w.sent.Store(int32(deliveryAfter(contentType)))
	}
	if code >= 400 && w.ex.outer != nil {
		w.ex.outer.setVerdict(&verdict{status: code, contentType: first(contentType), by: w.ex, pass: true})
	}
	w.inner.WriteHeader(code)
}

// answerFields is how many header fields each answer of apierr.Write has:
// Content-Type, Content-Length, X-Content-Type-Options and Cache-Control.
const answerFields = 4

// prepare makes the header fit to leave. typed: it has a Content-Type.
func (w *writer) prepare(h http.Header, typed bool) {
	ex := w.ex
	known := 0 // going through a map is dear
	switch {
	case w.typed:
		known = answerFields
	case typed:
		known = 1
	}
	if len(h) > known {
		dropOtherSpellings(h, ex.governing())
	}
	ex.setIDs(h)
	if ex.records {
		w.declare(h)
	}
	if w.status == http.StatusRequestEntityTooLarge || ex.body != nil && ex.body.over.Load() {
		if ex.request.ProtoMajor == 1 {
			h["Connection"] = []string{"close"} // the rest of the body is not read
			linger(w.inner)
		}
	}
	if w.crossed {
		ex.governing().expose(h)
	}
}

// dropOtherSpellings removes the ID headers that a handler has set under a name
// that is not canonical, as w.Header()["X-Request-ID"]: net/http would send both.
func dropOtherSpellings(h http.Header, c *config) {
	for name := range h {
		if isSpelling(name, c.requestHeader) || isSpelling(name, c.correlationHeader) {
			delete(h, name)
		}
	}
}

// isSpelling reports whether name is another spelling of a canonical name.
func isSpelling(name, canonical string) bool {
	return len(name) == len(canonical) && name != canonical && strings.EqualFold(name, canonical)
}

// deliveryAfter returns how a failure can still be delivered once a response
// with this Content-Type is under way.
func deliveryAfter(v []string) seam.Delivery {
	if len(v) == 0 {
		return seam.Abort
	}
	if v[0] == "application/json" {
		return seam.Abort // most answers by far
	}
	switch mediaType(v[0]) {
	case "text/event-stream":
		return seam.EventStream
	case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines":
		return seam.JSONLines
	}
	return seam.Abort
}

// mediaType returns the type of a Content-Type value without its parameters, in
// lower case.
func mediaType(v string) string {
	v, _, _ = strings.Cut(v, ";")
	return strings.ToLower(strings.TrimSpace(v))
}

// contentTypeOf returns the Content-Type of h, "" for none.
func contentTypeOf(h http.Header) string { return first(h["Content-Type"]) }

func first(v []string) string {
	if len(v) == 0 {
		return ""
	}
	return v[0]
}
