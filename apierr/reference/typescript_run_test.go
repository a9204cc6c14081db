package reference_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/internal/contracttest"
	"github.com/failwell/failwell/apierr/reference"
)

// compilers are the versions of TypeScript, in .ci/node_modules. The first also
// writes the JavaScript that the tests run.
var compilers = []string{"typescript", "typescript-7"}

// compile compiles the files in dir with each compiler and returns what they say.
func compile(t *testing.T, dir string, files ...string) map[string]string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("TypeScript is compiled by node, which is not on the PATH")
	}
	said := map[string]string{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i, name := range compilers {
		tsc, err := filepath.Abs("../../.ci/node_modules/" + name + "/bin/tsc")
		require.NoError(t, err)
		if _, err := os.Stat(tsc); err != nil {
			t.Skip("TypeScript needs " + name + ": npm ci in .ci")
		}
		args := []string{
			tsc, "--strict", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes",
			"--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom,dom.iterable",
			"--noUnusedParameters", "--noImplicitReturns", "--noPropertyAccessFromIndexSignature", "--verbatimModuleSyntax", "--isolatedModules",
		}
		if i == 0 {
			args = append(args, "--outDir", "js")
		} else {
			args = append(args, "--noEmit")
		}
		wg.Go(func() {
			cmd := exec.CommandContext(t.Context(), node, append(args, files...)...)
			cmd.Dir = dir
			out, _ := cmd.CombinedOutput()
			mu.Lock()
			said[name] = string(out)
			mu.Unlock()
		})
	}
	wg.Wait()
	return said
}

// compiled has the modules as JavaScript, made once for all tests.
var compiled = sync.OnceValues(func() (string, error) { return "/tmp/tsout", os.MkdirAll("/tmp/tsout", 0o755) })

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := compiled(); err == nil {
		_ = dir
	}
	os.Exit(code)
}

var once sync.Once

// javascript returns the folder of the compiled modules. Their types, the tests
// of types and the bodies of all errors compile without an error, with each
// compiler.
func javascript(t *testing.T) string {
	t.Helper()
	dir, err := compiled()
	require.NoError(t, err)
	once.Do(func() {
		save(t, dir, "package.json", `{"type":"module"}`)
		files := []string{"types.ts", "bodies.ts"}
		types, err := os.ReadFile("testdata/typescript/types.ts")
		require.NoError(t, err)
		save(t, dir, "types.ts", string(types))
		var literals strings.Builder
		for _, name := range sorted(modules()) {
			b, err := reference.TypeScript(modules()[name])
			require.NoError(t, err)
			save(t, dir, name+".ts", string(b))
			files = append(files, name+".ts")
			literals.WriteString(bodyLiterals(t, name, modules()[name]))
		}
		save(t, dir, "bodies.ts", literals.String())
		for _, seed := range fuzzSeeds() {
			c, err := apierr.ParseContract([]byte(seed))
			require.NoError(t, err)
			b, err := reference.TypeScript(c)
			require.NoError(t, err)
			name := fmt.Sprintf("seed%d.ts", len(files))
			save(t, dir, name, string(b))
			files = append(files, name)
		}
		for compiler, said := range compile(t, dir, files...) {
			require.Empty(t, said, compiler)
		}
	})
	if _, err := os.Stat(filepath.Join(dir, "js", "types.js")); err != nil {
		t.Skip("the modules were not compiled")
	}
	return filepath.Join(dir, "js")
}

func save(t *testing.T, dir, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
}

func sorted[V any](m map[string]V) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// sent is an error under a contract, as it is answered.
type sent struct {
	code, body string
	status     int
	header     http.Header
}

// answers are those to every declared error and to every built-in one, plain,
// with details of the declared form, and with violations where it has none.
func answers(t *testing.T, c apierr.Contract) (all []sent) {
	t.Helper()
	for _, e := range append(c.Declared(), apierr.Standard.Errors...) {
		variants := []*apierr.Error{e}
		if schema := c.DetailsSchemas[e]; schema != "" {
			variants = nil
			if details := validDetails[e]; details != nil {
				variants = append(variants, e.WithDetails(details))
			}
		} else {
			variants = append(variants, e.With("extra", map[string]any{"a": []int{1}}),
				e.WithViolations(apierr.Violation{Path: "a[0]", Rule: "min", Param: "3", Message: "Must be at least 3"}))
		}
		for _, v := range variants {
			x := contracttest.NewExchange(t, c)
			w := x.Answer(nil, v)
			all = append(all, sent{x.Failures[0].Error.Code, w.Body.String(), w.Code, w.Header()})
		}
	}
	return all
}

// validDetails are details of the declared forms.
var validDetails = map[*apierr.Error]map[string]any{
	tDeclined: {"reason": "funds", "tags": []string{"a"}, "unlisted": 1, "limit": nil, "pair": []any{"a", 1}, "list": []any{"a", true, 3},
		"counts": map[string]int{"a": 1}, "tree": map[string]any{"value": "1", "next": map[string]any{"value": "2"}}, "at": "now", "odd-name": "x", "anything": nil},
	tBoth:    {"a": "x", "b": 1},
	tEither:  {"kind": "bank", "iban": "DE"},
	tMixed:   {"known": true, "other": "x"},
	declined: {"reason": "stolen"},
	invalid:  {"name": "Required"},
}

