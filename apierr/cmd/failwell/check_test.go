package main

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/validate"
)

// checked is a server that keeps the standard contract, with a route of each kind
// behind a key. It counts its requests.
func checked(t *testing.T) (url string, requests *atomic.Int64) {
	t.Helper()
	requests = new(atomic.Int64)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer the-key-of-the-client" {
			apierr.Write(w, r, apierr.Unauthenticated)
		}
	})
	mux.Handle("POST /items", apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		_, err := validate.JSON[struct {
			Name string `json:"name" validate:"required"`
		}](r)
		return err
	}))
	layer := middleware.New(apierr.Standard, middleware.WithLogger(nil))
	server := httptest.NewServer(layer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		mux.ServeHTTP(w, r)
	})))
	t.Cleanup(server.Close)
	return server.URL, requests
}

// broken answers with the credentials that it was sent.
func broken(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" {
			return
		}
		w.WriteHeader(404)
		io.WriteString(w, "no such thing, "+r.Header.Get("Authorization")+", the-word-of-the-server")
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestCheck(t *testing.T) {
	dir := folder(t, map[string]string{
		"contract.json": documentOf(t, apierr.Standard),
		"headers":       "Authorization: Bearer the-key-of-the-client\r\n\nX-Tenant: a\n",
		"broken":        "no field",
	})
	t.Chdir(dir)
	good, _ := checked(t)
	bad := broken(t)
	for _, test := range []struct {
		args  []string
		stdin string
		exit  int
		out   string // a part of standard output
		err   string // a part of standard error
	}{
		{[]string{"-contract", "contract.json", good}, "", 0, " passed, 0 failed", ""},
		{[]string{good}, documentOf(t, apierr.Standard), 0, " passed, 0 failed", ""},
		{[]string{"-contract", "contract.json", "-only", "not-found", bad}, "", 1, "MUST not-found/envelope", ""},
		{[]string{"-contract", "contract.json", "-only", "not-found", "-format", "json", bad}, "", 1, `"failed": true`, ""},
		{[]string{"-contract", "contract.json", "-only", "not-found", "-format", "junit", bad}, "", 1, `<failure message=`, ""},
		{[]string{"-contract", "contract.json", "-only", "not-found", "-skip", "not-found: a test", bad}, "", 0, "a test", ""},

		// what may be done
		{[]string{"-contract", "contract.json", "-only", "success", "-route", "GET /healthz", "-header", "Authorization: Bearer the-key-of-the-client", good}, "", 0, "\n3 passed", ""},
		{[]string{"-contract", "contract.json", "-only", "success", "-route", "GET /healthz", "-header", "@headers", good}, "", 0, "\n3 passed", ""},
		{[]string{"-contract", "contract.json", "-only", "success", "-route", "GET /healthz", good}, "", 1, "MUST success/status", ""},
		{[]string{"-contract", "contract.json", "-only", "unauthenticated", "-protected", "GET /healthz", "-header", "@headers", good}, "", 0, " passed, 0 failed", ""},
		{[]string{"-contract", "contract.json", "-only", "malformed", "-body", `POST /items {"name": "a b"}`, good}, "", 0, "\n9 passed", ""},
		{[]string{"-contract", "contract.json", "-only", "limited", "-limited", "GET /healthz", "-header", "@headers", good}, "", 0, "none of 1000 requests for GET /healthz was refused", ""},
		{[]string{"-contract", "contract.json", "-only", "concurrent", "-flood", good}, "", 0, "\n3 passed", ""},
		{[]string{"-contract", "contract.json", "-only", "concurrent", good}, "", 0, "WithFlood (-flood) is not given", ""},
		{[]string{"-contract", "contract.json", "-required", "limited/retry-after", good}, "", 1, "a check that is required", ""},
		{[]string{"-contract", "contract.json", "-only", "panic", good}, "", 0, "cannot be seen from outside", ""},

		// usage
		{[]string{"-contract", "contract.json"}, "", 2, "", "one URL is expected, 0 are named"},
		{[]string{"-contract", "contract.json", good, good}, "", 2, "", "one URL is expected, 2 are named"},
		{[]string{"-contract", "absent.json", good}, "", 2, "", "absent.json"},
		{[]string{"-contract", "contract.json", "-format", "yaml", good}, "", 2, "", `-format is text, json or junit, not "yaml"`},
		{[]string{"-contract", "contract.json", "-route", "/healthz", good}, "", 2, "", `-route "/healthz" is no method and path`},
		{[]string{"-contract", "contract.json", "-route", "GET /healthz {}", good}, "", 2, "", "is no method and path"},
		{[]string{"-contract", "contract.json", "-route", "GET healthz", good}, "", 2, "", "is no method and path"},
		{[]string{"-contract", "contract.json", "-body", "POST /items", good}, "", 2, "", "is no method, path and body"},
		{[]string{"-contract", "contract.json", "-body", "POST /items {", good}, "", 2, "", "is not JSON"},
		{[]string{"-contract", "contract.json", "-header", "the-key-of-the-client", good}, "", 2, "", "a -header is no name and value"},
		{[]string{"-contract", "contract.json", "-header", "@broken", good}, "", 2, "", "a -header is no name and value"},
		{[]string{"-contract", "contract.json", "-header", "@absent", good}, "", 2, "", "absent"},
		{[]string{"-contract", "contract.json", "-secret", "abc", good}, "", 2, "", "too short"},
		{[]string{"-contract", "contract.json", "-only", "everything", good}, "", 2, "", `there is no check "everything"`},
		{[]string{"-contract", "contract.json", "-skip", "cors", good}, "", 2, "", "has no reason"},
		{[]string{"-contract", "contract.json", "ftp://127.0.0.1"}, "", 2, "", "no http or https URL"},
		{[]string{"-contract", "contract.json", "http://127.0.0.1:1"}, "", 2, "", "does not answer"},
	} {
		got := runWith(t, test.stdin, append([]string{"check"}, test.args...)...)
		require.Equal(t, test.exit, got.exit, "%s: %s%s", test.args, got.out, got.errors)
		require.Contains(t, got.out, test.out, test.args)
		require.Contains(t, got.errors, test.err, test.args)
		require.NotContains(t, got.out+got.errors, "the-key-of-the-client", test.args)
		if test.exit == exitFailure {
			require.Empty(t, got.out, test.args)
		} else {
			require.Empty(t, got.errors, "progress is for terminals: %s", test.args)
		}
	}
}

