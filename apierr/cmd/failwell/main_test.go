package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/reference"
)

// ran is what a command line did.
type ran struct {
	exit        int
	out, errors string
}

func runWith(t *testing.T, stdin string, args ...string) ran {
	t.Helper()
	var out, errs bytes.Buffer
	exit := run(t.Context(), args, streams{strings.NewReader(stdin), &out, &errs})
	return ran{exit, out.String(), errs.String()}
}

// folder has the files by name.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644))
	}
	return dir
}

func documentOf(t *testing.T, c apierr.Contract) string {
	t.Helper()
	b, err := c.MarshalJSON()
	require.NoError(t, err)
	return string(b)
}

const minimal = `{"name":"m","closed":false,"format":{"name":"envelope","content_type":"application/json"},` +
	`"headers":{"request_id":"X-Request-Id","correlation_id":null,"exposed":true},"challenge":"Bearer","retry_after":1,` +
	`"errors":[{"code":"LOST","status":404,"message":"It is lost"},{"code":"SECRET","status":400}]}`

// api is an OpenAPI document with one operation.
const api = `{"openapi":"3.1.1","info":{"title":"t","version":"1"},"paths":{"/things/{id}":{"get":{"x-errors":["LOST"],` +
	`"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],"responses":{"200":{"description":"ok"}}}}}}`

// withSchema is minimal with a details schema.
func withSchema(schema string) string {
	return strings.Replace(minimal, `"message":"It is lost"`, `"details_schema":`+schema, 1)
}

