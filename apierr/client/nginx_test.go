package client_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/client"
	"github.com/failwell/failwell/middleware"
)

// nginxConfig has a location for each way in which nginx answers itself. LISTEN,
// SERVER and NOBODY are addresses, DIR is a folder.
const nginxConfig = `
USER
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
	gzip on;
	gzip_min_length 0;
	gzip_types application/json;
	gzip_proxied any;
	limit_req_zone $binary_remote_addr zone=one:1m rate=1r/m;
	server {
		listen LISTEN;
		client_max_body_size 1k;
		proxy_read_timeout 500ms;
		proxy_http_version 1.1;
		location / { proxy_pass http://SERVER; }
		location /nobody { proxy_pass http://NOBODY; }
		location /limit { limit_req zone=one; proxy_pass http://SERVER; }
		location /limit429 { limit_req zone=one; limit_req_status 429; proxy_pass http://SERVER; }
		location /forbidden { deny all; }
		location /own { return 418 "short and stout"; }
	}
}
`

// startNginx starts nginx before a server and returns its URL.
func startNginx(t *testing.T, server string) string {
	t.Helper()
	path, err := exec.LookPath("nginx")
	if err != nil {
		t.Skip("nginx is not on the PATH")
	}
	addrs := make([]string, 2)
	for i := range addrs {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		addrs[i] = l.Addr().String()
		l.Close()
	}
	user := ""
	if os.Getuid() == 0 {
		user = "user root;"
	}
	dir := t.TempDir()
	config := strings.NewReplacer("USER", user, "LISTEN", addrs[0], "NOBODY", addrs[1], "SERVER", server, "DIR", dir).Replace(nginxConfig)
	file := filepath.Join(dir, "config")
	require.NoError(t, os.WriteFile(file, []byte(config), 0o600))
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, path, "-p", dir, "-c", file, "-e", "stderr")
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { stop(); cmd.Wait() })
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", addrs[0])
		if err == nil {
			c.Close()
		}
		return err == nil
	}, 20*time.Second, 5*time.Millisecond, "nginx does not start")
	return "http://" + addrs[0]
}

// The pages of a proxy are the contract's errors for their statuses, and what the
// server behind it answers is the server's.
func TestBehindNginx(t *testing.T) {
	wait := make(chan struct{})
	s := httptest.NewServer(middleware.New(contract, middleware.WithLogger(nil))(apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		switch r.URL.Path {
		case "/slow":
			select {
			case <-wait:
			case <-r.Context().Done():
			}
		case "/abort":
			panic(http.ErrAbortHandler)
		case "/midway":
			io.WriteString(w, "half")
			http.NewResponseController(w).Flush()
			panic("midway")
		case "/ok", "/limit", "/limit429":
			return nil
		}
		return OrderNotFound.With("order_id", "7")
	})))
	defer s.Close()
	defer close(wait)
	url := startNginx(t, s.Listener.Addr().String())
	orders := client.New(contract)
	for _, test := range []struct {
		name, path, body string
		status, attempts int
		want             *apierr.Error
		page             bool // it is nginx's own
	}{
		{"the server's error", "/orders", "", 404, 1, OrderNotFound, false},
		{"nobody behind it", "/nobody", "", 502, 4, apierr.BadGateway, true},
		{"the server breaks off", "/abort", "", 502, 4, apierr.BadGateway, true},
		{"the server is slow", "/slow", "", 504, 2, apierr.GatewayTimeout, true},
		{"a body too large", "/orders", strings.Repeat("x", 2000), 413, 1, apierr.BodyTooLarge, true},
		{"within nginx's limit", "/limit", "", 200, 1, nil, false},
		{"over it", "/limit", "", 503, 2, apierr.Unavailable, true},
		{"over it, as 429", "/limit429", "", 429, 2, apierr.TooManyRequests, true},
		{"a folder that is closed", "/forbidden", "", 403, 1, apierr.Forbidden, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			attempts := 0
			tr := quick(t)
			tr.Observe = func(client.Attempt) { attempts++ }
			if test.attempts == 2 {
				tr.MaxRetries = 1
			}
			r, err := http.NewRequestWithContext(t.Context(), "PUT", url+test.path, strings.NewReader(test.body))
			require.NoError(t, err)
			resp, err := tr.RoundTrip(r)
			require.NoError(t, err)
			defer resp.Body.Close()
			require.Equal(t, test.status, resp.StatusCode)
			require.Equal(t, test.attempts, attempts)
			failure := orders.Error(resp)
			if test.want == nil {
				require.NoError(t, failure)
				return
			}
			e := failure.(*client.RemoteError)
			require.ErrorIs(t, e, test.want)
			require.Equal(t, test.page, e.Intermediary, "%s", e.Body)
			require.NotContains(t, e.Error(), "nginx")
			if test.page {
				require.Contains(t, string(e.Body), "nginx")
				require.Empty(t, e.RequestID)
			} else {
				require.Equal(t, map[string]any{"order_id": "7"}, e.Remote.Details, "through gzip")
				require.NotEmpty(t, e.RequestID)
			}
		})
	}

	t.Run("a status that the contract does not know", func(t *testing.T) {
		resp, err := http.Get(url + "/own")
		require.NoError(t, err)
		defer resp.Body.Close()
		e := orders.Error(resp).(*client.RemoteError)
		require.True(t, e.Intermediary)
		require.Equal(t, "remote: 418 HTTP_418: I'm a teapot", e.Error())
	})
	t.Run("half an answer", func(t *testing.T) {
		resp, err := quick(t).RoundTrip(getURL(t, t.Context(), url+"/midway"))
		require.NoError(t, err)
		defer resp.Body.Close()
		require.NoError(t, orders.Error(resp))
		_, err = io.ReadAll(resp.Body)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	})
}