// Credentials and secrets are in no report, and redirects lead nowhere.
func TestCheck_Redacts(t *testing.T) {
	dir := folder(t, map[string]string{"contract.json": documentOf(t, apierr.Standard), "words": "the-word-of-the-server\n"})
	t.Chdir(dir)
	for _, format := range []string{"text", "json", "junit"} {
		got := runWith(t, "", "check", "-contract", "contract.json", "-format", format, "-header", "Authorization: Bearer the-key-of-the-client",
			"-secret", "@words", "-o", "report", broken(t))
		require.Equal(t, exitFinding, got.exit, got.errors)
		require.Empty(t, got.out)
		b, err := os.ReadFile(filepath.Join(dir, "report"))
		require.NoError(t, err)
		report := string(b)
		require.Contains(t, report, "[redacted]", format)
		require.Contains(t, report, "a word of WithSecret", format)
		require.NotContains(t, report, "the-key-of-the-client", format)
		require.NotContains(t, report, "the-word-of-the-server", format)
		switch format {
		case "json":
			require.True(t, json.Valid(b))
		case "junit":
			require.NoError(t, xml.Unmarshal(b, new(struct{})))
		}
	}
}

// By default few requests are sent, and none that changes anything.
func TestCheck_Modest(t *testing.T) {
	dir := folder(t, map[string]string{"contract.json": documentOf(t, apierr.Standard)})
	url, requests := checked(t)
	got := runWith(t, "", "check", "-contract", filepath.Join(dir, "contract.json"), url)
	require.Equal(t, exitOK, got.exit, got.out)
	require.Less(t, requests.Load(), int64(60))
	require.True(t, strings.HasPrefix(got.out, url+" under the contract \"standard\", over HTTP/1.1\n"), got.out)
}