func TestRun(t *testing.T) {
	dir := folder(t, map[string]string{
		"contract.json": minimal,
		"page.json":     `{"title":"The page","hidden":["SECRET"],"statuses":[{"status":404,"meaning":"Gone fishing"}],"sections":[{"title":"More","links":[{"url":"https://x.example"}]}]}`,
		"typo.json":     `{"titel":"The page"}`,
		"hides.json":    `{"hidden":["ABSENT"]}`,
		"bad_page.json": `{"path":"x"}`,
		"api.json":      api,
	})
	t.Chdir(dir)
	for _, test := range []struct {
		args  string
		stdin string
		exit  int
		out   string // a part of standard output
		err   string // a part of standard error
	}{
		// the contract from a file and from standard input
		{"html contract.json", "", 0, "<h1>m</h1>", ""},
		{"html -", minimal, 0, "<h1>m</h1>", ""},
		{"html", minimal, 0, "<h1>m</h1>", ""},
		{"markdown contract.json", "", 0, "# m\n", ""},
		{"markdown", minimal, 0, "# m\n", ""},
		{"typescript contract.json", "", 0, `"LOST"`, ""},
		{"typescript", minimal, 0, `"LOST"`, ""},

		// a page
		{"html -page page.json contract.json", "", 0, "<h1>The page</h1>", ""},
		{"markdown -page page.json contract.json", "", 0, "Gone fishing", ""},
		{"markdown -page - contract.json", `{"intro":"Read me."}`, 0, "Read me.", ""},
		{"markdown -page typo.json contract.json", "", 2, "", `titel`},
		{"markdown -page hides.json contract.json", "", 2, "", `hides "ABSENT", which the contract does not declare`},
		{"markdown -page bad_page.json contract.json", "", 2, "", `the path "x" is no path of the API`},
		{"markdown -page absent.json contract.json", "", 2, "", "absent.json"},

		// what is no contract
		{"html absent.json", "", 2, "", "absent.json"},
		{"html .", "", 2, "", "directory"},
		{"html", "", 2, "", "parsing a contract"},
		{"html", "{", 2, "", "parsing a contract"},
		{"html", `{"name":"m","extra":1}`, 2, "", "extra"},
		{"markdown", minimal + minimal, 2, "", "parsing a contract"},
		{"typescript", strings.Replace(minimal, "404", "200000", 1), 2, "", "no answer can have the status 200000"},

		{"markdown -page -", minimal, 2, "", "only one document can be read from standard input; failwell markdown -h describes it"},

		// OpenAPI
		{"openapi contract.json", "", 0, `"LOST"`, ""},
		{"describe api.json contract.json", "", 0, `"404":`, ""},
		{"describe api.json", minimal, 0, `"404":`, ""},
		{"describe - contract.json", api, 0, `"404":`, ""},
		{"describe", minimal, 2, "", "no document is named; failwell describe -h describes it"},
		{"describe api.json contract.json x", "", 2, "", "one contract is expected, 2 are named"},
		{"describe -", minimal, 2, "", "only one document can be read from standard input"},
		{"describe contract.json contract.json", "", 2, "", "OpenAPI"},
		{"describe absent.json contract.json", "", 2, "", "absent.json"},
		{"describe - contract.json", strings.Replace(api, "LOST", "ABSENT", 1), 2, "", "ABSENT"},

		// changes
		{"diff contract.json contract.json", "", 0, "", ""},
		{"diff contract.json -", strings.Replace(minimal, "It is lost", "It is gone", 1), 0, "compatible: message LOST: ", ""},
		{"diff - contract.json", strings.Replace(minimal, "LOST", "OTHER", 1), 1, "breaking: ", ""},
		{"diff - -", minimal, 2, "", "only one document can be read from standard input"},
		{"diff contract.json", "", 2, "", "two contracts are expected, 1 are named; failwell diff -h describes it"},
		{"diff contract.json absent.json", "", 2, "", "the new contract: "},
		{"diff typo.json contract.json", "", 2, "", "the old contract: "},

		// no external $ref
		{"openapi", withSchema(`{"$ref":"https://example.com/schema.json"}`), 2, "", "the details schema of LOST"},
		{"diff contract.json -", withSchema(`{"$ref":"https://example.com/schema.json"}`), 2, "", "the new contract: reference: contract \"m\": the details schema of LOST"},
		{"describe api.json", withSchema(`{"$ref":"https://example.com/schema.json"}`), 2, "", "the details schema of LOST"},
		{"html", withSchema(`{"$ref":"https://example.com/schema.json"}`), 2, "", "the details schema of LOST"},
		{"markdown", withSchema(`{"$ref":"file:///etc/passwd"}`), 2, "", "the details schema of LOST"},
		{"typescript", withSchema(`{"properties":{"a":{"$ref":"other.json"}}}`), 2, "", "the details schema of LOST"},

		// usage
		{"", "", 2, "", "failwell COMMAND -h describes a command."},
		{"-h", "", 0, "failwell COMMAND -h describes a command.", ""},
		{"help", "", 0, "failwell COMMAND -h describes a command.", ""},
		{"htlm contract.json", "", 2, "", `there is no command "htlm"`},
		{"html -pages x", "", 2, "", "-pages"},
		{"html contract.json contract.json", "", 2, "", "one contract is expected, 2 are named"},
		{"html contract.json -o x", "", 2, "", "the flag -o stands after an argument; flags come first; failwell html -h describes it"},
		{"diff contract.json contract.json --page=x", "", 2, "", "the flag --page=x stands after an argument"},
		{"html -- -absent", "", 2, "", "open -absent"},
		{"init contract.json", "", 2, "", "it has no arguments"},
	} {
		got := runWith(t, test.stdin, strings.Fields(test.args)...)
		require.Equal(t, test.exit, got.exit, "%s: %s", test.args, got.errors)
		require.Contains(t, got.out, test.out, test.args)
		require.Contains(t, got.errors, test.err, test.args)
		switch test.exit {
		case exitOK, exitFinding:
			require.Empty(t, got.errors, test.args)
		default:
			require.Empty(t, got.out, test.args)
			require.NotEmpty(t, got.errors, test.args)
		}
	}
}

