package main

import (
	"io/fs"
	"log/slog"
	"net/http"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/example/internal/avatar"
	"github.com/failwell/failwell/example/internal/chat"
	"github.com/failwell/failwell/example/internal/demopage"
	"github.com/failwell/failwell/example/internal/lab"
	"github.com/failwell/failwell/example/internal/poly"
)

// addDemo adds the page that shows every way of failing, at /. The returned logger
// keeps the records that the page shows.
func addDemo(mux *http.ServeMux, c apierr.Contract, s settings, support *support) *slog.Logger {
	var codes []string
	for _, e := range c.Declared() {
		codes = append(codes, e.Code)
	}
	request, correlation := idHeaders(c)
	records := new(demopage.Records)
	demopage.New(demopage.Config{
		Title:         c.Title,
		Addr:          s.at.host,
		Plain:         s.plain.host,
		Loopback:      s.at.loopback,
		Groups:        append(demopage.Lab(lab.Source, codes), ownScenarios(s.contract)),
		RequestID:     request,
		CorrelationID: correlation,
		Records:       records,
		SupportKey:    support.key,
		ErrorsPath:    errorsPath,
		SupportPath:   supportPath,
	}).Register(mux)
	var next slog.Handler
	if s.logger != nil {
		next = s.logger.Handler()
	}
	return slog.New(records.Handler(next))
}

// idHeaders returns the names of the contract's headers.
func idHeaders(c apierr.Contract) (request, correlation string) {
	compiled, err := c.Compile()
	if err != nil {
		panic(err) // middleware.New would
	}
	return compiled.IDHeaders()
}

// ownScenarios returns those of the API that is served under the contract, with the
// keys of its demo data.
func ownScenarios(contract string) demopage.Group {
	bearer := demopage.Scenario{KeyHeader: "Authorization", KeyPrefix: "Bearer "}
	var key, limit demopage.Scenario // Times is twice the limit, since a part of it comes back while they are sent
	var source fs.FS
	var keys []string
	switch contract {
	case "polyai":
		key = demopage.Scenario{KeyHeader: "x-api-key", Path: "/v1/projects/demo/conversations?limit=1"}
		limit, source = key, poly.Source
		limit.Times = 300
		keys = []string{"YOUR_API_KEY", "editor-key", "external-key", "viewer-key", "former-user-key", "expired-key"}
	case "avatarium":
		key = bearer
		key.Path = "/v1/conversations/conv_abc123"
		limit, source = key, avatar.Source
		limit.Times = 120
		keys = []string{"YOUR_API_KEY", "expired-key", "over-quota-key"}
	default:
		key = bearer
		key.Method, key.Path, key.Body = "POST", "/api/v2/agents/YOUR_AGENT_ID/chat", `{"message":"Hello!"}`
		key.Header = http.Header{"Content-Type": {"application/json"}}
		limit = bearer
		limit.Path, limit.Times = "/api/v2/agents/YOUR_AGENT_ID/conversations/conv-ongoing", 120
		source = chat.Source
		keys = []string{"YOUR_API_KEY", "expired-key", "readonly-key", "free-plan-key", "no-credits-key"}
	}
	key.Name, key.Title, key.Text = "api-key", "A request with the API key", "Try each of the keys, and none."
	key.Source = demopage.Declarations(source, "authenticate")
	limit.Name, limit.Title, limit.Text = "key-limit", "More requests than a key may send", "The button sends requests until one is rejected, to each side. Both sides share the limit. Enter a key that works."
	limit.Source = demopage.Declarations(source, "newLimiter", "limit")
	return demopage.Group{Title: "Keys and limits", Scenarios: []demopage.Scenario{key, limit}, Keys: keys}
}
