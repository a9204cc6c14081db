package middleware

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/errtree"
	"github.com/failwell/failwell/internal/seam"
	"github.com/failwell/failwell/internal/text"
)

// end is deferred around the handler. It answers what went wrong, and reports
// the outcome of the request.
func (ex *exchange) end() {
	ex.writer.gate.shut()
	var abort bool
	if !ex.returned {
		abort = ex.failed(recover())
	}
	cut := ex.settle()
	if f := ex.request.MultipartForm; f != nil && !ex.parsed {
		f.RemoveAll() // the server sees the form of its own request only
	}
	if abort = abort || cut && ex.outer == nil; abort && !ex.underServer() {
		abort = false
		ex.secondaryError(errNoAbort)
	}
	ex.finish()
	if abort {
		ex.breakOff()
		panic(http.ErrAbortHandler)
	}
}

// failed answers a handler that did not return. It reports whether the handler
// asked for the connection to be aborted.
func (ex *exchange) failed(v any) (abort bool) {
	ex.hangUp()
	if err, ok := v.(error); ok && errtree.Is(err, http.ErrAbortHandler) && (ex.underServer() || ex.writer.status != 0) {
		ex.record(failure{cause: err, delivery: seam.Abort}, ex.contract)
		return true
	}
	var cause error
	if v == nil {
		cause = errGoexit // panic(nil) comes as a *runtime.PanicNilError
	} else {
		cause = &panicError{text.OfPanic(v)}
	}
	ex.setStack()
	e := apierr.Internal
	ex.writer.drop()
	if ex.writer.delivery() != seam.NotStarted {
		e = apierr.StreamFailed
	}
	ex.answer(ex.contract, e.Wrap(cause))
	if v == nil {
		// The goroutine ends here, so net/http does not flush for it.
		http.NewResponseController(ex.writer.inner).Flush() // the connection is closed next
	}
	return false
}

// underServer reports whether an http.Server recovers http.ErrAbortHandler, as
// httputil.ReverseProxy finds out. CGI, FastCGI and adapters of other servers do
// not, and the panic would end the process.
func (ex *exchange) underServer() bool { return ex.Context.Value(http.ServerContextKey) != nil }

// hangUp closes the connection that the handler took over before it failed. The
// server does not.
func (ex *exchange) hangUp() {
	for ; ex != nil; ex = ex.outer {
		ex.noted(func(n *notes) {
			if n.conn != nil {
				n.conn.Close()
				n.conn = nil
			}
		})
	}
}

// settle answers what the handler left open. It reports whether the answer is
// to be aborted.
func (ex *exchange) settle() (cut bool) {
	w := &ex.writer
	switch {
	case ex.cut.Load(), w.hijacked:
	case w.held != nil:
		ex.settleHeld()
	case w.status != 0:
	case ex.expired():
		ex.answer(ex.contract, apierr.GatewayTimeout.Wrap(ex.errDeadline(silently)))
	case ex.canceled():
		ex.answer(ex.contract, ex.errCanceled(silently))
	default:
		// net/http answers 200 for a handler that writes nothing.
		w.prepare(w.header, len(w.header["Content-Type"]) > 0)
	}
	return ex.cut.Load()
}

// finish ends the exchange. The outermost reports to the log and the observer.
func (ex *exchange) finish() {
	if ex.outer != nil {
		n := ex.close()
		ex.outer.setRoute(n.route)
		ex.outer.setRoute(patternOf(&ex.request))
		ex.outer.setRouteWritten(n.routeWritten)
		return
	}
	if !ex.records {
		if ex.notes.Load() != nil {
			ex.close()
		}
		return
	}
	gone := ex.ClientGone() // before the exchange ends, and with it the watch
	n := ex.close()
	ex.report(&n, gone)
}

var (
	errNoAbort = errors.New("middleware: no http.Server is here to abort the response: the client may take it for complete")
	errGoexit  = errors.New("middleware: the handler ended its goroutine (runtime.Goexit)")
)

// silently is what a handler did that returned without an answer.
const silently = "returned without an answer"

// panicError is the private cause of an answer to a panic. It does not unwrap:
// an error in a panic was not returned, and is not for clients.
type panicError struct{ text string }

func (e *panicError) Error() string { return "panic: " + e.text }

// panicOf returns the panic of a user's function as an error for the log.
func panicOf(what string, v any) error {
	return fmt.Errorf("middleware: %s panicked: %s", what, text.OfPanic(v))
}

// secondaryError notes what went wrong while a failure was reported, here and in
// the exchanges around.
func (ex *exchange) secondaryError(err error) {
	for ; ex != nil; ex = ex.outer {
		ex.noted(func(n *notes) { n.secondary = join(n.secondary, err) })
	}
}
