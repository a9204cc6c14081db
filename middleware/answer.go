package middleware

import (
	"net/http"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/seam"
)

// answer is the exchange as New itself answers in it, whatever was claimed by
// others: a panic, a failure that was held back, a deadline.
type answer struct {
	*exchange
	contract *apierr.CompiledContract
}

// answer answers with e under the contract c. The caller has shut the gate of the
// writer, or is inside.
func (ex *exchange) answer(c *apierr.CompiledContract, e error) {
	a := &answer{ex, c}
	ex.writer.drop()
	if c == ex.contract {
		ex.govern()
	}
	apierr.Write(ownWriter{&ex.writer}, ex.request.WithContext(a), e)
}

// answerNow answers with y while the handler is at work.
func (ex *exchange) answerNow(c *apierr.CompiledContract, y *reply) {
	if !ex.writer.gate.enter() {
		return
	}
	defer ex.writer.gate.leave()
	e := y.err
	if e.Unwrap() == nil {
		e = e.Wrap(y.cause)
	}
	ex.answer(c, e)
}

// Value implements context.Context.
func (a *answer) Value(key any) any {
	if key == (seam.Key{}) {
		return a
	}
	return a.exchange.Value(key)
}

// Contract implements seam.Exchange.
func (a *answer) Contract() *apierr.CompiledContract { return a.contract }

// Language implements seam.Exchange.
func (a *answer) Language() string { return a.languageUnder(a.contract) }

// Begin implements seam.Exchange. A response that has not started, or is a
// stream, is answered; nothing follows an answer that is complete.
func (a *answer) Begin(w http.ResponseWriter) (d seam.Delivery, keepEncoding bool) {
	if !a.claim() && a.writer.delivery() != seam.NotStarted {
		return seam.Answered, false
	}
	a.claimOuter()
	return a.writer.deliver(w)
}

// Sending implements seam.Exchange.
func (a *answer) Sending(_ http.ResponseWriter, e *apierr.Error, contentType string, body []byte) http.ResponseWriter {
	if a.outer != nil {
		a.sendingOuter(newReply(e, contentType, body, a.contract))
	}
	return a.writer.own(contentType != "")
}

// Sent implements seam.Exchange. The gate is not this answer's to leave.
func (a *answer) Sent(http.ResponseWriter) {}

// Record implements seam.Exchange.
func (a *answer) Record(_ *http.Request, e *apierr.Error, declared bool, cause, secondary error, d seam.Delivery) {
	a.recordAs(failure{e, declared, cause, secondary, d}, a.contract)
	if d != seam.Answered {
		a.noted(func(n *notes) { n.final = true })
	}
}
