package conformance_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/conformance"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/validate"
)

// service is the API of a team, with a route of each kind.
func service() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") })
	mux.Handle("POST /items", apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		_, err := validate.JSON[struct {
			Name string `json:"name" validate:"required"`
			Size int    `json:"size"`
		}](r)
		return err
	}))
	mux.Handle("GET /private", apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return apierr.Unauthenticated }))
	limit := ratelimit.Middleware(ratelimit.NewMemory(ratelimit.PerSecond("search", 2)), ratelimit.ByIP())
	mux.Handle("GET /search", limit(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "[]") })))
	return mux
}

// routes are the options that name the routes of service.
func routes(more ...conformance.Option) []conformance.Option {
	return append([]conformance.Option{
		conformance.WithRoute("GET", "/healthz"),
		conformance.WithBody("POST", "/items", `{"name":"Ada","size":3}`),
		conformance.WithProtected("GET", "/private"),
		conformance.WithLimited("GET", "/search"),
	}, more...)
}

// layer is the outermost layer of a server that keeps its contract.
func layer(c apierr.Contract) func(http.Handler) http.Handler {
	return middleware.New(c, middleware.WithLogger(nil), middleware.WithTimeout(100*time.Millisecond))
}

func fixed(name, json string) apierr.Member       { return apierr.Member{Name: name, JSON: json} }
func detail(name string) apierr.Member            { return apierr.Member{Name: name, Detail: name} }
func envelope(m ...apierr.Member) apierr.Envelope { return apierr.Envelope{Members: m} }

// with returns the standard contract, changed.
func with(name string, change func(*apierr.Contract)) apierr.Contract {
	c := apierr.Standard
	c.Name = name
	change(&c)
	return c
}