// A hidden error is in no output, as Handler has it.
func TestRun_Hidden(t *testing.T) {
	closed := strings.Replace(minimal, `"closed":false`, `"closed":true`, 1)
	mapped := func(contract, code string) string {
		return strings.Replace(contract, `"errors":`, `"mappings":[{"builtin":"BAD_REQUEST","error":"`+code+`"},{"builtin":"INTERNAL_SERVER_ERROR","error":"LOST"}],"errors":`, 1)
	}
	published := func(contract string) string {
		return strings.Replace(contract, `,{"code":"SECRET","status":400}`, "", 1)
	}
	t.Chdir(folder(t, map[string]string{
		"contract.json": minimal, "page.json": `{"hidden":["SECRET"]}`, "typo.json": `{"hidden":["SECRE"]}`, "api.json": api,
		"closed.json": mapped(closed, "LOST"), "published.json": published(mapped(closed, "LOST")), "mapped.json": mapped(minimal, "SECRET"),
		"other.json": strings.Replace(minimal, "SECRET", "OTHER", 1),
	}))
	for _, test := range []struct {
		args string
		exit int
		want string // a part of the output
	}{
		{"html -page page.json contract.json", 0, "LOST"},
		{"markdown -page page.json contract.json", 0, "LOST"},
		{"openapi -page page.json contract.json", 0, "LOST"},
		{"typescript -page page.json contract.json", 0, "LOST"},
		{"describe -page page.json api.json contract.json", 0, "LOST"},

		// the published document has no hidden codes
		{"diff published.json closed.json", 1, "breaking: code-added SECRET"},
		{"diff -page page.json published.json closed.json", 0, ""},
		{"diff -page page.json closed.json closed.json", 0, ""},
		{"diff -page page.json other.json contract.json", 1, "breaking: code-removed OTHER"},
		{"diff -page page.json mapped.json contract.json", 1, "breaking: code-removed SECRET"},

		// a page that hides what it cannot
		{"openapi -page typo.json contract.json", 2, `hides "SECRE", which the contract does not declare`},
		{"openapi -page page.json mapped.json", 2, "SECRET cannot be hidden: BAD_REQUEST is mapped to it"},
		{"describe -page page.json api.json mapped.json", 2, "SECRET cannot be hidden"},
		{"diff -page page.json contract.json mapped.json", 2, "the new contract: reference: page"},
		{"diff -page page.json contract.json published.json", 2, `the new contract: the page hides "SECRET"`},
		{"diff -page absent.json contract.json contract.json", 2, "absent.json"},
		{"diff -page - - contract.json", 2, "only one document can be read from standard input"},
		{"describe -page - api.json", 2, "only one document can be read from standard input"},
	} {
		got := runWith(t, "", strings.Fields(test.args)...)
		require.Equal(t, test.exit, got.exit, "%s: %s", test.args, got.errors)
		require.Contains(t, got.out+got.errors, test.want, test.args)
		if test.exit == exitOK {
			require.NotContains(t, got.out, "SECRET", test.args)
		}
	}
	described := runWith(t, strings.Replace(api, "LOST", "SECRET", 1), "describe", "-page", "page.json", "-", "contract.json")
	require.Equal(t, exitFailure, described.exit, "an operation of a public document names a hidden code")
	require.Contains(t, described.errors, `x-errors has "SECRET", which is no code`)
}

// -h describes each command with an example of it.
func TestRun_Help(t *testing.T) {
	usage := runWith(t, "", "-h").out
	for _, c := range commands {
		require.Contains(t, usage, "  "+c.name+" ", c.name)
		require.Contains(t, usage, c.summary, c.name)
		require.Equal(t, 1, strings.Count(usage, "  "+c.example+"\n"), usage)
		for _, flag := range []string{"-h", "--help"} {
			got := runWith(t, "", c.name, flag)
			require.Equal(t, exitOK, got.exit)
			require.Empty(t, got.errors)
			require.Contains(t, got.out, "usage: failwell "+c.name+" ")
			require.Equal(t, 1, strings.Count(got.out, "example:\n  failwell "+c.name+" "), got.out)
		}
	}
}

// TestMain is the command itself in a process that TestInterrupt starts.
func TestMain(m *testing.M) {
	if os.Getenv("FAILWELL_TEST_MAIN") != "" {
		main()
	}
	os.Exit(m.Run())
}

// A command that waits for standard input ends when it is interrupted.
func TestInterrupt(t *testing.T) {
	if signal.Ignored(os.Interrupt) {
		t.Skip("the shell ignores interrupts of the tests")
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "html")
	cmd.Env = append(os.Environ(), "FAILWELL_TEST_MAIN=1")
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	defer stdin.Close()
	require.NoError(t, cmd.Start())
	_, err = io.WriteString(stdin, strings.Repeat(" ", 1<<20)) // more than a pipe holds: it is read
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	select {
	case err := <-ended:
		require.Error(t, err)
	case <-time.After(30 * time.Second):
		t.Fatal("the command still runs")
	}
}

