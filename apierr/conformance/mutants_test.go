package conformance_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/conformance"
	"github.com/failwell/failwell/middleware"
)

// mutant is a server that breaks in one situation.
type mutant struct {
	name string
	own  string // the check that is about it
	site site
}

// The base servers under their contracts, with a layer outside of the library,
// or inside it.
func outside(l wrapper) site                           { return wrapped(things, l, nil) }
func outsideOf(c apierr.Contract, l wrapper) site      { return wrapped(c, l, nil) }
func inside(l wrapper, opts ...middleware.Option) site { return wrapped(things, nil, l, opts...) }
func changed(w when, change func(*reply)) site         { return outside(edit(w, change)) }

func swapped(w when, old, new string) site {
	return changed(w, func(p *reply) { p.replace(old, new) })
}

func set(w when, name, value string) site {
	return outside(fields(w, func(h http.Header) { h.Set(name, value) }))
}

func deleted(w when, name string) site {
	return outside(fields(w, func(h http.Header) { h.Del(name) }))
}

func inProblem(w when, change func(p *reply)) site { return outsideOf(problemThings, edit(w, change)) }
func inMany(w when, change func(p *reply)) site    { return outsideOf(manyThings, edit(w, change)) }

// secret is the word of WithSecret.
const secret = "hunter2-of-things"

