package reference_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/apierr/reference"
	"github.com/failwell/failwell/apierr/reference/published"
)

// odd are codes that are not easy to put into a path.
var odd = []string{"a/b", "a b", "%2F", "?q", "#h", "é", "__proto__", "javascript:alert(1)", "errors.md", "."}

// oddContract declares them.
func oddContract() apierr.Contract {
	c := apierr.Contract{Name: "odd"}
	for _, code := range odd {
		c.Errors = append(c.Errors, &apierr.Error{Code: code, Status: 404, Message: "It is " + code})
	}
	return c
}

// serve serves h under the patterns on a real server.
func serve(t *testing.T, h http.Handler, patterns ...string) string {
	t.Helper()
	mux := http.NewServeMux()
	for _, p := range patterns {
		mux.Handle(p, h)
	}
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL
}

func get(t *testing.T, method, url string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, nil)
	require.NoError(t, err)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp, string(b)
}

func TestHandler(t *testing.T) {
	h := reference.Handler(oddContract(), reference.Page{})
	base := serve(t, h, "/", "/errors/", "GET /v1/docs/errors/", "/rest/{file...}")
	const html, md = "text/html; charset=utf-8", "text/markdown; charset=utf-8"
	for _, test := range []struct {
		path        string
		status      int
		contentType string
		has         string
	}{
		// under any path
		{"/", 200, html, "<h1>odd</h1>"},
		{"/errors/", 200, html, "<h1>odd</h1>"},
		{"/v1/docs/errors/", 200, html, "<h1>odd</h1>"},
		{"/rest/", 200, html, "<h1>odd</h1>"},
		{"/rest/errors.md", 200, md, "# odd\n"},
		{"/errors/?utm=1", 200, html, "<h1>odd</h1>"},

		// the files
		{"/errors/errors.md", 200, md, "# odd\n"},
		{"/errors/contract.json", 200, "application/json", `"name":"odd"`},
		{"/errors/contract.schema.json", 200, "application/schema+json", "draft/2020-12"},
		{"/errors/openapi.json", 200, "application/json", `"openapi": "3.1.1"`},
		{"/errors/errors.ts", 200, "text/plain; charset=utf-8", "export function isErrorCode"},
		{"/errors/style.css", 200, "text/css; charset=utf-8", ":root"},
		{"/errors/script.js", 200, "text/javascript; charset=utf-8", "use strict"},

		// one error, as Contract.DocURL and Problem.Types have it
		{"/errors/a%2Fb", 200, html, "<h1><code>a/b</code></h1>"},
		{"/v1/docs/errors/a%2Fb", 200, html, "<h1><code>a/b</code></h1>"},
		{"/errors/a%20b", 200, html, "<h1><code>a b</code></h1>"},
		{"/errors/%252F", 200, html, "<h1><code>%2F</code></h1>"},
		{"/errors/%3Fq", 200, html, "<h1><code>?q</code></h1>"},
		{"/errors/%23h", 200, html, "<h1><code>#h</code></h1>"},
		{"/errors/%C3%A9", 200, html, "<h1><code>é</code></h1>"},
		{"/errors/__proto__", 200, html, "<h1><code>__proto__</code></h1>"},
		{"/errors/javascript:alert%281%29", 200, html, "<h1><code>javascript:alert(1)</code></h1>"},

		// anything else
		{"/errors/ABSENT", 404, "application/json", "RESOURCE_NOT_FOUND"},
		{"/errors/a/b", 404, "application/json", "RESOURCE_NOT_FOUND"},
		{"/errors/deeper/", 404, "application/json", "RESOURCE_NOT_FOUND"},
		{"/errors/deeper/errors.md", 404, "application/json", "RESOURCE_NOT_FOUND"},
		{"/errors/CONTRACT.JSON", 404, "application/json", "RESOURCE_NOT_FOUND"},
	} {
		resp, body := get(t, "GET", base+test.path)
		require.Equal(t, test.status, resp.StatusCode, test.path)
		require.Equal(t, test.contentType, resp.Header.Get("Content-Type"), test.path)
		require.Contains(t, body, test.has, test.path)
		if test.status == 200 {
			require.Equal(t, "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
				resp.Header.Get("Content-Security-Policy"), test.path)
			require.Equal(t, "nosniff", resp.Header.Get("X-Content-Type-Options"), test.path)
		}
	}
}

// The page links to each file beside it; the document of HTML has no such files,
// and links to none.
func TestHandler_Files(t *testing.T) {
	base := serve(t, reference.Handler(polyai.Contract, reference.Page{}), "/errors/")
	_, page := get(t, "GET", base+"/errors/")
	linked := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?:href|src)="\./([^"]+)"`).FindAllStringSubmatch(page, -1) {
		linked[m[1]] = true
		resp, _ := get(t, "GET", base+"/errors/"+m[1])
		require.Equal(t, 200, resp.StatusCode, m[1])
	}
	document, err := reference.HTML(polyai.Contract, reference.Page{})
	require.NoError(t, err)
	for _, name := range []string{"errors.md", "contract.json", "contract.schema.json", "openapi.json", "errors.ts", "style.css", "script.js"} {
		require.True(t, linked[name], "the page has no link to %s", name)
		require.NotContains(t, string(document), `"./`+name+`"`)
	}
}