// Each command writes what the function of package reference returns.
func TestRun_Reference(t *testing.T) {
	document := documentOf(t, chatbase.Contract)
	page := func(render func(apierr.Contract, reference.Page) ([]byte, error)) func(apierr.Contract) ([]byte, error) {
		return func(c apierr.Contract) ([]byte, error) { return render(c, reference.Page{}) }
	}
	for name, render := range map[string]func(apierr.Contract) ([]byte, error){
		"html":       page(reference.HTML),
		"markdown":   page(reference.Markdown),
		"openapi":    reference.OpenAPI,
		"typescript": reference.TypeScript,
	} {
		want, err := render(chatbase.Contract)
		require.NoError(t, err)
		got := runWith(t, document, name)
		require.Equal(t, exitOK, got.exit, got.errors)
		require.Equal(t, string(want), got.out, name)
	}
}

// The document of init is a contract from which everything can be made, and it
// has the schema of contract documents. Its comments are in no output.
func TestInit(t *testing.T) {
	got := runWith(t, "", "init")
	require.Equal(t, exitOK, got.exit, got.errors)
	c, err := apierr.ParseContract([]byte(got.out))
	require.NoError(t, err)
	require.Greater(t, strings.Count(got.out, `"$comment"`), 8)
	require.True(t, json.Valid([]byte(got.out)))
	require.NotContains(t, documentOf(t, c), "$comment")
	requireSchema(t, []byte(got.out))
	require.Subset(t, c.Uncovered(), []*apierr.Error{apierr.StreamFailed})
	for _, name := range []string{"html", "markdown", "openapi", "typescript"} {
		r := runWith(t, got.out, name)
		require.Equal(t, exitOK, r.exit, r.errors)
		require.Contains(t, r.out, "OUT_OF_STOCK")
		require.NotContains(t, r.out, "$comment")
	}
}

// requireSchema requires a document to have the JSON Schema that Handler serves.
func requireSchema(t *testing.T, document []byte) {
	t.Helper()
	w := httptest.NewRecorder()
	reference.Handler(apierr.Standard, reference.Page{}).ServeHTTP(w, httptest.NewRequest("GET", "/contract.schema.json", nil))
	var schema jsonschema.Schema
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &schema))
	resolved, err := schema.Resolve(nil)
	require.NoError(t, err)
	var value any
	require.NoError(t, json.Unmarshal(document, &value))
	require.NoError(t, resolved.Validate(value))
}

// init replaces no file, whatever it is.
func TestInit_Exists(t *testing.T) {
	dir := folder(t, map[string]string{"mine.json": "mine"})
	require.NoError(t, os.Symlink("nowhere", filepath.Join(dir, "link.json")))
	for _, name := range []string{"mine.json", "link.json", "."} {
		got := runWith(t, "", "init", "-o", filepath.Join(dir, name))
		require.Equal(t, exitFailure, got.exit, name)
		require.Contains(t, got.errors, "init replaces no file")
	}
	b, err := os.ReadFile(filepath.Join(dir, "mine.json"))
	require.NoError(t, err)
	require.Equal(t, "mine", string(b))
	got := runWith(t, "", "init", "-o", filepath.Join(dir, "new.json"))
	require.Equal(t, exitOK, got.exit, got.errors)
	b, err = os.ReadFile(filepath.Join(dir, "new.json"))
	require.NoError(t, err)
	require.Equal(t, string(starter), string(b))
}

// Hostile documents end in an error or a result, never in a panic, and twice
// the same document in the same.
func FuzzRun(f *testing.F) {
	f.Add([]byte(minimal))
	f.Add(starter)
	f.Add([]byte(withSchema(`{"type":"object","properties":{"*/":{"$ref":"#"}}}`)))
	f.Add([]byte(`{"name":"` + strings.Repeat(`[`, 1000)))
	f.Fuzz(func(t *testing.T, document []byte) {
		for _, args := range [][]string{
			{"html"}, {"markdown"}, {"openapi"}, {"typescript"}, {"describe", "testdata/api.json"}, {"describe", "-", "testdata/contract.json"},
			{"diff", "-", "testdata/contract.json"}, {"diff", "testdata/contract.json", "-"},
		} {
			first := fuzzRun(document, args...)
			if first.exit == exitFailure && first.errors == "" || first.exit == exitFinding && args[0] != "diff" {
				t.Fatalf("%s: %v", args, first)
			}
			if second := fuzzRun(document, args...); second != first {
				t.Fatalf("%s: %v and %v", args, first, second)
			}
		}
	})
}

func fuzzRun(stdin []byte, args ...string) ran {
	var out, errs bytes.Buffer
	exit := run(context.Background(), args, streams{bytes.NewReader(stdin), &out, &errs})
	return ran{exit, out.String(), errs.String()}
}
