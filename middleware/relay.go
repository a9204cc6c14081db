package middleware

import (
	"bytes"
	"net/http"
	"reflect"
	"strconv"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/seam"
	"github.com/failwell/failwell/internal/text"
)

// apierr.Write may be given the writer of a layer between the handler and New.
// What the layer does with the answer cannot be seen in advance: a status
// recorder passes it on, a compressor encodes it, http.TimeoutHandler sends it
// later, a single-page fallback drops it and sends its index, a batch puts it
// into a part of its own response. So the answer is given to the layer as it is,
// and remembered. Whether it is the answer of this exchange is decided when the
// layer commits a response: by its status and header, and by the first bytes of
// its body.

// reply is an answer of apierr.Write that layers have in hand.
type reply struct {
	err         *apierr.Error
	declared    bool // once apierr.Write has sent it
	cause       error
	contract    *apierr.CompiledContract
	status      int
	contentType string
	size        int    // of the body in bytes
	length      string // the same as Content-Length
	start       []byte // the first bytes of the body
	body        []byte // all of it, or the end of a stream, until apierr.Write has sent it; else nil
}

// relayed is a reply to the writer of a layer.
type relayed struct {
	*reply  // nil until it is sent
	writer  http.ResponseWriter
	shared  bool // the writer's header is that of the exchange
	reached bool // it came to this exchange's writer, byte for byte
	began   bool // and the response of this exchange had begun before
	arrived bool // it is this exchange's answer
	plain   bool // and its bytes are those of the layer's response
	left    int  // of which so many are still to come
}

const (
	// maxRelayed is how many answers are remembered: a batch may have any number
	// of parts.
	maxRelayed = 16
	// maxStart is how much is kept of a body to recognise it by.
	maxStart = 64
)

// path is how what is written to a writer comes to that of an exchange.
type path uint8

const (
	direct  path = iota // it is that writer
	sharing             // a layer that shares the header, or unwraps to that writer
	foreign             // a layer with a writer and a header of its own
)

// pathOf returns the path from w to ex.
func (ex *exchange) pathOf(w http.ResponseWriter) path {
	handed := ex.writer.handed()
	if w == handed || w == (ownWriter{&ex.writer}) {
		return direct
	}
	if samePointer(w.Header(), ex.writer.header) {
		return sharing
	}
	for range 32 {
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return foreign
		}
		if w = u.Unwrap(); w == handed {
			return sharing
		}
	}
	return foreign
}

// sameWriter compares two writers, of which a user's may not be comparable.
func sameWriter(a, b http.ResponseWriter) bool {
	t := reflect.TypeOf(a)
	return t == reflect.TypeOf(b) && t.Comparable() && reflect.ValueOf(a).Comparable() && a == b
}

func samePointer(a, b http.Header) bool {
	return reflect.ValueOf(a).Pointer() == reflect.ValueOf(b).Pointer()
}

// expect remembers that w is about to be answered. It reports false if it was
// before: the first answer wins there too.
func (ex *exchange) expect(w http.ResponseWriter, shared bool) bool {
	first := true
	ex.notedRare(func(n *notes) {
		for _, t := range n.relayed {
			if sameWriter(t.writer, w) {
				first = false
				return
			}
		}
		if len(n.relayed) == maxRelayed {
			ex.undelivered(n, n.relayed[0])
			n.relayed = append(n.relayed[:0], n.relayed[1:]...)
		}
		n.relayed = append(n.relayed, &relayed{writer: w, shared: shared})
	})
	ex.writer.through.Store(true)
	return first
}

// fill notes what apierr.Write is about to send to w.
func (ex *exchange) fill(w http.ResponseWriter, y *reply) {
	ex.notedRare(func(n *notes) {
		for _, t := range n.relayed {
			if sameWriter(t.writer, w) {
				t.reply = y
			}
		}
	})
}

func newReply(e *apierr.Error, contentType string, body []byte, c *apierr.CompiledContract) *reply {
	body = bytes.Clone(body)
	return &reply{
		err: e, contract: c, status: e.Status,
		contentType: contentType, size: len(body), length: strconv.Itoa(len(body)),
		start: body[:min(len(body), maxStart)], body: body,
	}
}

// fromLayer returns what of p, which a layer passes on, is to be sent: nothing
// if it is a whole answer but the response had begun, and no more than the
// answer if that is what the layer passes on.
func (ex *exchange) fromLayer(p []byte, began bool) []byte {
	// A compressor may store bytes as they are, within its own format.
	coded := len(ex.writer.header["Content-Encoding"]) > 0 && !ex.writer.encoded
	ex.notedRare(func(n *notes) {
		for _, t := range n.relayed {
			switch {
			case t.reply == nil:
			case t.plain:
				p = p[:min(len(p), t.left)]
				t.left -= len(p)
			case t.body != nil && !coded && bytes.Equal(t.body, p):
				t.reached, t.began = true, began
				if began && !t.shared {
					p = nil
				}
			}
		}
	})
	return p
}

// passedOn returns the answer that a layer passes on with this status and
// header, nil if it is a response of the layer's own.
func (ex *exchange) passedOn(code int, h http.Header) (found *relayed) {
	if !ex.writer.through.Load() {
		return nil
	}
	ex.notedRare(func(n *notes) {
		for i := len(n.relayed) - 1; i >= 0 && found == nil; i-- {
			if t := n.relayed[i]; t.reply != nil && t.matches(code, h) {
				found = t
			}
		}
	})
	if found == nil {
		ex.forgetLength(h)
	}
	return found
}

// matches reports whether a response with this status and header is the answer,
// or holds it.
func (t *relayed) matches(code int, h http.Header) bool {
	contentType := contentTypeOf(h)
	if code == t.status && (contentType == t.contentType || contentType == "" && t.shared && code >= 400) {
		return true
	}
	return contentType == t.contentType && first(h["Content-Length"]) == t.length
}

