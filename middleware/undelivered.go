package middleware

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/failwell/failwell/internal/errtree"
)

// An answer may not arrive although the handler has written all of it. No Write
// fails below net/http's buffers, so the record is made from what is known when
// the handler returns. Nothing is flushed to find out more.

// errOverdue is the WriteError of an answer that the server can no longer send.
var errOverdue = errors.New("middleware: the answer came after the server's write deadline")

// failedWrite keeps the first error of the inner writer. A body that the status
// does not allow is no error: net/http drops it.
func (w *writer) failedWrite(err error) {
	if err == nil || err == http.ErrBodyNotAllowed {
		return
	}
	w.ex.notedRare(func(n *notes) {
		if n.writeErr == nil {
			n.writeErr = err
		}
	})
}

// failedCopy is failedWrite for ReadFrom, whose error may also be that of the
// source: of these, only an error of writing to the connection counts.
func (w *writer) failedCopy(err error) {
	if err == nil {
		return
	}
	if op, ok := errtree.As[*net.OpError](err); ok && op.Op != "read" {
		w.failedWrite(err)
	}
}

// declare keeps the Content-Length as the header has it when it leaves, as
// net/http reads it.
func (w *writer) declare(h http.Header) {
	w.declared = -1
	if v := h["Content-Length"]; len(v) > 0 {
		if n, err := strconv.ParseInt(v[0], 10, 64); err == nil && n >= 0 {
			w.declared = n
		}
	}
}

// bodyless reports whether the answer has no body whatever the handler writes:
// RFC 9110 sections 9.3.2, 15.3.5 and 15.4.5.
func (w *writer) bodyless() bool {
	return w.ex.request.Method == http.MethodHead || w.status == http.StatusNoContent || w.status == http.StatusNotModified
}

// SetWriteDeadline is for http.ResponseController. It keeps the deadline, which
// says at the end whether the answer can have arrived.
func (w *writer) SetWriteDeadline(deadline time.Time) error {
	err := http.NewResponseController(w.inner).SetWriteDeadline(deadline)
	if err != nil {
		return err
	}
	w.ex.notedRare(func(n *notes) { n.writeBy, n.writeBySet = deadline, true })
	if w.gate.enter() {
		w.canceled = w.canceled || w.status == 0 && w.ex.resetByServer() // there is no status yet
		w.gate.leave()
	}
	return nil
}

// overdue reports whether the server's write deadline is over at now:
// what SetWriteDeadline set, else Server.WriteTimeout from the request's start.
func (ex *exchange) overdue(now time.Time) bool {
	if n := ex.readRare(); n.writeBySet {
		return !n.writeBy.IsZero() && now.After(n.writeBy)
	}
	server, ok := ex.base().Value(http.ServerContextKey).(*http.Server)
	return ok && server.WriteTimeout > 0 && now.Sub(epoch)-ex.start >= server.WriteTimeout
}

// resetSlack is how much earlier than overdue the server may have reset an
// HTTP/2 stream: its time runs from the frame of the request, New's from the
// call of the handler.
const resetSlack = 20 * time.Millisecond

// resetByServer reports whether the server itself has ended the connection
// because its write deadline is over. HTTP/2 resets the stream then; HTTP/1
// closes the connection at the next write.
func (ex *exchange) resetByServer() bool {
	if ex.request.ProtoMajor == 2 {
		return ex.overdue(time.Now().Add(resetSlack))
	}
	err := ex.readRare().writeErr
	return err != nil && errtree.Is(err, os.ErrDeadlineExceeded)
}

// writeError returns why the answer cannot have arrived whole, nil where nothing
// is known of it. A connection that the handler took over is the handler's, and
// an abort says so itself.
func (ex *exchange) writeError(n *notes, now time.Time) error {
	w := &ex.writer
	switch {
	case w.hijacked || ex.cut.Load():
		return nil
	case w.canceled && ex.resetByServer():
		return errOverdue
	case n.rare != nil && n.writeErr != nil:
		return n.writeErr
	case w.declared >= 0 && w.declared != w.bytes && !w.bodyless():
		return fmt.Errorf("middleware: the handler wrote %d bytes and declared a Content-Length of %d", w.bytes, w.declared)
	case !w.left() && ex.overdue(now):
		return errOverdue
	}
	return nil
}

// left reports whether the whole answer was flushed. A body without a length
// still lacks its end, and HTTP/2 ends every stream after the handler.
func (w *writer) left() bool {
	return w.status != 0 && !w.pending && w.ex.request.ProtoMajor == 1 && (w.bodyless() || w.bytes == w.declared)
}

// disconnects reports whether err says that the peer has closed the connection.
func disconnects(err error) bool {
	return errtree.Is(err, syscall.EPIPE) || errtree.Is(err, syscall.ECONNRESET)
}
