package middleware

import (
	"net"
	"net/http"
)

// breakOff makes a cut visible where http.ErrAbortHandler does not: the end of
// an HTTP/1.0 response without Content-Length is the end of the connection,
// whole or not. Only a reset tells the client of it.
func (ex *exchange) breakOff() {
	w := &ex.writer
	if ex.outer != nil || w.status == 0 || w.hijacked || ex.request.ProtoAtLeast(1, 1) || len(w.header["Content-Length"]) > 0 {
		return
	}
	conn, _, err := http.NewResponseController(w.inner).Hijack()
	if err != nil {
		return // it is closed in an orderly way, which is all that can be done
	}
	if tls, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = tls.NetConn() // without the close_notify that would end it well
	}
	if tcp, ok := conn.(interface{ SetLinger(sec int) error }); ok {
		tcp.SetLinger(0) // closed all the same
	}
	conn.Close()
}