// mutants are all of them, one line each.
func mutants() []mutant {
	internal := "An unexpected error occurred"
	return []mutant{
		// The form of a body.
		{"details are null", "not-found/envelope", swapped(nowhere, `"request_id"`, `"details":null,"request_id"`)},
		{"details are empty", "wrong-method/envelope", swapped(wrongMethod, `"request_id"`, `"details":{},"request_id"`)},
		{"a member that the form has not", "unknown-error/envelope", swapped(at("/conformance/unknown-error"), `"request_id"`, `"trace":"7","request_id"`)},
		{"a member beside the error", "slow/envelope", swapped(at("/conformance/slow"), `{"error"`, `{"ok":false,"error"`)},
		{"the message is empty", "http-error/envelope", swapped(at("/conformance/http-error"), internal, "")},
		{"the message is a number", "panic/envelope", swapped(at("/conformance/panic/index"), `"`+internal+`"`, "7")},
		{"the code is missing", "bare-status/envelope", swapped(at("/conformance/status/502"), `"code":"BAD_GATEWAY",`, "")},
		{"bytes behind the body", "malformed/envelope", changed(malformedThing, func(p *reply) { p.add("}") })},
		{"the body twice", "empty/envelope", changed(emptyThing, func(p *reply) { p.add(string(p.body)) })},
		{"invalid UTF-8 in the message", "unsupported-media/envelope", swapped(at("/things").and(status(415)), "The media", "\xffThe media")},
		{"a Content-Encoding that the body has not", "not-found/envelope", set(nowhere, "Content-Encoding", "gzip")},
		{"a member twice", "declared/envelope", swapped(at("/conformance/raise/0"), `"message"`, `"code":"X","message"`)},
		{"a byte order mark", "deep/envelope", swapped(deepThing, "{", "\ufeff{")},
		{"the body is empty", "expect/envelope", changed(at("/things").and(bearing("Expect")), func(p *reply) { p.set(nil) })},
		{"http.Error passes", "http-error/envelope", inside(nil, middleware.WithIntercept(func(r *http.Request, _ int, _ http.Header) bool {
			return r.URL.Path != "/conformance/http-error"
		}))},
		{"a bare status passes", "bare-status/envelope", inside(nil, middleware.WithIntercept(func(r *http.Request, _ int, _ http.Header) bool {
			return r.URL.Path != "/conformance/status/422"
		}))},
		{"another Content-Type", "bare-status/type", set(at("/conformance/status/409"), "Content-Type", "text/html")},
		{"two Content-Types", "panic/type", changed(at("/conformance/panic/value"), func(p *reply) { p.header.Add("Content-Type", "text/plain") })},
		{"no Content-Type", "wrong-types/type", changed(at("/things").and(status(400), long(1, 99)), func(p *reply) { p.header["Content-Type"] = nil })},

		// Codes and statuses.
		{"an undeclared code", "not-found/code", swapped(nowhere, "RESOURCE_NOT_FOUND", "ROUTE_NOT_FOUND")},
		{"the code of another error", "unsupported-media/code", swapped(at("/things").and(status(415)), "UNSUPPORTED_MEDIA_TYPE", "THING_BROKEN")},
		{"a panic has the code of another failure", "panic/code", swapped(at("/conformance/panic/nil-map"), "INTERNAL_SERVER_ERROR", "BAD_GATEWAY")},
		{"a status that the code has not", "wrong-method/status", changed(wrongMethod, func(p *reply) { p.status = 400 })},
		{"a failure is a 200", "not-found/status", changed(nowhere, func(p *reply) { p.status = 200 })},
		{"a deadline is a success", "slow/status", changed(at("/conformance/slow"), func(p *reply) { p.status = 202 })},
		{"an unknown error is a 404", "unknown-error/status", inside(within("/conformance/unknown-error", marks), middleware.WithErrorMapper(lostWhereMarked))},
		{"another status in the body", "declared/status", swapped(at("/conformance/raise/0"), `"status":409`, `"status":400`)},
		{"500 for a wrong type", "wrong-types/status", plainSite(func(p *plain) {
			p.read = func(w http.ResponseWriter, r *http.Request) (int, string) {
				status, code := plainRead(w, r)
				if code == "VALIDATION_INVALID_BODY" {
					return 500, "INTERNAL_SERVER_ERROR"
				}
				return status, code
			}
		})},
		{"500 for deep JSON", "deep/status", plainSite(func(p *plain) {
			p.read = func(w http.ResponseWriter, r *http.Request) (int, string) {
				status, code := plainRead(w, r)
				if r.ContentLength > 100_000 && r.ContentLength < 2<<20 {
					return 500, "INTERNAL_SERVER_ERROR"
				}
				return status, code
			}
		})},
		{"an empty body is a 500", "empty/status", plainSite(func(p *plain) {
			p.read = func(w http.ResponseWriter, r *http.Request) (int, string) {
				if r.ContentLength == 0 {
					return 500, "INTERNAL_SERVER_ERROR"
				}
				return plainRead(w, r)
			}
		})},
		{"a request without credentials is a 403", "unauthenticated/status", plainSite(func(p *plain) {
			p.private = func(w http.ResponseWriter, r *http.Request) { plainFail(w, r, 403, "AUTH_FORBIDDEN", "Go away") }
		})},
		{"broken JSON is a 200", "malformed/status", asSuccess("VALIDATION_INVALID_JSON", at("/"))},
		{"a wrong type is a 200", "wrong-types/status", asSuccess("VALIDATION_INVALID_BODY", at("/"))},
		{"a body that is too large is a 200", "expect/status", asSuccess("REQUEST_BODY_TOO_LARGE", bearing("Expect"))},
		{"a media type is refused with 200", "unsupported-media/status", asSuccess("UNSUPPORTED_MEDIA_TYPE", at("/"))},
		{"a wrong method is a 200", "wrong-method/status", asSuccess("METHOD_NOT_ALLOWED", at("/"))},
		{"a declared success is a failure with 200", "success/status", plainSite(func(p *plain) {
			p.healthy = func(w http.ResponseWriter, r *http.Request) { plainFail(w, r, 200, "SERVICE_UNAVAILABLE", "Later") }
		})},
		{"a declared success fails", "success/status", plainSite(func(p *plain) { delete(p.methods, "/healthz") })},

		// IDs.
		{"two request IDs", "not-found/ids", changed(nowhere, func(p *reply) { p.header.Add("X-Request-Id", "another") })},
		{"no request ID to HEAD", "head/ids", deleted(to("HEAD"), "X-Request-Id")},
		{"the request ID is constant", "success/ids", set(at("/healthz").and(status(200)), "X-Request-Id", "constant")},
		{"no request ID over HTTP/2", "not-found/ids", deleted(nowhere.and(overHTTP2), "X-Request-Id")},
		{"no request ID in the body", "unknown-error/ids", inside(within("/conformance/unknown-error", byHand))},
		{"another request ID in the body", "malformed/ids", swapped(malformedThing, `"request_id":"`, `"request_id":"0`)},
		{"no ID where a stream has begun", "stream-plain/ids", set(at("/conformance/stream/plain"), "X-Request-Id", "")},
		{"the request ID is constant in streams of events", "stream-sse/ids", set(at("/conformance/stream/sse"), "X-Request-Id", "constant")},
		{"no correlation ID where lines have begun", "stream-ndjson/ids", deleted(at("/conformance/stream/ndjson"), "X-Correlation-Id")},
		{"two IDs behind a late failure", "late-error/ids", outside(fields(at("/conformance/late-error"), func(h http.Header) { h.Add("X-Request-Id", "another") }))},
		{"two request IDs for a client that sends one", "hostile-ids/ids", outside(fields(bearing("X-Request-Id"), func(h http.Header) { h.Add("X-Request-Id", "another") }))},
		{"the request ID of the client", "hostile-ids/request-id", inside(nil, middleware.WithTrustedIDs(func(*http.Request) bool { return true }))},
		{"the correlation ID of the client unchecked", "hostile-ids/correlation-id", plainSite(func(p *plain) {
			p.identify = func(w http.ResponseWriter, r *http.Request) {
				plainIdentify(w, r)
				if id := r.Header.Get("X-Correlation-Id"); id != "" {
					w.Header().Set("X-Correlation-Id", id)
				}
			}
		})},
		{"a correlation ID that is always new", "correlation/accepted", plainSite(func(p *plain) {
			p.identify = func(w http.ResponseWriter, r *http.Request) {
				plainIdentify(w, r)
				w.Header().Set("X-Correlation-Id", w.Header().Get("X-Request-Id"))
			}
		})},
		{"another correlation ID in the body", "correlation/body", swapped(unknownRoute.and(bearing("X-Correlation-Id"), lacking("X-Request-Id")), `"correlation_id":"`, `"correlation_id":"0`)},

		// Lengths.
		{"a Content-Length that is too large", "http-error/length", set(at("/conformance/http-error"), "Content-Length", "4096")},
		{"bytes behind the Content-Length", "not-found/length", outside(takesOver(nowhere, false, func(head, body []byte) []byte { return withBody(head, append(body, "<!-- -->"...)) }))},
		{"a body that is cut at its Content-Length", "unknown-error/length", changed(at("/conformance/unknown-error"), func(p *reply) { p.set(p.body[:len(p.body)-9]) })},

		// Fields that a status requires.
		{"no Allow", "wrong-method/allow", plainSite(func(p *plain) {
			p.fail = func(w http.ResponseWriter, r *http.Request, status int, code, message string) {
				w.Header().Del("Allow")
				plainFail(w, r, status, code, message)
			}
		})},
		{"Allow has the method that was refused", "wrong-method/allow", set(wrongMethod.and(to("DELETE")), "Allow", "GET, HEAD, DELETE")},
		{"Allow lacks the method that works", "wrong-method/allow", set(wrongMethod, "Allow", "OPTIONS")},
		{"a bare 405 without Allow", "bare-status/headers", deleted(at("/conformance/status/405"), "Allow")},
		{"no challenge", "unauthenticated/challenge", deleted(at("/private"), "WWW-Authenticate")},
		{"a challenge without a scheme", "unauthenticated/challenge", set(at("/private"), "WWW-Authenticate", `realm="things"`)},
		{"a declared 401 without a challenge", "declared/headers", deleted(at("/conformance/raise/").and(status(401)), "WWW-Authenticate")},
		{"Retry-After is 0", "limited/retry-after", set(at("/limited").and(status(429)), "Retry-After", "0")},
		{"Retry-After is a fraction", "limited/retry-after", set(at("/limited").and(status(429)), "Retry-After", "1.5")},
		{"Retry-After is in the past", "limited/retry-after", set(at("/limited").and(status(429)), "Retry-After", "Thu, 01 Jan 2026 00:00:00 GMT")},
		{"no Retry-After", "limited/retry-after", deleted(at("/limited").and(status(429)), "Retry-After")},
		{"Retry-After is half of the time", "limited/retry-after-true", plainSite(func(p *plain) {
			p.refuse = func(w http.ResponseWriter, r *http.Request, wait time.Duration) { p.plainRefuse(w, r, wait/2) }
		})},
		{"Retry-After is always a second", "limited/retry-after-true", plainSite(func(p *plain) {
			p.refuse = func(w http.ResponseWriter, r *http.Request, _ time.Duration) { p.plainRefuse(w, r, 0) }
		})},
		{"a RateLimit field that cannot be parsed", "limited/rate-limit", set(at("/limited"), "RateLimit", `"things";r=`)},
		{"X-RateLimit-Remaining below 0", "limited/rate-limit", plainSite(func(p *plain) {
			p.refuse = func(w http.ResponseWriter, r *http.Request, wait time.Duration) {
				w.Header().Set("X-RateLimit-Remaining", "-1")
				p.plainRefuse(w, r, wait)
			}
		})},

		// Leaks.
		{"the text of an error that a handler panics with", "panic/no-leak", inside(within("/conformance/panic/error", recovers(isError, shows)))},
		{"the text of an error of the runtime", "panic/no-leak", inside(within("/conformance/panic/index", recovers(isError, shows)))},
		{"a stack in a header", "panic/no-leak", set(at("/conformance/panic/text"), "X-Trace", "main.serve /src/main.go:17")},
		{"the text of an unknown error", "unknown-error/no-leak", inside(within("/conformance/unknown-error", marks), middleware.WithErrorMapper(showsMarked))},
		{"the text of http.Error", "http-error/no-leak", inside(within("/conformance/http-error", showsText))},
		{"the cause in an event", "stream-sse/no-leak", inside(within("/conformance/stream/sse", recovers(anything, shows)))},
		{"the cause in a line", "stream-ndjson/no-leak", inside(within("/conformance/stream/ndjson", recovers(anything, shows)))},
		{"the cause in a text", "stream-plain/no-leak", inside(within("/conformance/stream/plain/panic", recovers(anything, prints)))},
		{"a secret in a success", "success/no-leak", set(at("/healthz").and(status(200)), "X-Debug", secret)},
		{"the text of a decoder", "wrong-types/no-leak", plainSite(func(p *plain) {
			p.fail = func(w http.ResponseWriter, r *http.Request, status int, code, message string) {
				if code == "VALIDATION_INVALID_BODY" {
					message = "json: cannot unmarshal string into Go struct field Thing.size of type int"
				}
				plainFail(w, r, status, code, message)
			}
		})},

		// HEAD.
		{"a body to HEAD", "head/no-body", outside(takesOver(to("HEAD"), false, withBody))},
		{"another status to HEAD", "head/like-get", changed(to("HEAD"), func(p *reply) { p.status = 405 })},
		{"another length to HEAD", "head/length", set(to("HEAD"), "Content-Length", "7")},

		// Bodies that are too large.
		{"a 413 and a reset", "too-large/arrives", outside(takesOver(at("/things").and(long(2<<20, 20<<20), lacking("Expect"), stays), true, withBody))},
		{"a 413 and a reset, without a length", "too-large-chunked/arrives", outside(takesOver(at("/things").and(long(-1, -1)), true, withBody))},
		{"a 413 and a reset, with Connection: close", "connection-close/arrives", outside(takesOver(at("/things").and(leaves), true, withBody))},
		{"no answer to Expect", "expect/arrives", outside(takesOver(at("/things").and(bearing("Expect")), true, func(_, _ []byte) []byte { return nil }))},
		{"a body over the limit that is not read", "connection-close/arrives", plainSite(func(p *plain) {
			p.read = func(w http.ResponseWriter, r *http.Request) (int, string) {
				if r.ContentLength > maxThing {
					return 413, "REQUEST_BODY_TOO_LARGE"
				}
				return plainRead(w, r)
			}
		})},

		// Forms and languages.
		{"the alternative for everyone who accepts it", "negotiation/alternative", outsideOf(manyThings, prefersProblems)},
		{"an HTML page for browsers", "negotiation/alternative", set(unknownRoute.and(bearing("Accept")), "Content-Type", "text/html")},
		{"no Vary with an alternative", "negotiation/vary", inMany(unknownRoute.and(bearing("Accept")), func(p *reply) { p.header.Del("Vary") })},
		{"the message is not translated", "language/message", inMany(bearing("Accept-Language"), func(p *reply) { p.replace("Das Ding ist kaputt", "The thing is broken") })},
		{"no Content-Language", "language/fields", inMany(bearing("Accept-Language"), func(p *reply) { p.header.Del("Content-Language") })},
		{"the IDs are not exposed", "cors/exposed", deleted(bearing("Origin"), "Access-Control-Expose-Headers")},

		// Fields of a success, and of layers.
		{"the ETag of the success", "stale/validators", set(at("/conformance/stale/error"), "ETag", `"conformance"`)},
		{"the Content-Encoding of the success", "stale/encoding", set(at("/conformance/stale/panic"), "Content-Encoding", "gzip")},
		{"the Cache-Control of the success", "stale/caching", set(at("/conformance/stale/panic"), "Cache-Control", "public, max-age=600")},
		{"the field of a shared cache", "stale/caching", set(at("/conformance/stale/error"), "CDN-Cache-Control", "max-age=600")},
		{"the file name of the success", "stale/content", set(at("/conformance/stale/panic"), "Content-Disposition", `attachment; filename="report.csv"`)},
		{"Vary is lost", "kept/vary", deleted(at("/conformance/kept/panic"), "Vary")},
		{"CORS is lost", "kept/cors", deleted(at("/conformance/kept/panic"), "Access-Control-Allow-Origin")},

		// Failures after the response has begun.
		{"an event stream that looks whole", "stream-sse/ends", inside(within("/conformance/stream/sse/panic", recovers(anything, nothing)))},
		{"JSON lines with two failures", "stream-ndjson/ends", outside(within("/conformance/stream/ndjson/error", behind("{\"error\":{}}\n")))},
		{"a last event without a blank line", "stream-sse/ends", outside(within("/conformance/stream/sse/error", behind("data: more")))},
		{"an envelope behind a text", "stream-plain/cut", inside(within("/conformance/stream/plain/panic", recovers(anything, appends)))},
		{"a text that looks whole", "stream-plain/cut", outside(within("/conformance/stream/plain/error", recovers(isAbort, nothing)))},
		{"the text of a late http.Error", "late-error/no-leak", inside(within("/conformance/late-error", oneStatus))},
		{"a late failure that looks whole", "late-error/cut", outside(within("/conformance/late-error", recovers(isAbort, nothing)))},
		{"an abort that a layer recovers", "abort/cut", outside(within("/conformance/abort", recovers(isAbort, nothing)))},

		// Load.
		{"the answer to another request", "concurrent/mixing", outside(loaded(shared()))},
		{"a request ID again", "concurrent/ids", outside(loaded(edit(at("/"), func(p *reply) { p.header.Set("X-Request-Id", "again") })))},
		{"a refusal in another form", "concurrent/whole", outside(loaded(func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Error(w, "busy", http.StatusServiceUnavailable) })
		}))},
		{"a goroutine for each request", "concurrent/goroutines", outside(leaks)},

		// Problem details.
		{"no type", "not-found/envelope", inProblem(nowhere, func(p *reply) { p.replace(`"type":"https://things.test/problems/RESOURCE_NOT_FOUND",`, "") })},
		{"another type", "malformed/envelope", inProblem(malformedThing, func(p *reply) { p.replace("problems/VALIDATION", "problems/INPUT") })},
		{"a title that is no text", "panic/envelope", inProblem(at("/conformance/panic/value"), func(p *reply) { p.replace(`"title":`, `"title":7,"x":`) })},
		{"another status in the problem", "not-found/status", inProblem(nowhere, func(p *reply) { p.replace(`"status":404`, `"status":400`) })},
		{"problem details as application/json", "unknown-error/type", inProblem(at("/conformance/unknown-error"), func(p *reply) { p.header.Set("Content-Type", "application/json") })},
	}
}

