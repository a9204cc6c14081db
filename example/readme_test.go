package main

import (
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func readme(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	return string(b)
}

// goBlocks returns the blocks of Go of the README.
func goBlocks(text string) (blocks []string) {
	for i, block := range strings.Split(text, "\n```") {
		if code, ok := strings.CutPrefix(block, "go\n"); ok && i%2 == 1 {
			blocks = append(blocks, code)
		}
	}
	return blocks
}

// The README is read in a minute.
func TestReadme_Length(t *testing.T) {
	require.Less(t, strings.Count(readme(t), "\n"), 150)
}

// The first program of the README is built and run, and answers what the README
// says.
func TestReadme_Program(t *testing.T) {
	text := readme(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := l.Addr().String()
	require.NoError(t, l.Close())
	dir := t.TempDir()
	source := filepath.Join(dir, "main.go")
	program := strings.ReplaceAll(goBlocks(text)[0], "127.0.0.1:8080", addr)
	require.NoError(t, os.WriteFile(source, []byte(program), 0o644))
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "program"), source)
	build.Dir = ".."
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	cmd := exec.CommandContext(t.Context(), filepath.Join(dir, "program"))
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			conn.Close()
		}
		return err == nil
	}, 10*time.Second, 10*time.Millisecond)

	lines := regexp.MustCompile(`(?m)^GET (/\S+) +(\d{3} .*)$`).FindAllStringSubmatch(text, -1)
	require.Len(t, lines, 5)
	for _, line := range lines {
		resp, err := http.Get("http://" + addr + line[1])
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		resp.Body.Close()
		require.Equal(t, line[2], fmt.Sprint(resp.StatusCode, " ", strings.TrimSpace(string(body))), line[1])
	}
}

// Every other line of Go in the README stands in an example, which compiles and
// whose output is checked.
func TestReadme_Lines(t *testing.T) {
	known := make(map[string]bool)
	require.NoError(t, filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "readme_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		for line := range strings.Lines(string(b)) {
			known[strings.TrimSpace(line)] = true
		}
		return err
	}))
	blocks := goBlocks(readme(t))[1:]
	require.NotEmpty(t, blocks)
	for _, code := range blocks {
		for line := range strings.Lines(code) {
			if line = strings.TrimSpace(line); line != "" {
				require.True(t, known[line], "no example has the line %q", line)
			}
		}
	}
}

// The links of the README lead somewhere.
func TestReadme_Links(t *testing.T) {
	links := regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(readme(t), -1)
	require.NotEmpty(t, links)
	for _, link := range links {
		if strings.Contains(link[1], "://") {
			continue
		}
		path, _, _ := strings.Cut(link[1], "#")
		_, err := os.Stat(filepath.Join("..", path))
		require.NoError(t, err)
	}
}

var updateReadme = flag.Bool("update-readme", false, "write the README's table of answers")

// answerRows are the rows of the README's table: a request to the lab, and what
// its handler does. Handlers that use apierr have no answer without it.
var answerRows = []struct {
	does, method, path, body string
	apierr                   bool
}{
	{"panics", "GET", "/lab/panic", "", false},
	{"panics after half of a response", "GET", "/lab/panic-midway", "", false},
	{"calls `http.Error(w, err.Error(), 500)`", "GET", "/lab/http-error", "", false},
	{"outlives `http.TimeoutHandler`", "GET", "/lab/timeout", "", false},
	{"proxies to an upstream that is down", "GET", "/lab/proxy", "", false},
	{"does not exist", "GET", "/lab/nowhere", "", false},
	{"exists for another method", "DELETE", "/lab/echo", "", false},
	{"writes JSON of its own with a 404", "GET", "/lab/own-json", "", false},
	{"returns an error that nobody declared", "GET", "/lab/unmapped", "", true},
	{"calls `validate.JSON`, for `{\"name\":\"A\",\"email\":7}`", "POST", "/lab/echo", `{"name":"A","email":7}`, true},
	{"calls it, for `{\"name\":`", "POST", "/lab/echo", `{"name":`, true},
	{"calls it, for more than 1 MiB", "POST", "/lab/echo", `{"name":"` + strings.Repeat("x", 1<<20) + `"}`, true},
	{"stands behind `ratelimit.Middleware`, too often", "GET", "/lab/limited", "", true},
	{"fails in the middle of an event stream", "GET", "/lab/sse-fails", "", true},
}

// TestReadme_Answers holds that the README's table is what the demo answers
// under the Standard contract, and without New.
func TestReadme_Answers(t *testing.T) {
	d := start(t, "standard")
	plain := httptest.NewUnstartedServer(d.plain)
	plain.Config.ErrorLog = log.New(io.Discard, "", 0)
	plain.Start()
	t.Cleanup(plain.Close)

	table := "| a handler that | net/http alone | with `middleware.New(apierr.Standard)` |\n|---|---|---|\n"
	for _, row := range answerRows {
		times := 1
		if row.path == "/lab/limited" {
			times = 6
		}
		var ours string
		for range times {
			ours = cell(t, d.url, row.method, row.path, row.body)
		}
		alone := "–"
		if !row.apierr {
			alone = cell(t, plain.URL, row.method, row.path, row.body)
		}
		table += fmt.Sprintf("| %s | %s | %s |\n", row.does, alone, ours)
	}
	text := readme(t)
	if *updateReadme {
		start := strings.Index(text, "| a handler that |")
		end := start + strings.Index(text[start:], "\n\n") + 1
		text = text[:start] + table + text[end:]
		require.NoError(t, os.WriteFile("../README.md", []byte(text), 0o644))
	}
	require.True(t, strings.Contains(text, table), "the README has another table; -update-readme writes it:\n%s", table)
}

// cell is what a client sees of a response: the status and the body, or its last
// event.
func cell(t *testing.T, base, method, path, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "no response"
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Sprintf("`%d`, then aborted", resp.StatusCode)
	}
	text := strings.TrimSpace(string(b))
	if _, last, ok := strings.Cut(text, "event: error\n"); ok {
		return "the last event is `event: error`, `" + last + "`"
	}
	if text == "" {
		return fmt.Sprintf("`%d`, empty", resp.StatusCode)
	}
	var retry string
	if slices.Contains([]int{429, 503}, resp.StatusCode) && resp.Header.Get("Retry-After") != "" {
		retry = " and `Retry-After`"
	}
	return fmt.Sprintf("`%d %s`%s", resp.StatusCode, text, retry)
}