// Behind http.StripPrefix the handler finds its files too.
func TestHandler_StripPrefix(t *testing.T) {
	base := serve(t, http.StripPrefix("/docs", reference.Handler(oddContract(), reference.Page{})), "/docs/")
	for path, want := range map[string]int{"/docs/": 200, "/docs/errors.md": 200, "/docs/a%2Fb": 200, "/docs/ABSENT": 404} {
		resp, _ := get(t, "GET", base+path)
		require.Equal(t, want, resp.StatusCode, path)
	}
}

func TestHandler_Methods(t *testing.T) {
	base := serve(t, reference.Handler(apierr.Standard, reference.Page{}), "/errors/")
	full, body := get(t, "GET", base+"/errors/")
	for _, test := range []struct {
		method, path string
		status       int
	}{
		{"HEAD", "/errors/", 200},
		{"POST", "/errors/", 405},
		{"DELETE", "/errors/errors.md", 405},
		{"POST", "/errors/ABSENT", 404},
	} {
		resp, b := get(t, test.method, base+test.path)
		require.Equal(t, test.status, resp.StatusCode, test.method)
		switch test.status {
		case 200:
			require.Empty(t, b)
			require.EqualValues(t, len(body), resp.ContentLength)
			require.Equal(t, full.Header.Get("ETag"), resp.Header.Get("ETag"))
		case 405:
			require.Equal(t, "GET, HEAD", resp.Header.Get("Allow"))
		}
	}
}

// A client that has the page gets no second copy of it; a page that differs in
// a letter has another tag.
func TestHandler_ETag(t *testing.T) {
	one := serve(t, reference.Handler(apierr.Standard, reference.Page{}), "/errors/")
	two := serve(t, reference.Handler(apierr.Standard, reference.Page{Title: "Other"}), "/errors/")
	for _, path := range []string{"/errors/", "/errors/errors.md", "/errors/FORBIDDEN"} {
		path = strings.Replace(path, "FORBIDDEN", apierr.Forbidden.Code, 1)
		resp, _ := get(t, "GET", one+path)
		tag := resp.Header.Get("ETag")
		require.NotEmpty(t, tag)
		resp, body := get(t, "GET", one+path, "If-None-Match", tag)
		require.Equal(t, 304, resp.StatusCode)
		require.Empty(t, body)
		resp, _ = get(t, "GET", two+path, "If-None-Match", tag)
		require.Equal(t, 200, resp.StatusCode, "%s of another page", path)
	}
}

// The document that is served is the contract that the server runs under.
func TestHandler_Contract(t *testing.T) {
	base := serve(t, reference.Handler(polyai.Contract, published.PolyAI), "/errors/")
	_, body := get(t, "GET", base+"/errors/contract.json")
	want, err := polyai.Contract.MarshalJSON()
	require.NoError(t, err)
	require.Equal(t, string(want), body)
	_, err = apierr.ParseContract([]byte(body))
	require.NoError(t, err)
}

// A mapping of an error that is a variable of the program has no name in a
// document; the rest is served.
func TestHandler_UndeclaredMapping(t *testing.T) {
	c := apierr.Contract{Name: "c", Errors: []*apierr.Error{notFound}, Mappings: map[*apierr.Error]apierr.Mapping{
		{Code: "DOMAIN", Status: 404}: {Error: notFound},
		apierr.NotFound:               {Error: notFound},
	}}
	_, err := c.MarshalJSON()
	require.Error(t, err)
	base := serve(t, reference.Handler(c, reference.Page{}), "/errors/")
	_, body := get(t, "GET", base+"/errors/contract.json")
	read, err := apierr.ParseContract([]byte(body))
	require.NoError(t, err)
	require.Len(t, read.Mappings, 1)
}

// Faults of a contract or a page are reported at start-up.
func TestHandler_Panics(t *testing.T) {
	for _, test := range []struct {
		c    apierr.Contract
		page reference.Page
		want string
	}{
		{apierr.Contract{Errors: []*apierr.Error{{Code: "MISSING"}}}, reference.Page{}, `apierr: contract "": MISSING: no status`},
		{apierr.Standard, reference.Page{Title: "p", Path: "x"}, `reference: page "p": the path "x" is no path of the API`},
		{apierr.Contract{Errors: []*apierr.Error{notFound}, DetailsSchemas: map[*apierr.Error]string{notFound: `{"type":7}`}}, reference.Page{},
			`reference: contract "": the details schema of NOT_FOUND: `},
		{apierr.Contract{Errors: []*apierr.Error{notFound}, DetailsSchemas: map[*apierr.Error]string{notFound: `{"$ref":"#/$defs/absent"}`}}, reference.Page{},
			`reference: contract "": the details schema of NOT_FOUND: `},
		{apierr.Contract{Errors: []*apierr.Error{notFound}, DetailsSchemas: map[*apierr.Error]string{notFound: `{"$ref":"https://example.com/schema"}`}}, reference.Page{},
			`reference: contract "": the details schema of NOT_FOUND: `},
	} {
		err := func() (v any) {
			defer func() { v = recover() }()
			reference.Handler(test.c, test.page)
			return nil
		}()
		require.Error(t, err.(error))
		require.Contains(t, err.(error).Error(), test.want)
	}
}
