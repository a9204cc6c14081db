package middleware

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// The context of a request is canceled when the client leaves, and also when
// Server.BaseContext or a layer outside New cancels it: a shutdown, whose
// clients are still there and wait for an answer. The connection shows which of
// the two it was, and the server reports the loss of it through CloseNotify.

// goneWait is how long a canceled request waits once for the server to report
// that the connection is lost. net/http reports it right after it has canceled
// the context, on a goroutine that may have to wait for a processor.
const goneWait = 50 * time.Millisecond

// watch waits for the server's report that the connection is lost. The server
// reports once, so New and a handler that uses CloseNotify share the watch.
type watch struct {
	lost   chan struct{} // closed when the connection is lost
	over   chan struct{} // closed when the exchange ends
	notify chan bool     // what CloseNotify returns to the handler

	mu   sync.Mutex
	wait time.Duration // how long the next question waits
	gone bool
}

// closeNotifier is http.CloseNotifier, which is deprecated.
type closeNotifier interface{ CloseNotify() <-chan bool }

// closeNotifierOf returns the CloseNotifier at or under w, nil if there is none.
func closeNotifierOf(w http.ResponseWriter) closeNotifier {
	for {
		switch x := w.(type) {
		case closeNotifier:
			return x
		case interface{ Unwrap() http.ResponseWriter }:
			w = x.Unwrap()
		default:
			return nil
		}
	}
}

// watching returns the watch of an outermost exchange. It is nil if the server's
// writer has no CloseNotify, or if the exchange ended without a watch.
func (ex *exchange) watching() *watch {
	if w := ex.readRare().watch; w != nil {
		return w
	}
	server := closeNotifierOf(ex.writer.inner)
	if server == nil {
		return nil
	}
	var watching *watch
	ex.notedRare(func(n *notes) {
		defer func() { recover() }() // CloseNotify panics where the server has ended the request
		if n.watch == nil {
			n.watch = newWatch(server.CloseNotify())
		}
		watching = n.watch
	})
	return watching
}

func newWatch(server <-chan bool) *watch {
	w := &watch{lost: make(chan struct{}), over: make(chan struct{}), notify: make(chan bool, 1), wait: goneWait}
	go func() {
		select {
		case <-server:
			close(w.lost)
			w.notify <- true
		case <-w.over:
		}
	}()
	return w
}

// connectionLost reports whether the connection is lost. What was lost stays
// lost. reset reports that the server itself has ended the stream or the
// connection, which looks like a loss.
func (w *watch) connectionLost(reset bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.gone || reset {
		return w.gone
	}
	select {
	case <-w.lost:
		w.gone = true
		return true
	default:
	}
	timer := time.NewTimer(w.wait)
	defer timer.Stop()
	w.wait = 0
	select {
	case <-w.lost:
		w.gone = true
	case <-timer.C:
	}
	return w.gone
}

// canceled reports whether the request's own context was canceled: not one that
// a handler has made of it, and not by a deadline.
func (ex *exchange) canceled() bool { return ex.outermost().base().Err() == context.Canceled }

// bodyLate reports whether the body came too slowly, for which HTTP/1 cancels
// the context as it does for a client that leaves.
func (ex *exchange) bodyLate() bool {
	b := ex.outermost().body
	return b != nil && b.late.Load()
}

// ClientGone implements seam.Exchange. Nobody has left before the request's own
// context is canceled. Where the server's writer has no CloseNotify, in a test
// or inside http.TimeoutHandler, the context alone decides.
func (ex *exchange) ClientGone() bool {
	if !ex.canceled() || ex.bodyLate() {
		return false
	}
	o := ex.outermost()
	w := o.watching()
	return w == nil || w.connectionLost(o.resetByServer())
}

// errCanceled is the cause where a handler has not answered a request whose
// context was canceled. apierr.Write finds out who canceled it.
func (ex *exchange) errCanceled(did string) error {
	return errAfter(did, "its context was canceled", context.Canceled, ex.outermost().base())
}

// errDeadline is the cause where a handler has not answered in time.
func (ex *exchange) errDeadline(did string) error {
	return errAfter(did, "its deadline", context.DeadlineExceeded, ex.limiting())
}

func errAfter(did, event string, err error, ctx context.Context) error {
	if cause := context.Cause(ctx); cause != nil && cause != err {
		return fmt.Errorf("middleware: the handler %s after %s: %w: %w", did, event, err, cause)
	}
	return fmt.Errorf("middleware: the handler %s after %s: %w", did, event, err)
}
