package middleware

import (
	"io"
	"net/http"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/responsewriter"
	"github.com/failwell/failwell/internal/seam"
)

// Begin implements seam.Exchange.
func (ex *exchange) Begin(w http.ResponseWriter) (d seam.Delivery, keepEncoding bool) {
	at, via, p := ex.locate(w)
	if p != direct {
		return at.beginThrough(w, via, p == sharing)
	}
	if at.isOver() || !at.claim() {
		return seam.Answered, false
	}
	at.claimOuter()
	return at.writer.deliver(w)
}

// locate returns the exchange that an answer to w is for, the writer by which
// it comes there, and how. It is the innermost exchange that is not over.
func (ex *exchange) locate(w http.ResponseWriter) (at *exchange, via http.ResponseWriter, p path) {
	for {
		p = ex.pathOf(w)
		if !ex.isOver() || ex.outer == nil {
			return ex, w, p
		}
		if p == direct {
			w = ex.writer.inner
		}
		ex = ex.outer
	}
}

// claim takes the answer of this exchange. It fails if it was taken, or the
// request is over.
func (ex *exchange) claim() bool {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	if ex.ended || ex.claimed {
		return false
	}
	ex.claimed = true
	return true
}

// unclaim gives the answer of this exchange free for New itself.
func (ex *exchange) unclaim() {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.claimed = false
}

// claimOuter takes the answer of the exchanges around this one too, as far as
// what is written here comes to them without a layer between.
func (ex *exchange) claimOuter() {
	for o := ex.outer; o != nil; ex, o = o, o.outer {
		if p := o.pathOf(ex.writer.inner); p != direct {
			o.expect(ex.writer.inner, p == sharing)
			return
		}
		o.claim()
	}
}

// deliver returns what an answer of apierr.Write can be that is written to this
// writer, as out, and to no other.
func (w *writer) deliver(out http.ResponseWriter) (d seam.Delivery, keepEncoding bool) {
	switch d = w.delivery(); d {
	case seam.NotStarted:
		w.sent.Store(int32(seam.Answered)) // for later answers
	case seam.EventStream, seam.JSONLines:
		if w.opaque { // no decoder reads plain text behind encoded bytes
			return seam.Abort, false
		}
		io.WriteString(out, w.lineEnd(d)) // what follows fails as well
	}
	return d, w.encoded
}

// beginThrough begins an answer that is written to out, and comes to this
// exchange as via, the writer of a layer.
func (ex *exchange) beginThrough(out, via http.ResponseWriter, shared bool) (d seam.Delivery, keepEncoding bool) {
	d = ex.writer.delivery()
	if !shared || d == seam.NotStarted {
		if !ex.expect(via, shared) {
			return seam.Answered, false
		}
		return seam.ThroughLayer, true
	}
	if !ex.claim() {
		return seam.Answered, false
	}
	ex.claimOuter()
	ex.expect(via, shared)
	switch {
	case responsewriter.Watched(via) == ex.writer.handed(): // it changes no byte
		io.WriteString(out, ex.writer.lineEnd(d))
	case d == seam.EventStream:
		io.WriteString(out, "\n\n") // what follows fails as well
	case d == seam.JSONLines && (len(out.Header()["Content-Encoding"]) > 0 || ex.writer.lineEnd(d) != ""):
		io.WriteString(out, "\n") // the same
	}
	return d, false
}

// Sending implements seam.Exchange. An answer to the exchange's own writer has it
// for itself from the header to the end of the body: a goroutine that the
// handler has left behind may be writing at the same time, or New may be ending
// the response.
func (ex *exchange) Sending(w http.ResponseWriter, e *apierr.Error, contentType string, body []byte) http.ResponseWriter {
	at, via, p := ex.locate(w)
	if p != direct {
		at.fill(via, newReply(e, contentType, body, ex.contract))
		return w
	}
	if at.outer != nil {
		at.sendingOuter(newReply(e, contentType, body, ex.contract))
	}
	if !at.writer.gate.enter() {
		return &discard{}
	}
	return at.writer.own(contentType != "")
}

// own returns the writer for an answer of apierr.Write, which is inside the gate.
// whole: it is not the end of a stream.
func (w *writer) own(whole bool) http.ResponseWriter {
	w.last, w.typed = true, whole
	if whole && w.encoded {
		w.header["Content-Encoding"] = w.ex.readRare().encoding
	}
	return ownWriter{w}
}

// Sent implements seam.Exchange.
func (ex *exchange) Sent(w http.ResponseWriter) {
	if own, ok := w.(ownWriter); ok {
		own.w.gate.leave()
	}
}

// sendingOuter notes what is sent to the first exchange around this one that has
// a layer between.
func (ex *exchange) sendingOuter(y *reply) {
	for o := ex.outer; o != nil; ex, o = o, o.outer {
		if o.pathOf(ex.writer.inner) != direct {
			o.fill(ex.writer.inner, y)
			return
		}
	}
}
