package strangers_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
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
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/validate"
)

// patience is how long a process may take to start.
const patience = 20 * time.Second

// express starts the server in testdata with Node and returns its URL. It skips
// the test, with a line of output, if there is no Node or no express.
func express(t *testing.T) string {
	t.Helper()
	modules, err := filepath.Abs("../../../.ci/node_modules")
	require.NoError(t, err)
	node, err := exec.LookPath("node")
	if err != nil {
		skip(t, "there is no node on the PATH")
	}
	if _, err := os.Stat(filepath.Join(modules, "express")); err != nil {
		skip(t, "there is no express: npm ci in .ci")
	}
	cmd := exec.CommandContext(t.Context(), node, filepath.Join("testdata", "express.cjs"))
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules, "NODE_ENV=development")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n') // its port
	require.NoError(t, err)
	return "http://127.0.0.1:" + strings.TrimSpace(line)
}

// nginx starts nginx in front of a server that keeps its contract.
func nginx(t *testing.T) string {
	t.Helper()
	binary, err := exec.LookPath("nginx")
	if err != nil {
		skip(t, "there is no nginx on the PATH: apt-get install nginx")
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/healthz", healthy)
	mux.Handle("GET /api/private", apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return apierr.Unauthenticated }))
	mux.Handle("POST /api/items", apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		_, err := validate.JSON[item](r)
		return err
	}))
	behind := httptest.NewServer(middleware.New(apierr.Standard, middleware.WithLogger(nil))(mux))
	t.Cleanup(behind.Close)

	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := free.Addr().String()
	require.NoError(t, free.Close())
	dir := t.TempDir()
	config := strings.NewReplacer("DIR", dir, "LISTEN", address, "BEHIND", behind.Listener.Addr().String()).Replace(nginxConfig)
	file := filepath.Join(dir, "nginx.conf")
	require.NoError(t, os.WriteFile(file, []byte(config), 0o600))
	cmd := exec.CommandContext(t.Context(), binary, "-c", file, "-p", dir, "-e", filepath.Join(dir, "error.log"))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	require.Eventually(t, func() bool {
		conn, err := new(net.Dialer).DialContext(context.Background(), "tcp", address)
		if err != nil {
			return false
		}
		conn.Close()
		return true
	}, patience, 20*time.Millisecond, "%s", &out)
	return "http://" + address
}

// nginxConfig is a usual one: /api goes to the server, all else is nginx's.
const nginxConfig = `
daemon off;
master_process off;
pid DIR/nginx.pid;
events {}
http {
	access_log off;
	client_body_temp_path DIR/body;
	proxy_temp_path DIR/proxy;
	fastcgi_temp_path DIR/fastcgi;
	uwsgi_temp_path DIR/uwsgi;
	scgi_temp_path DIR/scgi;
	client_max_body_size 1m;
	server {
		listen LISTEN;
		location /api/ { proxy_pass http://BEHIND; }
	}
}
`

// skip skips the test with a line of output.
func skip(t *testing.T, why string) {
	t.Helper()
	fmt.Printf("%s: skipped, %s\n", t.Name(), why)
	t.SkipNow()
}