// keepers are contracts of many shapes.
var keepers = []apierr.Contract{
	apierr.Standard, chatbase.Contract, chatbase.Closed, polyai.Contract, polyai.Closed, avatarium.Contract, avatarium.Closed,
	{Name: "empty"},
	with("problem", func(c *apierr.Contract) { c.Format = apierr.Problem{} }),
	with("typed problem", func(c *apierr.Contract) { c.Format = apierr.Problem{Types: "https://example.com/problems/"} }),
	with("problem with pages", func(c *apierr.Contract) {
		c.Format, c.DocURL = apierr.Problem{}, "https://example.com/errors?code={code}"
	}),
	with("alternative", func(c *apierr.Contract) { c.Alternative = apierr.Problem{} }),
	with("alternative envelope", func(c *apierr.Contract) { c.Format, c.Alternative = apierr.Problem{}, apierr.Envelope{} }),
	with("translated", func(c *apierr.Contract) {
		c.Translations = map[string]map[string]string{
			"de": {apierr.NotFound.Code: "Die Ressource existiert nicht", apierr.Internal.Code: "Ein unerwarteter Fehler ist aufgetreten"},
			"fr": {apierr.NotFound.Code: "La ressource n'existe pas"},
		}
	}),
	with("no request ID", func(c *apierr.Contract) { c.RequestIDHeader = apierr.NoHeader }),
	with("no IDs", func(c *apierr.Contract) {
		c.RequestIDHeader, c.CorrelationIDHeader, c.NoExposeHeaders = apierr.NoHeader, apierr.NoHeader, true
	}),
	with("patient", func(c *apierr.Contract) { c.RetryAfter, c.RetryAfterUnavailable = time.Minute, time.Second }),
	with("IDs in the body", func(c *apierr.Contract) {
		c.Format = envelope(
			apierr.Member{Name: "code", From: apierr.FromCode}, apierr.Member{Name: "status", From: apierr.FromStatus},
			apierr.Member{Name: "message", From: apierr.FromMessage}, apierr.Member{Name: "id", From: apierr.FromRequestID},
			apierr.Member{Name: "chain", From: apierr.FromCorrelationID}, apierr.Member{Name: "wait", From: apierr.FromRetryAfter},
			apierr.Member{Name: "errors", From: apierr.FromMessages}, apierr.Member{Name: "at", From: apierr.FromLocation},
			apierr.Member{Name: "see", From: apierr.FromDocURL})
		c.DocURL = "https://example.com/errors#"
	}),
	with("a text with the ID", func(c *apierr.Contract) {
		c.Format = envelope(apierr.Member{Name: "error", Text: "{code} ({status}): {message}"}, apierr.Member{Name: "ref", Text: "req={request_id}"})
	}),
	// The shapes of published APIs.
	with("GitHub", func(c *apierr.Contract) {
		c.Format = envelope(
			apierr.Member{Name: "message", From: apierr.FromMessage},
			apierr.Member{Name: "errors", Each: []apierr.Member{{Name: "field", From: apierr.FromPath}, {Name: "code", From: apierr.FromRule}}},
			detail("documentation_url"), fixed("documentation_url", `"https://docs.github.com/rest"`),
			apierr.Member{Name: "status", Text: "{status}"})
	}),
	with("Google", func(c *apierr.Contract) {
		c.DocURL = "https://cloud.google.com/errors#"
		c.Format = envelope(apierr.Member{Name: "error", Members: []apierr.Member{
			{Name: "code", From: apierr.FromStatus},
			{Name: "message", From: apierr.FromMessage},
			{Name: "details", Array: []apierr.Member{
				{Members: []apierr.Member{fixed("@type", `"ErrorInfo"`), {Name: "reason", From: apierr.FromCode}, {Name: "metadata", From: apierr.FromDetails}}},
				{Members: []apierr.Member{fixed("@type", `"BadRequest"`), {Name: "fieldViolations", Each: []apierr.Member{
					{Name: "field", From: apierr.FromPath}, {Name: "description", From: apierr.FromMessage}}}}},
				{Members: []apierr.Member{fixed("@type", `"RetryInfo"`), {Name: "retryDelay", Text: "{retry_after}s"}}},
				{Members: []apierr.Member{fixed("@type", `"Help"`), {Name: "url", From: apierr.FromDocURL}}},
			}},
		}})
	}),
	{Name: "Slack",
		Format: envelope(fixed("ok", "false"), apierr.Member{Name: "error", From: apierr.FromCode}, apierr.Member{From: apierr.FromDetails},
			apierr.Member{Name: "messages", Each: []apierr.Member{{Text: "[ERROR] {message}: {path}"}}}),
		Errors: []*apierr.Error{{Code: "channel_not_found", Status: 200}, {Code: "missing_scope", Status: 200, Details: map[string]any{"needed": "chat:write"}}},
	},
	with("Shopify", func(c *apierr.Contract) {
		c.Format = envelope(apierr.Member{Name: "errors", From: apierr.FromMessages}, apierr.Member{Name: "errors", From: apierr.FromMessage})
	}),
}

// A server under New passes every check.
func TestRun(t *testing.T) {
	t.Parallel()
	report, err := conformance.Run(t.Context(), "Test", layer(apierr.Standard)(service()), apierr.Standard,
		routes(conformance.WithMiddleware(layer(apierr.Standard)), conformance.WithStrict(), conformance.WithRequired("*")))
	require.NoError(t, err)
	requirePassed(t, report)
}

// A server under New keeps every contract, whatever its shape. The scenarios are
// those whose answers the contract shapes. With -short, one contract in four is
// tried.
func TestRun_Keepers(t *testing.T) {
	for i, c := range keepers {
		if testing.Short() && i%4 != 0 {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			report, err := conformance.Run(t.Context(), "Test", layer(c)(service()), c,
				routes(conformance.WithMiddleware(layer(c)), conformance.WithStrict(), conformance.WithRequired(shaped...), conformance.WithOnly(shaped...)))
			require.NoError(t, err)
			requirePassed(t, report)
		})
	}
}

var shaped = []string{
	"success", "not-found", "wrong-method", "malformed", "wrong-types", "unauthenticated", "hostile-ids", "correlation", "cors", "negotiation",
	"language", "declared", "panic", "bare-status", "slow", "stream-sse", "stream-ndjson",
}

func requirePassed(t *testing.T, report *conformance.Report) {
	t.Helper()
	if report.Failed() {
		var b bytes.Buffer
		require.NoError(t, report.WriteText(&b))
		t.Fatal(b.String())
	}
}
