package middleware

import (
	"net"
	"net/http"
)

// breakOff makes an abort visible where http.ErrAbortHandler does not: the end of
// an HTTP/1.0 response without Content-Length is the end of the connection,
// whole or not. Only a reset shows the client that it is not.
func (ex *exchange) breakOff() {
	w := &ex.writer
	if ex.outer != nil || w.status == 0 || w.hijacked || ex.request.ProtoAtLeast(1, 1) || len(w.header["Content-Length"]) > 0 {
		return
	}
	conn, _, err := http.NewResponseController(w.inner).Hijack()
	if err != nil {
		return // the server closes it in an orderly way; nothing more can be done
	}
	if tls, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = tls.NetConn() // without the close_notify that would end it well
	}
	if tcp, ok := conn.(interface{ SetLinger(sec int) error }); ok {
		tcp.SetLinger(0) // closed all the same
	}
	conn.Close()
}
