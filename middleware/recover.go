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

// end is deferred around the handler: it turns what went wrong into an answer,
// and tells what became of the request.
func (ex *exchange) end() {
	var abort bool
	if !ex.returned {
		abort = ex.failed(recover())
	}
	cut := ex.settle()
	if f := ex.request.MultipartForm; f != nil && !ex.parsed {
		f.RemoveAll() // the server sees the form of its own request only
	}
	ex.finish()
	if abort || cut && ex.outer == nil {
		ex.breakOff()
		panic(http.ErrAbortHandler)
	}
}

// failed answers a handler that did not return. It reports whether the handler
// asked for the connection to be broken off.
func (ex *exchange) failed(v any) (abort bool) {
	ex.hangUp()
	if err, ok := v.(error); ok && errtree.Is(err, http.ErrAbortHandler) {
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
		// The goroutine ends here, and net/http will not flush for it.
		http.NewResponseController(ex.writer.inner).Flush() // the connection is closed next
	}
	return false
}

// hangUp closes the connection that the handler took before it failed: nobody
// else will.
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
// to be cut.
func (ex *exchange) settle() (cut bool) {
	w := &ex.writer
	cut = ex.cut.Load()
	switch {
	case cut, w.hijacked:
	case w.held != nil:
		ex.replace()
	case w.status != 0:
	case ex.expired():
		ex.answer(ex.contract, apierr.GatewayTimeout.Wrap(errDeadline))
	default:
		// net/http answers 200 for a handler that says nothing.
		w.prepare(w.inner.Header())
	}
	return cut
}

// finish ends the exchange and, if it is the outermost, tells the log and the
// observer.
func (ex *exchange) finish() {
	switch {
	case ex.outer != nil:
		ex.outer.setRoute(ex.close().route)
		ex.outer.setRoute(ex.request.Pattern)
	case ex.logger != nil || ex.observer != nil:
		ex.tell(ex.close())
	}
}

var (
	errGoexit   = errors.New("middleware: the handler ended its goroutine (runtime.Goexit)")
	errDeadline = errors.New("middleware: the handler returned after its deadline without an answer")
)

// panicError is the private cause of an answer to a panic. It does not unwrap:
// an error that was panicked with was not returned, and says nothing to
// clients.
type panicError struct{ text string }

func (e *panicError) Error() string { return "panic: " + e.text }

// panicOf returns the panic of a user's function as an error for the log.
func panicOf(what string, v any) error {
	return fmt.Errorf("middleware: %s panicked: %s", what, text.OfPanic(v))
}

// secondaryError notes what went wrong while a failure was reported.
func (ex *exchange) secondaryError(err error) {
	ex.noted(func(n *notes) { n.secondary = join(n.secondary, err) })
}
