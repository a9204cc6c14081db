package middleware

import (
	"net/http"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/seam"
)

// Record implements seam.Exchange.
func (ex *exchange) Record(r *http.Request, e *apierr.Error, declared bool, cause, secondary error, d seam.Delivery) {
	ex.setRouteWritten(patternOf(r))
	ex.recordAs(failure{e, declared, cause, secondary, d}, ex.contract)
}

func (ex *exchange) recordAs(f failure, c *apierr.CompiledContract) {
	recorded := ex.sentThrough(f, c)
	switch f.delivery {
	case seam.ThroughLayer:
		if !recorded && f.secondary != nil {
			ex.secondaryError(f.secondary)
		}
		return
	case seam.Answered:
	default:
		ex.writer.end()
	}
	ex.record(f, c)
}

// failure is one failure, and what of it was delivered.
type failure struct {
	err              *apierr.Error
	declared         bool // the contract has its code
	cause, secondary error
	delivery         seam.Delivery
}

// record notes a failure here and in the exchanges around, as far as the answer
// comes to them. Where a layer between may keep it, it is noted when it arrives;
// an abort is the outermost's to raise, whatever is between.
func (ex *exchange) record(f failure, c *apierr.CompiledContract) {
	for {
		ex.note(f, c)
		in := ex
		if ex = ex.outer; ex == nil {
			return
		}
		if f.delivery == seam.NotStarted && ex.pathOf(in.writer.inner) != direct {
			return
		}
	}
}

func (ex *exchange) note(f failure, c *apierr.CompiledContract) {
	ex.noted(func(n *notes) {
		if f.delivery == seam.Abort && n.conn == nil {
			// The outermost layer aborts the response: a router's own
			// recoverer further in would swallow http.ErrAbortHandler. A
			// connection that the handler has taken is the handler's.
			ex.cut.Store(true)
			ex.writer.shut.Store(true)
		}
		if !n.final && (n.failure == nil || f.delivery != seam.Answered) {
			n.failure, n.contract, n.declared = f.err, c, f.declared
		}
		n.cause = join(n.cause, f.cause)
		n.secondary = join(n.secondary, f.secondary)
	})
}

// verdict is what an inner New has decided about a failure.
type verdict struct {
	status      int
	contentType string    // of what passes; "" for any
	by          *exchange // whose functions and contract decide where it does not pass
	pass        bool
}

// setVerdict notes v here and in the exchanges around.
func (ex *exchange) setVerdict(v *verdict) {
	for ; ex != nil; ex = ex.outer {
		ex.notedRare(func(n *notes) { n.verdict = v })
	}
}

// verdictOn returns what an inner New has decided about a failure with this
// status and header, nil if there is none, or the failure is another one.
func (ex *exchange) verdictOn(status int, h http.Header) *verdict {
	v := ex.readRare().verdict
	if v == nil || v.status != status || v.pass && v.contentType != "" && v.contentType != contentTypeOf(h) {
		return nil
	}
	return v
}
