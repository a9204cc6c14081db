package middleware

import (
	"net/http"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/seam"
)

// answer is the exchange as the layer itself answers in it, whatever was
// claimed by others: a panic, a failure that was held back, a deadline.
type answer struct {
	*exchange
	contract *apierr.CompiledContract
}

// answer answers with e under the contract p.
func (ex *exchange) answer(c *apierr.CompiledContract, e error) {
	a := &answer{ex, c}
	ex.writer.drop()
	if c == ex.contract {
		ex.govern()
	}
	apierr.Write(ex.writer.handed(), ex.request.WithContext(a), e)
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

// Begin implements seam.Exchange. What is whole, or has an end that can be
// told, is answered; nothing follows an answer that is complete.
func (a *answer) Begin(w http.ResponseWriter) (d seam.Delivery, keepEncoding bool) {
	if !a.claim() && a.writer.delivery() != seam.NotStarted {
		return seam.Answered, false
	}
	return a.delivery(w)
}

// Record implements seam.Exchange.
func (a *answer) Record(_ *http.Request, e *apierr.Error, cause, secondary error, d seam.Delivery) {
	a.record(failure{e, cause, secondary, d}, a.contract)
	if d != seam.Answered {
		a.writer.end()
		a.noted(func(n *notes) { n.final = true })
	}
}

// lost is the status of a failure that apierr.Write told through a layer which
// now sends another one, else 0. The layer had kept a success back, and the
// failure's body is at its end: the whole of it is replaced.
func (ex *exchange) lost(status int) int {
	n := ex.read()
	if !n.told || n.failure.Status < 400 || n.failure.Status == status {
		return 0
	}
	return n.failure.Status
}

// toldWith returns the failure that apierr.Write told with this status, and
// under which contract; nil where it told none.
func (ex *exchange) toldWith(status int) (*apierr.Error, *apierr.CompiledContract) {
	n := ex.read()
	if !n.told || n.failure.Status != status {
		return nil, nil
	}
	return n.failure, n.contract
}