// asSuccess answers failures with the code as a 200, for the chosen requests.
func asSuccess(of string, w when) site {
	return plainSite(func(p *plain) {
		p.fail = func(out http.ResponseWriter, r *http.Request, status int, code, message string) {
			if code == of && w(r, status, nil) {
				status = 200
			}
			plainFail(out, r, status, code, message)
		}
	})
}

func overHTTP2(r *http.Request, _ int, _ http.Header) bool { return r.ProtoMajor == 2 }

// stays and leaves choose requests by whether the connection is kept.
func stays(r *http.Request, _ int, _ http.Header) bool  { return !r.Close }
func leaves(r *http.Request, _ int, _ http.Header) bool { return r.Close }

// prefersProblems sends problem details to every client that accepts them.
func prefersProblems(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Accept"), "problem+json") {
			r.Header.Set("Accept", "application/problem+json")
		}
		next.ServeHTTP(w, r)
	})
}

// maxOthers is how many other checks may flag a mutant.
const maxOthers = 2

// Each mutant is flagged by the check that is about it, and by hardly any other.
// With -short, there is one for each scenario.
func TestMutants(t *testing.T) {
	t.Parallel()
	all := mutants()
	if testing.Short() {
		all = onePerScenario(all)
	}
	reports := examine(t, len(all), func(i int) (site, string) { return all[i].site, all[i].own })
	for i, m := range all {
		t.Run(m.name, func(t *testing.T) {
			flagged := failed(reports[i])
			require.Contains(t, names(flagged), m.own, "%s", text(flagged))
			require.LessOrEqual(t, len(flagged)-1, maxOthers, "%s", text(flagged))
		})
	}
}

