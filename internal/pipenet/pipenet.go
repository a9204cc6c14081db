// Package pipenet is a network in memory, for tests. Inside a bubble of
// testing/synctest, time stands still while its connections are busy, so that
// servers and clients with waits of minutes run at once.
package pipenet

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
)

// Listener is a net.Listener whose connections are pipes.
type Listener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

// Listen returns a listener.
func Listen() *Listener {
	return &Listener{conns: make(chan net.Conn), done: make(chan struct{})}
}

// Accept waits for the next connection.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept and Dial.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Addr returns a loopback address that nothing listens on.
func (l *Listener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// Dial connects to the listener, whatever the address.
func (l *Listener) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- loopback{server, l.Addr()}:
		return loopback{client, l.Addr()}, nil
	case <-l.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// loopback is a pipe with an address that servers can read.
type loopback struct {
	net.Conn
	addr net.Addr
}

func (c loopback) LocalAddr() net.Addr  { return c.addr }
func (c loopback) RemoteAddr() net.Addr { return c.addr }

// Serve serves h, and returns a transport that reaches it at any address. Both end
// with the test.
func Serve(t testing.TB, h http.Handler) *http.Transport {
	l := Listen()
	s := &http.Server{Handler: h}
	go s.Serve(l)
	tr := &http.Transport{DialContext: l.Dial}
	t.Cleanup(func() {
		tr.CloseIdleConnections()
		s.Close()
	})
	return tr
}
