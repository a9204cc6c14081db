package conformance

import "slices"

// Level says how binding a check is.
type Level string

// The levels of checks.
const (
	// Must is a requirement of an RFC or of the contract.
	Must Level = "MUST"

	// Advice is good practice. It fails nothing unless [WithStrict] is given.
	Advice Level = "advice"
)

// rule is one requirement on the responses of a scenario. The check that
// applies it is named scenario/rule.
type rule struct {
	name   string
	level  Level
	source string // the section of a standard, or the member of the contract's document
	asks   string
}

// scenario is one situation that is provoked.
type scenario struct {
	name   string
	does   string   // what is sent, or what the handler does
	needs  string   // the option without which it is not exercised; empty: none
	common []string // the names of commonRules that apply, in order
	rules  []rule   // its own
	run    func(*probe)
}

// commonRules apply to failures wherever they occur.
var commonRules = []rule{
	{"envelope", Must, "contract: format; RFC 8259 section 8.1; RFC 9457 section 3",
		"the body is one value in the contract's form and nothing more: UTF-8, exact members of the right types, no member null or empty instead of absent, a message"},
	{"type", Must, "contract: format.content_type", "the Content-Type is that of the form"},
	{"code", Must, "contract: errors, mappings", "the code is declared, has its ID, and is the one for this failure"},
	{"status", Must, "contract: errors[].status, mappings[].status", "the status is that of the code, and of the class that fits the failure"},
	{"ids", Must, "contract: headers", "each ID header is there once, equals the ID in the body, and is new for each request"},
	{"length", Must, "RFC 9110 section 8.6", "the Content-Length is that of the body, and the body arrives whole"},
	{"headers", Must, "RFC 9110 sections 15.5.2, 15.5.6; contract: retry_after",
		"the status has the fields that it requires: WWW-Authenticate, Allow, Retry-After of a second or more"},
	{"no-leak", Must, "RFC 9457 section 5; CWE-209", "no secret, cause, panic value, stack or source position is in the response"},
	{"cache", Advice, "RFC 9111 section 4.2.2", "the response forbids storing, so that no cache repeats the failure"},
}

// allCommon are the names of commonRules.
var allCommon = []string{"envelope", "type", "code", "status", "ids", "length", "headers", "no-leak", "cache"}

// without returns allCommon but for the names.
func without(names ...string) []string {
	return slices.DeleteFunc(slices.Clone(allCommon), func(name string) bool { return slices.Contains(names, name) })
}

// all returns the rules of the scenario: the common ones, then its own.
func (s scenario) all() []rule {
	var all []rule
	for _, r := range commonRules {
		if slices.Contains(s.common, r.name) {
			all = append(all, r)
		}
	}
	return append(all, s.rules...)
}

func (s scenario) ruleNames() (names []string) {
	for _, r := range s.all() {
		names = append(names, r.name)
	}
	return names
}

// The rules that several scenarios have.
var (
	arrives = rule{"arrives", Must, "RFC 9112 section 9.6", "the answer arrives, and no reset of the connection follows at once, by which clients lose it"}
	ends    = rule{"ends", Must, "RFC 9110 section 6.1", "the stream ends with one failure in the contract's form, or incomplete, and never as if it were whole"}
	cut     = rule{"cut", Must, "RFC 9110 section 6.1", "the response is incomplete for the client, and nothing is appended to it"}
	noLeak  = rule{"no-leak", Must, "RFC 9457 section 5; CWE-209", "no secret, cause, panic value, stack or source position is in the response"}
	ids     = rule{"ids", Must, "contract: headers", "each ID header is there once and is new for each request"}
)