// onePerScenario returns the first mutant of each scenario.
func onePerScenario(all []mutant) []mutant {
	seen := make(map[string]bool)
	return slices.DeleteFunc(all, func(m mutant) bool {
		scenario, _, _ := strings.Cut(m.own, "/")
		defer func() { seen[scenario] = true }()
		return seen[scenario]
	})
}

// Each scenario and each rule that is a MUST has a mutant.
func TestMutants_Complete(t *testing.T) {
	owned := make(map[string]bool)
	for _, m := range mutants() {
		scenario, rule, _ := strings.Cut(m.own, "/")
		owned[scenario], owned[rule] = true, true
	}
	report, err := conformance.Run(t.Context(), "Test", http.NotFoundHandler(), things, []conformance.Option{conformance.WithOnly("not-found")})
	require.NoError(t, err)
	for _, res := range report.Results {
		if scenario, rule, _ := strings.Cut(res.Name, "/"); res.Level == conformance.Must {
			require.True(t, owned[scenario], "no mutant is about %s", scenario)
			require.True(t, owned[rule], "no mutant is about the rule %s", rule)
		}
	}
}

// The servers that the mutants are made of have no fault. With -short, TestRun
// alone says so of one.
func TestMutants_Base(t *testing.T) {
	if testing.Short() {
		t.Skip("four servers, each with a flood")
	}
	t.Parallel()
	bases := []site{outside(nil), outsideOf(manyThings, nil), outsideOf(problemThings, nil), plainSite()}
	reports := examine(t, len(bases), func(i int) (site, string) { return bases[i], "*" })
	for i, base := range bases {
		t.Run(fmt.Sprint(base.contract.Name, " ", i), func(t *testing.T) {
			require.Empty(t, failed(reports[i]), "%s", text(failed(reports[i])))
		})
	}
}

