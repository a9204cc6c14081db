package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// promtool accepts the alert rules, and they fire when they should.
func TestAlerts(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not here")
	}
	for _, args := range [][]string{
		{"check", "rules", "--lint-fatal", "alerts.yml"},
		{"test", "rules", "testdata/alerts_test.yml"},
	} {
		out, err := exec.Command(promtool, args...).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
}

// The metrics are on a separate listener, and end with the program.
func TestRun_Metrics(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	base, p := background(t, ctx, "standard", "-metrics", "127.0.0.1:0")
	metrics := metricsURL(t, p)
	require.Equal(t, 404, status(t, base+metricsPath))
	require.Equal(t, 500, status(t, base+"/lab/panic"))
	resp, err := http.Get(metrics)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	resp.Body.Close()
	require.Regexp(t, `(?m)^http_server_request_duration_seconds_count\{.*error_type="INTERNAL_SERVER_ERROR".*http_route="/lab/panic".*\} 1$`, string(body))
	require.NotContains(t, string(body), "lab-secret")
	stop()
	require.NoError(t, <-p.err)
	_, err = http.Get(metrics)
	require.Error(t, err)
}

func TestRun_MetricsAddress(t *testing.T) {
	var out writer
	require.Error(t, run(t.Context(), []string{"-addr", "127.0.0.1:0", "-metrics", "no address"}, &out, &out))
}

// A real Prometheus scrapes the demo: each alert is evaluated, and each query of
// the dashboard finds something.
func TestPrometheus(t *testing.T) {
	if testing.Short() {
		t.Skip("a real Prometheus takes some seconds")
	}
	prometheus, err := exec.LookPath("prometheus")
	if err != nil {
		t.Skip("prometheus is not here")
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	base, p := background(t, ctx, "standard", "-metrics", "127.0.0.1:0")
	go traffic(ctx, base)
	api := startPrometheus(t, prometheus, metricsURL(t, p))

	var rules struct {
		Groups []struct {
			Rules []struct{ Name, Health, State string }
		}
	}
	states := map[string]string{}
	require.Eventually(t, func() bool {
		if !promGet(api, "/api/v1/rules", &rules) {
			return false
		}
		for _, group := range rules.Groups {
			for _, rule := range group.Rules {
				states[rule.Name] = rule.Health + " " + rule.State
			}
		}
		return states["ServerFailures"] == "ok pending" && states["ResponsesCut"] == "ok pending" && states["ClientsLeave"] == "ok pending"
	}, 30*time.Second, 100*time.Millisecond, "%v", states)

	for title, exprs := range dashboard(t) {
		for _, expr := range exprs {
			var answer struct{ Result []any }
			require.Eventually(t, func() bool {
				return promGet(api, "/api/v1/query?query="+url.QueryEscape(expr), &answer) && len(answer.Result) > 0
			}, 10*time.Second, 100*time.Millisecond, "%s: %s", title, expr)
		}
	}
}

// traffic sends requests that end in every way the dashboard shows.
func traffic(ctx context.Context, base string) {
	for ctx.Err() == nil {
		for _, path := range []string{"/healthz", "/lab/panic", "/lab/panic-midway", "/lab/abort", "/lab/own-json", "/nowhere", "/lab/stream"} {
			if resp, err := http.Get(base + path); err == nil {
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		}
		if conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://")); err == nil {
			fmt.Fprintf(conn, "POST /lab/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
			conn.Close()
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// startPrometheus starts a Prometheus that scrapes the target, and returns the
// URL of its API.
func startPrometheus(t *testing.T, prometheus, target string) (api string) {
	t.Helper()
	dir := t.TempDir()
	alerts, err := filepath.Abs("alerts.yml")
	require.NoError(t, err)
	u, err := url.Parse(target)
	require.NoError(t, err)
	config := filepath.Join(dir, "prometheus.yml")
	require.NoError(t, os.WriteFile(config, []byte(fmt.Sprintf(`
global: {scrape_interval: 500ms, evaluation_interval: 500ms}
rule_files: [%q]
scrape_configs:
  - job_name: example
    static_configs: [{targets: [%q]}]
`, alerts, u.Host)), 0o600))
	listener, err := net.Listen("tcp", "127.0.0.1:0") // a free port
	require.NoError(t, err)
	addr := listener.Addr().String()
	require.NoError(t, listener.Close())
	var out writer
	cmd := exec.Command(prometheus, "--config.file="+config, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+addr, "--log.level=warn")
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &out
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	api = "http://" + addr
	require.Eventually(t, func() bool {
		resp, err := http.Get(api + "/-/ready")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == 200
	}, 20*time.Second, 50*time.Millisecond, "%s", out.String())
	return api
}

// promGet reads one answer of the API of Prometheus into data.
func promGet(api, path string, data any) bool {
	resp, err := http.Get(api + path)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	answer := struct {
		Status string
		Data   any
	}{Data: data}
	return json.NewDecoder(resp.Body).Decode(&answer) == nil && answer.Status == "success"
}

// dashboard returns the queries of the dashboard by the titles of its panels, as
// Grafana sends them.
func dashboard(t *testing.T) map[string][]string {
	t.Helper()
	b, err := os.ReadFile("dashboard.json")
	require.NoError(t, err)
	var d struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	require.NoError(t, json.Unmarshal(b, &d))
	queries := map[string][]string{}
	for _, panel := range d.Panels {
		for _, target := range panel.Targets {
			expr := strings.NewReplacer("$__rate_interval", "1m", "$job", ".*").Replace(target.Expr)
			require.NotContains(t, expr, "$", "a variable of Grafana that the test does not know")
			queries[panel.Title] = append(queries[panel.Title], expr)
		}
	}
	require.Len(t, queries, 9)
	return queries
}

// metricsURL waits for the line with the URL of the metrics.
func metricsURL(t *testing.T, p *program) (u string) {
	t.Helper()
	require.Eventually(t, func() bool {
		lines := bufio.NewScanner(strings.NewReader(p.stdout.String()))
		for lines.Scan() {
			if u = regexp.MustCompile(`http://\S+/metrics$`).FindString(lines.Text()); u != "" {
				return true
			}
		}
		return false
	}, 5*time.Second, time.Millisecond)
	return u
}

// status sends a GET and returns the status of the answer.
func status(t *testing.T, u string) int {
	t.Helper()
	resp, err := http.Get(u)
	require.NoError(t, err)
	resp.Body.Close()
	return resp.StatusCode
}