// scenarios are all situations, in the order of a report.
var scenarios = []scenario{
	{name: "success", does: "GETs a route that exists", needs: "WithRoute", run: success, rules: []rule{
		{"status", Must, "WithRoute", "the route answers 2xx, and not with the body of a failure"},
		ids,
		noLeak,
	}},
	{name: "not-found", does: "GETs a path that does not exist", common: allCommon, run: notFound},
	{name: "wrong-method", does: "sends methods that the route does not have", needs: "WithRoute", common: without("headers"), run: wrongMethod, rules: []rule{
		{"allow", Must, "RFC 9110 sections 10.2.1, 15.5.6", "a 405 has Allow, which lists the methods that work and not the one that was refused"},
	}},
	{name: "head", does: "sends HEAD where GET fails", run: head, rules: []rule{
		{"no-body", Must, "RFC 9110 section 9.3.2", "the response has no body"},
		{"like-get", Must, "RFC 9110 section 9.3.2", "the status is that of GET, and so is a Content-Type"},
		{"length", Must, "RFC 9110 section 8.6", "a Content-Length is that of the body of GET"},
		ids,
	}},
	{name: "malformed", does: "sends JSON that is broken", needs: "WithBody", common: allCommon, run: malformed},
	{name: "empty", does: "sends no body", needs: "WithBody", common: allCommon, run: empty},
	{name: "deep", does: "sends JSON that is 100,000 levels deep", needs: "WithBody", common: allCommon, run: deep},
	{name: "wrong-types", does: "sends members of other types, and other values in place of the object", needs: "WithBody", common: allCommon, run: wrongTypes},
	{name: "too-large", does: "sends a body over the limit, with a Content-Length", needs: "WithBody", common: allCommon, run: tooLarge, rules: []rule{arrives}},
	{name: "too-large-chunked", does: "sends a body over the limit, without a length", needs: "WithBody", common: allCommon, run: tooLargeChunked, rules: []rule{arrives}},
	{name: "expect", does: "announces a body over the limit, with Expect: 100-continue", needs: "WithBody", common: allCommon, run: expect, rules: []rule{
		arrives,
		{"no-continue", Advice, "RFC 9110 section 10.1.1", "the final status is sent before the body is asked for"},
	}},
	{name: "connection-close", does: "sends a body over the limit, with Connection: close, on HTTP/1.1", needs: "WithBody", common: allCommon, run: connectionClose, rules: []rule{arrives}},
	{name: "unsupported-media", does: "sends the body as text/x-conformance", needs: "WithBody", common: allCommon, run: unsupportedMedia, rules: []rule{
		{"accept", Advice, "RFC 9110 section 15.5.16", "Accept names the types that would have been accepted"},
	}},
	{name: "unauthenticated", does: "sends no credentials", needs: "WithProtected", common: without("headers"), run: unauthenticated, rules: []rule{
		{"challenge", Must, "RFC 9110 sections 11.6.1, 15.5.2; contract: challenge", "a 401 has a WWW-Authenticate with a valid challenge"},
	}},
	{name: "limited", does: "sends requests until they are refused", needs: "WithLimited", common: without("headers"), run: limited, rules: []rule{
		{"retry-after", Must, "contract: retry_after; RFC 9110 section 10.2.3", "a 429 has one Retry-After: a date in the future, or whole seconds, at least 1"},
		{"retry-after-true", Must, "RFC 9110 section 10.2.3", "a client that waits as long as Retry-After says is admitted"},
		{"rate-limit", Must, "draft-ietf-httpapi-ratelimit-headers-10; RFC 9651 section 4.2", "RateLimit and RateLimit-Policy can be parsed, where they are sent"},
	}},
	{name: "hostile-ids", does: "sends ID headers that no ID can be", run: hostileIDs, rules: []rule{
		{"request-id", Must, "contract: headers.request_id", "the request ID of the client is not sent back"},
		{"correlation-id", Must, "contract: headers.correlation_id", "the correlation ID of the client is replaced"},
		ids,
	}},
	{name: "correlation", does: "sends a correlation ID as UUIDs and traces have it", run: correlation, rules: []rule{
		{"accepted", Must, "contract: headers.correlation_id", "the response has the ID that was sent"},
		{"body", Must, "contract: headers.correlation_id, format", "a body that shows the correlation ID has the same"},
	}},
	{name: "cors", does: "sends an Origin where GET fails", run: cors, rules: []rule{
		{"exposed", Must, "contract: headers.exposed", "Access-Control-Expose-Headers lists the ID and Retry-After headers that the response has"},
	}},
	{name: "negotiation", does: "sends Accept where GET fails", common: without("headers", "cache"), run: negotiation, rules: []rule{
		{"alternative", Must, "contract: alternative; RFC 9110 section 12.5.1", "the alternative form is sent to clients that prefer it, and to no others"},
		{"vary", Must, "contract: alternative; RFC 9110 section 12.5.5", "Vary lists Accept if there is an alternative"},
	}},
	{name: "language", does: "raises a translated error with Accept-Language", needs: "WithMiddleware", common: without("headers", "cache"), run: inLanguage, rules: []rule{
		{"message", Must, "contract: translations", "the message is the translation"},
		{"fields", Must, "contract: translations; RFC 9110 sections 8.5, 12.5.5", "Content-Language names the language, and Vary lists Accept-Language"},
	}},

	// These are the kit's own routes, inside the layer of WithMiddleware.
	{name: "declared", does: "raises each declared error", needs: "WithMiddleware", common: allCommon, run: declared},
	{name: "panic", does: "panics with texts, errors, values and in the runtime", needs: "WithMiddleware", common: allCommon, run: panics},
	{name: "abort", does: "panics with http.ErrAbortHandler", needs: "WithMiddleware", run: abort, rules: []rule{cut}},
	{name: "unknown-error", does: "returns an error that no contract has", needs: "WithMiddleware", common: allCommon, run: unknownError},
	{name: "http-error", does: "calls http.Error with a 500 and a secret", needs: "WithMiddleware", common: allCommon, run: httpError},
	{name: "bare-status", does: "writes a status of 400 or more without a body", needs: "WithMiddleware", common: allCommon, run: bareStatus},
	{name: "slow", does: "waits for the end of its context", needs: "WithMiddleware", common: allCommon, run: slow},
	{name: "stale", does: "sets fields of a success, then fails", needs: "WithMiddleware", common: without("headers", "cache"), run: stale, rules: []rule{
		{"encoding", Must, "RFC 9110 section 8.4", "no Content-Encoding describes a body that is not sent"},
		{"validators", Must, "RFC 9110 section 8.8", "ETag and Last-Modified of the success are gone"},
		{"caching", Must, "RFC 9111 section 3; RFC 9213 section 2", "no Cache-Control, Expires or CDN field lets caches keep the failure"},
		{"content", Must, "RFC 9110 sections 8.5, 8.7, 14.4; RFC 6266; RFC 9530", "no other field describes the content of the success"},
	}},
	{name: "kept", does: "sets fields of layers, then fails", needs: "WithMiddleware", common: without("headers", "cache"), run: kept, rules: []rule{
		{"vary", Must, "RFC 9110 section 12.5.5", "Vary has what was there"},
		{"cors", Must, "contract: headers.exposed; Fetch section 3.3", "the Access-Control fields are as they were"},
		{"others", Advice, "RFC 9110 section 5.1", "fields that say nothing about the body stay"},
	}},
	{name: "stream-sse", does: "fails after two server-sent events", needs: "WithMiddleware", run: streamSSE, rules: []rule{ends, noLeak, ids}},
	{name: "stream-ndjson", does: "fails after two JSON lines", needs: "WithMiddleware", run: streamNDJSON, rules: []rule{ends, noLeak, ids}},
	{name: "stream-plain", does: "fails after the first bytes of a text", needs: "WithMiddleware", run: streamPlain, rules: []rule{cut, noLeak, ids}},
	{name: "late-error", does: "calls http.Error after the first bytes of a text", needs: "WithMiddleware", run: lateError, rules: []rule{cut, noLeak, ids}},

	{name: "concurrent", does: "provokes 1,000 failures at once", run: concurrent, rules: []rule{
		{"whole", Must, "contract: format", "each is answered in the contract's form"},
		{"mixing", Must, "contract: errors", "each request receives its own answer"},
		{"ids", Must, "contract: headers", "no two responses have the same request ID, and none has that of another"},
		{"goroutines", Must, "this kit", "no goroutine is left when the server has stopped; where the handler runs in this process"},
	}},
}
