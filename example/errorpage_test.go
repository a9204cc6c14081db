package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/example/internal/limits"
)

// The contract of each demo has its page, and the page of each code.
func TestErrorPage(t *testing.T) {
	for _, contract := range contracts {
		t.Run(contract, func(t *testing.T) {
			d := start(t, contract)
			c, _, err := choose(contract, limits.InMemory)
			require.NoError(t, err)
			page := d.page(t, "")
			for _, e := range c.Declared() {
				require.Contains(t, page, `<tr id="`+e.Code+`">`)
				require.Contains(t, d.page(t, e.Code), "<h1><code>"+e.Code+"</code></h1>")
			}
			var document struct{ Name string }
			require.NoError(t, json.Unmarshal([]byte(d.page(t, "contract.json")), &document))
			require.Equal(t, contract, document.Name)
		})
	}
}

func (d demo) page(t *testing.T, path string) string {
	t.Helper()
	resp, err := http.Get(d.url + errorsPath + path)
	require.NoError(t, err)
	require.Equal(t, 200, resp.StatusCode, path)
	return readAll(t, resp)
}

func readAll(t *testing.T, resp *http.Response) string {
	t.Helper()
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(b)
}

// The problem types of failures are pages that exist.
func TestErrorPage_ProblemTypes(t *testing.T) {
	d := start(t, "problem")
	for _, path := range []string{"/nowhere", "/lab/panic", "/lab/raise/RESOURCE_CONFLICT"} {
		resp, err := http.Get(d.url + path)
		require.NoError(t, err)
		var problem struct{ Type, Code string }
		require.NoError(t, json.Unmarshal([]byte(readAll(t, resp)), &problem))
		require.Equal(t, errorsPath+problem.Code, problem.Type)
		require.Contains(t, d.page(t, problem.Code), "<h1><code>"+problem.Code+"</code></h1>")
	}
}

// The clients on the page run against the demo, and report status, code,
// message and request ID of a failure.
func TestErrorPage_Clients(t *testing.T) {
	failed := map[string]string{
		"chatbase":  "404 CHAT_RETRY_MESSAGE_NOT_FOUND: The message to retry does not exist in this conversation",
		"polyai":    "404 AUTH_USER_NOT_FOUND: The user is not known.",
		"avatarium": "404 conversation_not_found: The conversation does not exist",
		"standard":  "404 RESOURCE_NOT_FOUND: The resource does not exist",
		"problem":   "404 RESOURCE_NOT_FOUND: The resource does not exist",
	}
	for _, contract := range tested() {
		t.Run(contract, func(t *testing.T) {
			d := start(t, contract)
			clients := map[string]string{}
			for _, fence := range regexp.MustCompile("(?s)```(sh|js|ts|go)\n(.*?)```").FindAllStringSubmatch(d.page(t, "errors.md"), -1) {
				clients[fence[1]] = fence[2]
			}
			require.Len(t, clients, 4)
			want := regexp.MustCompile(`^` + regexp.QuoteMeta(failed[contract]) + `,? [0-9a-f-]{36}\n$`)
			dir := t.TempDir()

			t.Run("curl", func(t *testing.T) {
				needs(t, "curl")
				out := output(t, dir, "sh", "-c", clients["sh"])
				status, code, _ := strings.Cut(failed[contract], " ")
				code, _, _ = strings.Cut(code, ":")
				require.Regexp(t, `^HTTP/1.1 `+status+` `, out)
				require.Contains(t, out, `"code":"`+code+`"`)
			})
			t.Run("JavaScript", func(t *testing.T) {
				needs(t, "node")
				save(t, dir, "client.mjs", clients["js"])
				require.Regexp(t, want, output(t, dir, "node", "client.mjs"))
			})
			t.Run("TypeScript", func(t *testing.T) {
				if contract != "chatbase" && contract != "problem" {
					t.Skip("tsc takes seconds, and the forms differ in the paths of the members only")
				}
				needs(t, "node")
				tsc, err := filepath.Abs("../.ci/node_modules/typescript/bin/tsc")
				require.NoError(t, err)
				if _, err := os.Stat(tsc); err != nil {
					t.Skip("the TypeScript client needs tsc: npm ci in .ci")
				}
				save(t, dir, "ts.mts", clients["ts"])
				output(t, dir, "node", tsc, "--strict", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes",
					"--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom,dom.iterable", "ts.mts")
				require.Regexp(t, want, output(t, dir, "node", "ts.mjs"))
			})
			t.Run("Go", func(t *testing.T) {
				save(t, dir, "client.go", clients["go"])
				require.Empty(t, output(t, dir, "gofmt", "-l", "client.go"), "it is formatted")
				require.Regexp(t, want, output(t, dir, "go", "run", "client.go"))
			})
		})
	}
}

func needs(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skip("the client needs " + program + ", which is not on the PATH")
	}
}

func save(t *testing.T, dir, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
}

// output runs a program in dir and returns what it printed.
func output(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.Output()
	if exit, ok := err.(*exec.ExitError); ok {
		require.NoError(t, err, "%s%s", out, exit.Stderr)
	}
	require.NoError(t, err)
	return string(out)
}
