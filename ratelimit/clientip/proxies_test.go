package clientip_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/clientip"
)

// TestRealProxies sends requests with hostile headers through nginx and
// HAProxy, set up in the ways that the comment of package ratelimit lists, from the address
// 127.0.0.7. The proxies call from 127.0.0.1. It skips those that are not on the
// PATH: apt-get install nginx haproxy.
func TestRealProxies(t *testing.T) {
	l, err := net.Listen("tcp", net.JoinHostPort(client, "0"))
	if err != nil {
		t.Skipf("this machine has no address %s", client)
	}
	l.Close()
	local := netip.MustParsePrefix("127.0.0.1/32")
	for _, c := range []struct {
		name    string
		key     ratelimit.KeyFunc
		proxies []proxyServer // the first is called by the client, the last calls the server
		server  serverKind
		spoiled string // the key of a client that spoils its own line of Forwarded
	}{
		{"nginx, X-Forwarded-For", ratelimit.ByIP(local),
			[]proxyServer{nginx("proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;")}, overTCP, client},
		{"nginx, X-Forwarded-For, over a Unix socket", clientip.New(clientip.Options{TrustUnix: true}),
			[]proxyServer{nginx("proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;")}, overUnix, client},
		{"nginx, X-Real-IP", clientip.FromHeader("X-Real-IP", local),
			[]proxyServer{nginx("proxy_set_header X-Real-IP $remote_addr;")}, overTCP, client},
		{"nginx, X-Real-IP, over a Unix socket", clientip.New(clientip.Options{TrustUnix: true, Header: "X-Real-IP"}),
			[]proxyServer{nginx("proxy_set_header X-Real-IP $remote_addr;")}, overUnix, client},
		{"nginx, Forwarded that it replaces", clientip.FromForwarded(local),
			[]proxyServer{nginx("proxy_set_header Forwarded 'for=\"$remote_addr:$remote_port\";proto=$scheme';")}, overTCP, client},
		{"nginx, Forwarded that it adds to", clientip.FromForwarded(local),
			[]proxyServer{nginx("proxy_set_header Forwarded '$http_forwarded, for=\"$remote_addr:_port\"';")}, overTCP, unknown},
		{"HAProxy, X-Forwarded-For", ratelimit.ByIP(local), []proxyServer{haproxy("option forwardfor", "")}, overTCP, client},
		{"HAProxy, Forwarded", clientip.FromForwarded(local),
			[]proxyServer{haproxy(`http-request add-header Forwarded "for=%[src];proto=http"`, "")}, overTCP, client},
		{"HAProxy, PROXY protocol 1", ratelimit.ByIP(), []proxyServer{haproxy("", "send-proxy")}, overPROXY, client},
		{"HAProxy, PROXY protocol 2", ratelimit.ByIP(), []proxyServer{haproxy("", "send-proxy-v2")}, overPROXY, client},
		{"HAProxy and nginx, X-Forwarded-For", ratelimit.ByIP(local),
			[]proxyServer{haproxy("option forwardfor", ""), nginx("proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;")}, overTCP, client},
		{"HAProxy and nginx, PROXY protocol between them", ratelimit.ByIP(local),
			[]proxyServer{haproxy("", "send-proxy"), nginxPROXY("proxy_set_header X-Forwarded-For $proxy_protocol_addr;")}, overTCP, client},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, p := range c.proxies {
				if _, err := exec.LookPath(p.binary); err != nil {
					t.Skipf("there is no %s on the PATH: apt-get install %s", p.binary, p.binary)
				}
			}
			limited := ratelimit.Middleware(ratelimit.NewMemory(ratelimit.PerHour("p", 5)), c.key)(http.HandlerFunc(
				func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
			addr := c.server(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/limited" {
					limited.ServeHTTP(w, r)
					return
				}
				key, err := c.key(r)
				fmt.Fprint(w, key, err)
			}))
			for i := len(c.proxies) - 1; i >= 0; i-- {
				addr = c.proxies[i].start(t, addr)
			}
			admitted := 0
			for _, header := range hostile {
				want := client
				if strings.HasPrefix(header, "Forwarded: ") && strings.Count(header, `"`)%2 == 1 {
					want = c.spoiled
				}
				status, body := call(t, addr, "/", header)
				require.Equal(t, 200, status, header)
				require.Equal(t, want+"<nil>", body, header)
				if status, _ := call(t, addr, "/limited", header); status == 204 && want == client {
					admitted++
				}
			}
			require.Equal(t, 5, admitted)
		})
	}
}

// client is the address that requests come from.
const client = "127.0.0.7"

var hostile = []string{
	"X-Nothing: x",
	"X-Forwarded-For: 198.51.100.7",
	"X-Forwarded-For: 198.51.100.7\r\nX-Forwarded-For: 198.51.100.8",
	"X-Forwarded-For: 127.0.0.1, 127.0.0.1",
	"X-Forwarded-For: junk, \"",
	"X-Forwarded-For: ",
	"Forwarded: for=198.51.100.7",
	`Forwarded: for="198.51.100.7`,
	`Forwarded: for=198.51.100.7;x="`,
	"Forwarded: for=127.0.0.1",
	"Forwarded: for=198.51.100.7\r\nX-Forwarded-For: 198.51.100.7",
	"X-Real-IP: 198.51.100.7",
	"X-Real-IP: 198.51.100.7\r\nX-Real-IP: 198.51.100.8",
	"True-Client-IP: 198.51.100.7\r\nCF-Connecting-IP: 198.51.100.7\r\nX-Client-IP: 198.51.100.7",
	"X-Forwarded-For: " + strings.Repeat("198.51.100.7, ", 300),
}

