package middlewaretest

import (
	"io"
	"log"
	"net"
	"sync/atomic"
)

// listener accepts one connection.
type listener struct {
	conn     net.Conn
	accepted atomic.Bool
}

// Accept implements net.Listener. The second call ends the server's loop; the
// connection is served to its end.
func (l *listener) Accept() (net.Conn, error) {
	if l.accepted.Swap(true) {
		return nil, io.EOF
	}
	return l.conn, nil
}

// Close implements net.Listener.
func (l *listener) Close() error { return nil }

// Addr implements net.Listener.
func (l *listener) Addr() net.Addr { return l.conn.LocalAddr() }

// discard is for what an http.Server logs of a connection: New reports failures
// itself.
var discard = log.New(io.Discard, "", 0)
