package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/reference"
	"github.com/failwell/failwell/middleware"
)

// fence is a block of code of the page.
var fence = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// pipeline returns the blocks of PIPELINE.md by language, in order.
func pipeline(t *testing.T) map[string][]string {
	t.Helper()
	page, err := os.ReadFile("../../reference/PIPELINE.md")
	require.NoError(t, err)
	blocks := map[string][]string{}
	for _, match := range fence.FindAllStringSubmatch(string(page), -1) {
		blocks[match[1]] = append(blocks[match[1]], match[2])
	}
	return blocks
}

// The commands of PIPELINE.md are run one after the other, in a folder with its
// files, and write what it says.
func TestPipeline(t *testing.T) {
	blocks := pipeline(t)
	require.Len(t, blocks["json"], 2, "api.json and page.json")
	dir := folder(t, map[string]string{"api.json": blocks["json"][0], "page.json": blocks["json"][1]})
	t.Chdir(dir)
	c, err := apierr.ParseContract(starter)
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("GET /errors/", reference.Handler(c, reference.Page{}))
	srv := httptest.NewServer(middleware.New(c, middleware.WithLogger(nil))(mux))
	defer srv.Close()
	served := strings.NewReplacer("https://api.example.com", srv.URL)

	var ran []string
	for _, block := range blocks["sh"] {
		for line := range strings.Lines(block) {
			line = strings.TrimSpace(line)
			ran = append(ran, line)
			got := runLine(t, served.Replace(line))
			require.Equal(t, exitOK, got.exit, "%s: %s", line, got.errors)
			require.NotContains(t, got.out, "breaking: ", line)
		}
	}
	for _, c := range commands {
		require.Contains(t, strings.Join(ran, "\n"), "failwell "+c.name+" ", "each command is on the page")
	}
	for name, want := range map[string]string{
		"contract.json": "$comment", "api.described.json": `"409":`, "errors.openapi.json": `"OUT_OF_STOCK"`,
		"errors.ts": "export function isErrorCode", "errors.html": "<h1>Errors of the order API</h1>", "errors.md": "quote the request ID",
	} {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		require.True(t, strings.Contains(string(b), want), name)
	}
	compileClient(t, dir, blocks["ts"])
}

// Each line of Go on the page stands in pipeline_go_test.go, which compiles and
// runs.
func TestPipeline_Go(t *testing.T) {
	source, err := os.ReadFile("pipeline_go_test.go")
	require.NoError(t, err)
	known := map[string]bool{}
	for line := range strings.Lines(string(source)) {
		known[strings.TrimSpace(line)] = true
	}
	blocks := pipeline(t)["go"]
	require.Len(t, blocks, 2)
	for _, block := range blocks {
		for line := range strings.Lines(block) {
			require.True(t, known[strings.TrimSpace(line)], "no test has the line %q", line)
		}
	}
}

// runLine runs a command line of the page: failwell alone, at one end of a pipe.
func runLine(t *testing.T, line string) ran {
	t.Helper()
	first, second, piped := strings.Cut(line, " | ")
	switch {
	case !piped:
		return runWith(t, "", strings.Fields(line)[1:]...)
	case strings.HasPrefix(first, "git show origin/main:"):
		b, err := os.ReadFile(strings.TrimPrefix(first, "git show origin/main:"))
		require.NoError(t, err)
		return runWith(t, string(b), strings.Fields(second)[1:]...)
	}
	require.Equal(t, "diff - errors.ts", second)
	got := runWith(t, "", strings.Fields(first)[1:]...)
	b, err := os.ReadFile("errors.ts")
	require.NoError(t, err)
	require.Equal(t, string(b), got.out)
	return got
}

// compileClient compiles the client of the page against the types.
func compileClient(t *testing.T, dir string, source []string) {
	t.Helper()
	require.Len(t, source, 1)
	tsc := filepath.Join(startDir, "../../../.ci/node_modules/typescript-7/bin/tsc")
	if _, err := os.Stat(tsc); err != nil {
		t.Skip("the client of the page needs typescript-7: npm ci in .ci")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("the client of the page is compiled by node, which is not on the PATH")
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "client.ts"), []byte(source[0]), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"type":"module"}`), 0o644))
	cmd := exec.CommandContext(t.Context(), node, tsc, "--strict", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes", "--noEmit",
		"--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom,dom.iterable", "--skipLibCheck", "client.ts")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
}

// startDir is the folder of the package: tests change to others.
var startDir = func() string {
	dir, _ := os.Getwd()
	return dir
}()
