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
			"--skipLibCheck", // they are not ours
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
var compiled = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "typescript") })

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := compiled(); err == nil {
		os.RemoveAll(dir)
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
			if testing.Short() {
				break
			}
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
// with details, and with violations, so far as the details have the declared form.
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
			if reference.CheckDetails(c, v) != nil {
				continue // a built-in error without the details of the error that it is mapped to
			}
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
		if after := want.header.Get("Retry-After"); after != "" {
			require.NotNil(t, r.RetryAfter, about)
			require.Equal(t, after, fmt.Sprint(*r.RetryAfter), about)
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

// A body that is not of the API, or not of its code, makes an error that is not
// known. Nothing is thrown.
func TestTypeScript_HostileBodies(t *testing.T) {
	deep := func(open, end string) string { return strings.Repeat(open, 170_000) + end }
	const good = `{"error":{"code":"DECLINED","id":7,"message":"M","details":{"reason":"funds","tags":[],"unlisted":1},"request_id":"r","correlation_id":"c"}}`
	replaced := func(old, new string) string {
		require.Contains(t, good, old)
		return strings.Replace(good, old, new, 1)
	}
	var calls []call
	var wants []bool // known
	add := func(known bool, c call) {
		c.Module, c.Status = "typed_closed", 402
		calls, wants = append(calls, c), append(wants, known)
	}
	for _, body := range []string{
		good,
		replaced("DECLINED", "PLAIN"), // which has any details
		replaced(`"tags":[]`, `"tags":["a","b"]`),
		replaced(`"id":7`, `"id":7,"new":{"member":1}`), // a member that was added later
		replaced(`"tags":[]`, `"tags":[],"tree":{"value":"a","next":{"value":"b"}}`),
	} {
		add(true, call{Body: base64Of(body)})
	}
	for _, body := range []string{
		// no JSON, or another
		"", " ", "null", "true", "1", "1e999", `"text"`, "[]", "{}", "{", "<html><body>502 Bad Gateway</body></html>", "\x00", "\xff\xfe", "\ufeff" + `{"error":`,
		`{"error":null}`, `{"error":[]}`, `{"error":"DECLINED"}`, `{"error":{"code":null}}`, `{"error":{"code":{}}}`, `{"error":{"code":["DECLINED"]}}`,
		// names of every object
		`{"__proto__":{"error":{"code":"DECLINED"}}}`, `{"error":{"__proto__":{"code":"DECLINED"}}}`, `{"error":{"code":"__proto__"}}`, `{"error":{"code":"constructor"}}`,
		`{"error":{"code":"toString","message":"M"}}`, `{"constructor":{"name":"x"}}`, `{"toString":1,"valueOf":2,"error":{"code":"DECLINED"}}`,
		// deep and large
		deep("[", ""), deep("[", strings.Repeat("]", 170_000)), deep(`{"a":`, ""), deep(`{"a":`, "1"+strings.Repeat("}", 170_000)),
		replaced(`"tags":[]`, `"tags":[],"tree":`+strings.Repeat(`{"value":"a","next":`, 30_000)+`{"value":"b"}`+strings.Repeat("}", 30_000)),
		good + strings.Repeat(" ", 1<<20),
		// one thing is not of the declared form
		replaced("DECLINED", "OTHER"), replaced("DECLINED", "declined"), replaced("DECLINED", "BOTH"), replaced(`"id":7`, `"id":8`), replaced(`"id":7,`, ""), replaced(`"id":7`, `"id":"7"`),
		replaced(`"message":"M",`, ""), replaced(`"M"`, "1"), replaced(`"M"`, "null"),
		replaced(`"funds"`, `"other"`), replaced(`"reason":"funds",`, ""), replaced(`"tags":[]`, `"tags":null`), replaced(`"tags":[]`, `"tags":[1]`), replaced(`,"unlisted":1`, ""),
		replaced(`"tags":[]`, `"tags":{}`), replaced(`"tags":[]`, `"tags":[],"pair":["a"]`), replaced(`"tags":[]`, `"tags":[],"pair":["a",1,2]`), replaced(`"tags":[]`, `"tags":[],"list":["a",true,"b"]`),
		replaced(`"tags":[]`, `"tags":[],"retry":null`), replaced(`"tags":[]`, `"tags":[],"counts":{"a":"b"}`), replaced(`"tags":[]`, `"tags":[],"tree":{"value":"a","next":{}}`),
		replaced(`{"reason":"funds","tags":[],"unlisted":1}`, "null"), replaced(`,"details":{"reason":"funds","tags":[],"unlisted":1}`, ""),
	} {
		add(false, call{Body: base64Of(body)})
	}
	for _, special := range []string{"a body without end", "a body that fails", "a body that fails midway", "no body", "a body that was read", "a body that is being read"} {
		add(false, call{Special: special})
	}
	add(true, call{Special: "a response without streams", Body: base64Of(good)})
	for i, r := range runModules(t, calls) {
		body, _ := base64.StdEncoding.DecodeString(calls[i].Body)
		about := fmt.Sprintf("%s%.300s: %+v", calls[i].Special, body, r)
		require.Empty(t, r.Thrown, about)
		require.True(t, r.IsError, about)
		require.Equal(t, wants[i], r.Known, about)
		require.Equal(t, wants[i], r.IsAPIError, about)
		require.Equal(t, wants[i], r.IsErrorBody, about)
		require.Equal(t, 402, r.Status, about)
		require.NotEmpty(t, r.Message, about)
		require.False(t, r.IsAnother || r.Copied || r.Altered, about)
	}
}

// The header has the request ID, else the body has it; Retry-After is seconds or
// a date.
func TestTypeScript_Headers(t *testing.T) {
	const body = `{"error":{"code":"BROKEN","message":"M","request_id":"in the body","correlation_id":"c"}}`
	tests := []struct {
		headers    map[string]string
		request    string
		retryAfter string
	}{
		{map[string]string{"X-Request-Id": "in the header"}, "in the header", ""},
		{map[string]string{"x-request-id": "in the header"}, "in the header", ""},
		{nil, "in the body", ""},
		{map[string]string{"Retry-After": "30"}, "in the body", "30"},
		{map[string]string{"Retry-After": "0"}, "in the body", "0"},
		{map[string]string{"Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"}, "in the body", "0"},
		{map[string]string{"Retry-After": "-5"}, "in the body", ""},
		{map[string]string{"Retry-After": "soon"}, "in the body", ""},
		{map[string]string{"Retry-After": ""}, "in the body", ""},
	}
	var calls []call
	for _, test := range tests {
		calls = append(calls, call{Module: "typed_closed", Status: 500, Headers: test.headers, Body: base64Of(body)})
	}
	for i, r := range runModules(t, calls) {
		require.Equal(t, tests[i].request, r.RequestID, i)
		if tests[i].retryAfter == "" {
			require.Nil(t, r.RetryAfter, i)
		} else {
			require.Equal(t, tests[i].retryAfter, fmt.Sprint(*r.RetryAfter), i)
		}
	}
}

// An open contract has an error for codes that it does not declare.
func TestTypeScript_UnknownCodes(t *testing.T) {
	const body = `{"error":{"code":"NEW","message":"M","request_id":"r","correlation_id":"c"}}`
	for module, open := range map[string]bool{"typed": true, "typed_closed": false} {
		r := runModules(t, []call{{Module: module, Status: 418, Body: base64Of(body)}})[0]
		require.Equal(t, "NEW", r.Code)
		require.Equal(t, "M", r.Message)
		require.Equal(t, "r", r.RequestID)
		require.False(t, r.Known)
		require.Equal(t, open, r.IsAPIError, module)
		require.Equal(t, open, r.IsErrorBody, module)
		require.False(t, r.IsErrorCode, module)
	}
}

// No text of a contract runs, and none adds to what a module exports.
func TestTypeScript_Exports(t *testing.T) {
	var calls []call
	for _, name := range sorted(modules()) {
		calls = append(calls, call{Module: name, Call: "exports"})
	}
	for i, r := range runModules(t, calls) {
		require.Equal(t, []string{"isApiError", "isErrorBody", "isErrorCode", "parseError"}, r.Exports, calls[i].Module)
		require.Empty(t, r.Pwned, calls[i].Module)
	}
}