// forgetLength removes the Content-Length that apierr.Write has left in the
// header for a body which the layer has dropped.
func (ex *exchange) forgetLength(h http.Header) {
	for _, t := range ex.readRare().relayed {
		if t.shared && t.reply != nil && first(h["Content-Length"]) == t.length {
			delete(h, "Content-Length")
		}
	}
}

// pass sends the answer on as the layer has it, or replaces it by the whole of
// it where the layer has lost its status or its type: it had kept a success
// back, and the answer is at its end.
func (w *writer) pass(code int, h http.Header, t *relayed) {
	m := unmatched
	if code < 400 && code != t.status || contentTypeOf(h) != t.contentType {
		m = replaced
	}
	w.hold(code, m)
	w.held.relayed = t
}

// match compares the first bytes of a body with those of the answer.
func (w *writer) match(h *held, p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	t := h.relayed
	k := min(len(p), len(t.start))
	same := bytes.Equal(p[:k], t.start[:k])
	if !same && len(h.header["Content-Encoding"]) == 0 {
		h.mode = replaced // the answer is at the end of another body
		return len(p), nil
	}
	if !same {
		relabel(h.header, p)
	}
	w.confirm(h, same)
	return w.write(p)
}

// confirm commits the answer that a layer passes on. A Content-Encoding in its
// header is that of the layer if the bytes are not those of the answer, else one
// that the handler had set for another body.
func (w *writer) confirm(h *held, plain bool) {
	if plain {
		w.keepEncoding(h.header)
		w.ex.noted(func(*notes) { h.relayed.plain, h.relayed.left = true, h.relayed.size })
	}
	w.ex.arrive(h.relayed)
	w.release(h)
	w.sent.Store(int32(deliveryAfter(h.header["Content-Type"])))
}

// relabel gives encoded bytes the label that they show to need: a handler may have
// set another one for a body that is not sent, over that of the compressor.
func relabel(h http.Header, p []byte) {
	switch {
	case bytes.HasPrefix(p, []byte("\x1f\x8b\x08")): // RFC 1952 section 2.3.1
		h["Content-Encoding"] = []string{"gzip"}
	case bytes.HasPrefix(p, []byte("\x28\xb5\x2f\xfd")): // RFC 8878 section 3.1.1
		h["Content-Encoding"] = []string{"zstd"}
	}
}

// keepEncoding leaves only the Content-Encoding that was set outside New.
func (w *writer) keepEncoding(h http.Header) {
	if !w.encoded {
		delete(h, "Content-Encoding")
		return
	}
	h["Content-Encoding"] = w.ex.readRare().encoding
}

// unmatched ends the wait for the first bytes: there are none.
func (w *writer) unmatched(h *held) {
	if !w.head && len(h.relayed.start) > 0 {
		h.mode = replaced // the layer has lost the body
		return
	}
	w.confirm(h, true)
}

// sent returns the reply to a layer that apierr.Write has just sent, nil for
// none.
func (ex *exchange) sent(e *apierr.Error) (found *relayed) {
	if !ex.writer.through.Load() {
		return nil
	}
	ex.notedRare(func(n *notes) {
		for _, t := range n.relayed {
			if t.reply != nil && t.body != nil && t.err == e {
				found = t
				return
			}
		}
	})
	return found
}

// sentThrough ends what apierr.Write has sent to layers: now its cause is known.
// It reports whether the failure was recorded.
func (ex *exchange) sentThrough(f failure, c *apierr.CompiledContract) (recorded bool) {
	var all []*relayed
	var at []*exchange
	for o := ex; o != nil; o = o.outer {
		if t := o.sent(f.err); t != nil {
			all, at = append(all, t), append(at, o)
		}
	}
	for i, t := range all {
		o := at[i]
		o.noted(func(*notes) { t.declared, t.cause, t.body = f.declared, f.cause, nil })
		switch {
		case t.reached && t.began && f.delivery == seam.ThroughLayer && !t.arrived:
			o.answerNow(c, t.reply) // the layer passes on what must not follow here
			return true
		case t.arrived:
			o.record(failure{err: f.err, declared: f.declared, cause: f.cause, secondary: f.secondary}, c)
			recorded = true
		}
		if (t.reached || t.plain && t.left == 0) && (t.arrived || f.delivery == seam.EventStream || f.delivery == seam.JSONLines) {
			o.writer.shut.Store(true) // nothing follows what is complete
		}
	}
	return recorded
}

// arrive makes a reply that a layer passes on the answer of this exchange.
func (ex *exchange) arrive(t *relayed) {
	var sending, already bool
	ex.noted(func(*notes) {
		already, sending = t.arrived, t.body != nil
		t.arrived = true
	})
	if already {
		return
	}
	ex.claim()
	ex.claimOuter()
	ex.sendingOuter(t.reply)
	if !sending { // else it is recorded when it was sent
		ex.record(failure{err: t.err, declared: t.declared, cause: t.cause}, t.contract)
	}
}

// undelivered notes the failure of an answer that a layer has kept: it is not
// that of the exchange, but its cause is not to be lost.
func (ex *exchange) undelivered(n *notes, t *relayed) {
	if t.reply != nil && !t.arrived && t.status >= 500 {
		n.secondary = join(n.secondary, &keptByLayer{t.cause})
	}
}

// keptByLayer is a failure that was answered to a layer's writer, and that the
// layer did not send.
type keptByLayer struct{ cause error }

func (e *keptByLayer) Error() string {
	return "middleware: answered to a layer's own writer: " + text.OfError(e.cause)
}
func (e *keptByLayer) Unwrap() error { return e.cause }
