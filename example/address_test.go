package main

import (
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// listenerAt is a listener of which only the address matters.
type listenerAt struct {
	net.Listener
	addr *net.TCPAddr
}

func (l listenerAt) Addr() net.Addr { return l.addr }

// Where the server says that it is, and whether others reach it.
func TestAddress(t *testing.T) {
	for _, c := range []struct {
		listens, url string
		loopback     bool
	}{
		{"127.0.0.1:8080", "http://127.0.0.1:8080", true},
		{"127.0.0.2:8080", "http://127.0.0.2:8080", true},
		{"[::1]:8080", "http://[::1]:8080", true},
		{"[::ffff:127.0.0.1]:8080", "http://127.0.0.1:8080", true},
		{"192.0.2.1:8080", "http://192.0.2.1:8080", false},
		{"[2001:db8::1]:8080", "http://[2001:db8::1]:8080", false},
		{"[fe80::1%eth0]:8080", "http://[fe80::1%25eth0]:8080", false},
		{"0.0.0.0:8080", "http://localhost:8080", false},
		{"[::]:8080", "http://localhost:8080", false},
		{"[::ffff:0.0.0.0]:8080", "http://localhost:8080", false},
	} {
		addr, err := net.ResolveTCPAddr("tcp", c.listens)
		require.NoError(t, err)
		got := addressOf(listenerAt{addr: addr})
		require.Equal(t, c.url, got.url(), c.listens)
		require.Equal(t, c.loopback, got.loopback, c.listens)
	}
}

// On each kind of address the server reaches itself.
func TestAddress_Reached(t *testing.T) {
	for _, listens := range []string{"127.0.0.1:0", "localhost:0", ":0", "0.0.0.0:0", "[::]:0", "[::1]:0"} {
		l, err := net.Listen("tcp", listens)
		if err != nil && strings.HasPrefix(listens, "[") {
			continue // no IPv6
		}
		require.NoError(t, err)
		conn, err := net.Dial("tcp", addressOf(l).host)
		require.NoError(t, err, listens)
		conn.Close()
		l.Close()
	}
}
