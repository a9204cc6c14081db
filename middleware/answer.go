package middleware

import (
	"net/http"

	"github.com/failwell/failwell/apierr"
)

// answer is the exchange as the layer itself answers in it, whatever was
// claimed by others: a panic, a failure that was held back, a deadline.
type answer struct {
	*exchange
	promise *apierr.Promise
}

// answer answers with e under the promise p.
func (ex *exchange) answer(p *apierr.Promise, e error) {
	a := &answer{ex, p}
	ex.writer.drop()
	if p == ex.promise {
		ex.govern()
	}
	apierr.Write(ex.writer.handed(), ex.request.WithContext(a), e)
}

// Value implements context.Context.
func (a *answer) Value(key any) any {
	if key == (apierr.ExchangeKey{}) {
		return a
	}
	return a.exchange.Value(key)
}

// Promise implements apierr.Exchange.
func (a *answer) Promise() *apierr.Promise { return a.promise }

// Begin implements apierr.Exchange. What is whole, or has an end that can be
// told, is answered; nothing follows an answer that is complete.
func (a *answer) Begin(w http.ResponseWriter) apierr.Phase {
	if !a.claim() && a.writer.form() != apierr.Whole {
		return apierr.Phase{Form: apierr.Done}
	}
	return a.phase(w)
}

// Record implements apierr.Exchange.
func (a *answer) Record(_ *http.Request, f apierr.Failure) {
	a.record(f, a.promise)
	if f.Form != apierr.Done {
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
// under which promise; nil where it told none.
func (ex *exchange) toldWith(status int) (*apierr.Error, *apierr.Promise) {
	n := ex.read()
	if !n.told || n.failure.Status != status {
		return nil, nil
	}
	return n.failure, n.promise
}
