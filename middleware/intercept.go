package middleware

import (
	"errors"
	"net/http"
	"strings"
	"unicode"

	"github.com/failwell/failwell/internal/seam"
)

// DefaultIntercept is what New holds back of the failures that were not
// written by apierr.Write: those without a Content-Type, such as a bare status
// or http.TimeoutHandler's page, and those of text/plain, as http.Error and
// the routers write them. What declares any other type is left alone, byte for
// byte.
func DefaultIntercept(status int, h http.Header) bool {
	v := h["Content-Type"]
	return len(v) == 0 || v[0] == "" || mediaType(v[0]) == "text/plain"
}

// intercepts asks the user's function, or the default where it panics.
func (ex *exchange) intercepts(status int, h http.Header) (yes bool) {
	defer func() {
		if v := recover(); v != nil {
			ex.secondaryError(panicOf("the function of WithIntercept", v))
			yes = DefaultIntercept(status, h)
		}
	}()
	return ex.intercept(status, h)
}

// maxHeld is the most bytes kept of a failure that is held back.
const maxHeld = 1 << 10

// held is a failure that waits for the contract's answer.
type held struct {
	status int
	text   []byte // its first bytes, at most maxHeld
	opaque bool   // the text is under a Content-Encoding
	cause  error  // beside the text; may be nil
}

// hold keeps a failure back. Nothing of it is sent.
func (w *writer) hold(status int) {
	h := w.inner.Header()
	w.held = &held{status: status, opaque: !w.encoded && len(h["Content-Encoding"]) > 0}
	w.sent.Store(int32(seam.Answered)) // the first answer wins
}

// drop forgets what was held back.
func (w *writer) drop() {
	if w.held != nil {
		w.held = nil
		w.sent.Store(int32(seam.NotStarted))
	}
}

func (h *held) add(s string) {
	h.text = append(h.text, s[:min(len(s), maxHeld-len(h.text))]...)
}

// message is the held text as a client may read it: at most maxHeld bytes,
// without control characters, and without the half of a rune that is left
// where the text was cut.
func (h *held) message() string {
	if h.opaque {
		return ""
	}
	return strings.TrimSpace(strings.Map(printable, strings.ToValidUTF8(string(h.text), "")))
}

// printable drops what could forge a line or hide in one.
func printable(r rune) rune {
	if r == '\n' || r == '\t' {
		return ' '
	}
	if unicode.IsControl(r) {
		return -1
	}
	return r
}

// replace answers what was held back: with the failure that apierr.Write told
// further in, where a layer in between has taken its form away; with what was
// wrong with the body, where a proxy takes that for its upstream's failure;
// else with the contract's error for the status. The text of a 4xx is the
// message; that of a 5xx may hold secrets and is for the log.
func (ex *exchange) replace() {
	h := ex.writer.held
	if e, p := ex.toldWith(h.status); e != nil {
		ex.answer(p, e)
		return
	}
	if err := ex.bodyFailure(); err != nil && h.status == http.StatusBadGateway {
		ex.answer(ex.contract, err)
		return
	}
	e, text := ex.contract.ForStatus(h.status), h.message()
	switch {
	case h.status < 500:
		if text != "" {
			e = e.WithMessage(text)
		}
	case h.cause != nil:
		e = e.Wrap(h.cause)
	case text != "":
		e = e.Wrap(errors.New(text))
	}
	ex.answer(ex.contract, e)
}