// call sends one request from the client's address and returns the answer.
func call(t *testing.T, addr, path, header string) (status int, body string) {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(client)}}
	c, err := d.DialContext(t.Context(), "tcp", addr)
	require.NoError(t, err)
	defer c.Close()
	_, err = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: api.test\r\nConnection: close\r\n%s\r\n\r\n", path, header)
	require.NoError(t, err)
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(b)
}

// serverKind starts a server and returns its address, that of a Unix socket as
// a path.
type serverKind func(*testing.T, http.Handler) (addr string)

func overTCP(t *testing.T, h http.Handler) string {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func overUnix(t *testing.T, h http.Handler) string {
	dir, err := os.MkdirTemp("", "ratelimit") // a socket's path is short
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	require.NoError(t, err)
	serve(t, l, h)
	return l.Addr().String()
}

func overPROXY(t *testing.T, h http.Handler) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	serve(t, proxyListener{l}, h)
	return l.Addr().String()
}

func serve(t *testing.T, l net.Listener, h http.Handler) {
	s := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
}

// proxyListener reads the header of the PROXY protocol, versions 1 and 2, from
// each connection: the least that a server needs.
type proxyListener struct{ net.Listener }

func (l proxyListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		b := bufio.NewReader(c)
		if remote, err := readPROXY(b); err == nil {
			return proxied{c, b, remote}, nil
		}
		_ = c.Close()
	}
}

type proxied struct {
	net.Conn
	b      *bufio.Reader
	remote net.Addr
}

func (c proxied) Read(p []byte) (int, error) { return c.b.Read(p) }
func (c proxied) RemoteAddr() net.Addr       { return c.remote }

func readPROXY(b *bufio.Reader) (net.Addr, error) {
	const signature = "\r\n\r\n\x00\r\nQUIT\n"
	if start, err := b.Peek(len(signature)); err != nil {
		return nil, err
	} else if string(start) != signature {
		line, err := b.ReadString('\n')
		if err != nil {
			return nil, err
		}
		var family, src, dst string
		var from, to uint16
		_, err = fmt.Sscanf(line, "PROXY %s %s %s %d %d\r\n", &family, &src, &dst, &from, &to)
		return &net.TCPAddr{IP: net.ParseIP(src), Port: int(from)}, err
	}
	var head [16]byte
	if _, err := io.ReadFull(b, head[:]); err != nil {
		return nil, err
	}
	rest := make([]byte, binary.BigEndian.Uint16(head[14:]))
	if _, err := io.ReadFull(b, rest); err != nil || len(rest) < 12 || head[13] != 0x11 {
		return nil, fmt.Errorf("not TCP over IPv4: %v", err)
	}
	return &net.TCPAddr{IP: net.IP(rest[:4]), Port: int(binary.BigEndian.Uint16(rest[8:]))}, nil
}

// proxyServer is a proxy with its configuration, in which LISTEN and SERVER are
// addresses and DIR is a folder of its own.
type proxyServer struct {
	binary string
	args   []string
	config string
}

func nginx(directive string) proxyServer      { return nginxServer("LISTEN", directive) }
func nginxPROXY(directive string) proxyServer { return nginxServer("LISTEN proxy_protocol", directive) }

func nginxServer(listen, directive string) proxyServer {
	user := ""
	if os.Getuid() == 0 {
		user = "user root;"
	}
	return proxyServer{"nginx", []string{"-p", "DIR", "-c", "DIR/config", "-e", "stderr"}, user + `
daemon off;
master_process off;
pid DIR/pid;
error_log stderr;
events {}
http {
	access_log off;
	client_body_temp_path DIR/body;
	proxy_temp_path DIR/proxy;
	fastcgi_temp_path DIR/fastcgi;
	uwsgi_temp_path DIR/uwsgi;
	scgi_temp_path DIR/scgi;
	large_client_header_buffers 4 32k;
	server {
		listen ` + listen + `;
		location / {
			` + directive + `
			proxy_pass http://SERVER;
		}
	}
}
`}
}

func haproxy(directive, server string) proxyServer {
	return proxyServer{"haproxy", []string{"-f", "DIR/config", "-db"}, `
defaults
	mode http
	timeout connect 10s
	timeout client 10s
	timeout server 10s
listen proxy
	bind LISTEN
	` + directive + `
	server s SERVER ` + server + `
`}
}

// start starts the proxy before the server and returns its address.
func (p proxyServer) start(t *testing.T, server string) (addr string) {
	t.Helper()
	dir := t.TempDir()
	addr = freeAddr(t)
	if strings.HasPrefix(server, "/") {
		server = "unix:" + server
	}
	replace := strings.NewReplacer("LISTEN", addr, "SERVER", server, "DIR", dir)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "config"), []byte(replace.Replace(p.config)), 0o600))
	var args []string
	for _, a := range p.args {
		args = append(args, replace.Replace(a))
	}
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, p.binary, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s: %s", p.binary, out.String())
		}
	})
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}, 20*time.Second, 5*time.Millisecond, "%s does not start", p.binary)
	return addr
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}