// bodyLiterals are constants of the type of their code's body: TypeScript reports
// a member that the type does not have, or that it lacks.
func bodyLiterals(t *testing.T, module string, c apierr.Contract) string {
	var b strings.Builder
	fmt.Fprintf(&b, "import type * as %s from \"./%s.js\";\n", module, module)
	seen := map[string]bool{}
	for i, a := range answers(t, c) {
		form := texts.ReplaceAllStringFunc(a.body, func(s string) string { return s[len(s)-1:] })
		if !json.Valid([]byte(a.body)) || seen[form] && module != "typed" {
			continue
		}
		seen[form] = true
		code, _ := json.Marshal(a.code)
		body := strings.ReplaceAll(a.body, `"__proto__":`, `["__proto__"]:`) // else it is the prototype
		fmt.Fprintf(&b, "export const %s_%d: %s.ErrorBodies[%s] = %s;\n", module, i, module, code, body)
	}
	return b.String()
}

// texts are the strings of a body that are no names: one body for each form is
// enough.
var texts = regexp.MustCompile(`"(?:[^"\\]|\\.)*"(?:$|[,}\]])`)

// call is a request to testdata/typescript/run.mjs.
type call struct {
	Module  string            `json:"module"`
	Call    string            `json:"call,omitempty"`
	Status  int               `json:"status,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    string            `json:"body"` // in Base64
	Special string            `json:"special,omitempty"`
	Code    string            `json:"code,omitempty"`
}

// result is what it printed.
type result struct {
	Known                                                            bool
	Code, Message, RequestID, CorrelationID, Thrown, Pwned           string
	Status, ID                                                       int
	RetryAfter                                                       *float64
	Details                                                          any
	IsError, IsAPIError, IsErrorBody, IsErrorCode, IsAnother, Copied bool
	Altered                                                          bool
	Exports                                                          []string
}

func runModules(t *testing.T, calls []call) []result {
	t.Helper()
	dir := javascript(t)
	var in bytes.Buffer
	for _, c := range calls {
		require.NoError(t, json.NewEncoder(&in).Encode(c))
	}
	script, err := filepath.Abs("testdata/typescript/run.mjs")
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), "node", script, dir)
	cmd.Stdin = &in
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	var results []result
	for line := range strings.Lines(string(out)) {
		var r result
		require.NoError(t, json.Unmarshal([]byte(line), &r), line)
		results = append(results, r)
	}
	require.Len(t, results, len(calls))
	return results
}

func base64Of(body string) string { return base64.StdEncoding.EncodeToString([]byte(body)) }

// Every module and every test of types compiles, with each version of TypeScript.
func TestTypeScript_Compiles(t *testing.T) { javascript(t) }

// unreadable are the modules whose bodies do not show the code.
var unreadable = []string{"no_code", "own"}

// Every answer is parsed as the error of its code, whatever the form.
func TestTypeScript_ParsesAnswers(t *testing.T) {
	var calls []call
	var wants []sent
	for _, name := range sorted(modules()) {
		for _, a := range answers(t, modules()[name]) {
			calls = append(calls, call{Module: name, Status: a.status, Headers: headersOf(a.header), Body: base64Of(a.body)})
			wants = append(wants, a)
		}
	}
	for i, r := range runModules(t, calls) {
		name, want := calls[i].Module, wants[i]
		c := modules()[name]
		about := fmt.Sprintf("%s: %s %s: %+v", name, want.code, want.body, r)
		require.Empty(t, r.Thrown, about)
		require.True(t, r.IsError, about)
		require.Equal(t, want.status, r.Status, about)
		if c.RequestIDHeader != apierr.NoHeader {
			require.Equal(t, contracttest.RequestID, r.RequestID, about)
		}
		if slices.Contains(unreadable, name) || name == "by_id" && c.Lookup(want.code) != nil && c.Lookup(want.code).ID == 0 {
			require.False(t, r.Known, about)
			continue
		}
		if name == "by_id" && c.Lookup(want.code) == nil {
			require.False(t, r.Known, about)
			continue
		}
		require.True(t, r.Known, about)
		require.Equal(t, want.code, r.Code, about)
		require.True(t, r.IsAPIError && r.IsErrorBody && r.IsErrorCode, about)
		require.False(t, r.IsAnother || r.Copied || r.Altered, about)
		if e := c.Lookup(want.code); e != nil {
			require.Equal(t, e.ID, r.ID, about)
		}
		if want.status == 429 {
			require.NotNil(t, r.RetryAfter, about)
			require.InDelta(t, 1, *r.RetryAfter, 0, about)
		}
	}
}

func headersOf(h http.Header) map[string]string {
	flat := map[string]string{}
	for name, values := range h {
		flat[name] = values[0]
	}
	return flat
}