// dear are scenarios that wait, or send very much: they run only for the mutants
// that are about them.
var dear = []string{"limited", "slow", "concurrent"}

// atOnce is how many servers are examined at once: most of the time is waiting.
const atOnce = 6

// examine runs the checks against n servers, with -short over HTTP/1.1 alone. own
// is the check that a server is about, "*" for all.
func examine(t *testing.T, n int, server func(i int) (s site, own string)) []*conformance.Report {
	t.Helper()
	reports := make([]*conformance.Report, n)
	errs := make([]error, n)
	slots := make(chan struct{}, atOnce)
	var wg sync.WaitGroup
	for i := range n {
		s, own := server(i)
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			opts := []conformance.Option{
				conformance.WithRoute("GET", "/healthz"), conformance.WithProtected("GET", "/private"),
				conformance.WithBody("POST", "/things", validThing), conformance.WithLimited("GET", "/limited"),
				conformance.WithSecret(secret),
			}
			if testing.Short() {
				opts = append(opts, conformance.WithHTTP1())
			}
			if s.layer != nil {
				opts = append(opts, conformance.WithMiddleware(s.layer))
			}
			for _, scenario := range dear {
				if own != "*" && !strings.HasPrefix(own, scenario+"/") {
					opts = append(opts, conformance.WithSkip(scenario, "the mutant is not about it"))
				}
			}
			reports[i], errs[i] = conformance.Run(t.Context(), "Test", s.handler, s.contract, opts)
		})
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
	return reports
}

// failed returns the results that have failed.
func failed(r *conformance.Report) []conformance.Result {
	return slices.DeleteFunc(slices.Clone(r.Results), func(res conformance.Result) bool { return res.State != conformance.Failed })
}

func names(results []conformance.Result) (all []string) {
	for _, res := range results {
		all = append(all, res.Name)
	}
	return all
}

// text shows the first finding of each result.
func text(results []conformance.Result) string {
	var b strings.Builder
	for _, res := range results {
		for _, f := range res.Findings[:min(1, len(res.Findings))] {
			fmt.Fprintf(&b, "%s\n  %s\n  %s\n  wrong: %s\n  want: %s\n", res.Name, f.Sent, f.Got, f.Wrong, f.Want)
		}
	}
	return b.String()
}
