package apierr_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/internal/contracttest"
)

// shape is the error body of a published API, as its documentation shows it.
type shape struct {
	name   string
	source string // where the body is documented
	c      apierr.Contract
	bodies []exact
}

// exact is an error and its body, to the byte.
type exact struct {
	e    *apierr.Error
	want string
}

// fixed returns a member of the envelope that is the same in every body.
func fixed(name, json string) apierr.Member { return apierr.Member{Name: name, JSON: json} }

// detail returns a member that is one of the details.
func detail(name string) apierr.Member { return apierr.Member{Name: name, Detail: name} }

func envelope(members ...apierr.Member) apierr.Contract {
	return apierr.Contract{Format: apierr.Envelope{Members: members}}
}

// field returns a violation of the body.
func field(path, rule, message string) apierr.Violation {
	return apierr.Violation{Path: path, Rule: rule, Message: message}
}

var slack = shape{
	name: "Slack", source: "https://docs.slack.dev/apis/web-api",
	c: envelope(
		fixed("ok", "false"),
		apierr.Member{Name: "error", From: apierr.FromCode},
		apierr.Member{From: apierr.FromDetails},
		apierr.Member{Name: "response_metadata", Members: []apierr.Member{
			{Name: "messages", Each: []apierr.Member{{Text: "[ERROR] {message}: {path}"}}},
		}},
	),
	bodies: []exact{
		{&apierr.Error{Code: "channel_not_found", Status: 200}, `{"ok":false,"error":"channel_not_found"}`},
		{(&apierr.Error{Code: "missing_scope", Status: 200}).With("needed", "chat:write").With("provided", "channels:read"),
			`{"ok":false,"error":"missing_scope","needed":"chat:write","provided":"channels:read"}`},
		{(&apierr.Error{Code: "invalid_arguments", Status: 200}).WithViolations(field("channel", "required", "missing required field")),
			`{"ok":false,"error":"invalid_arguments","response_metadata":{"messages":["[ERROR] missing required field: channel"]}}`},
	},
}

var github = shape{
	name: "GitHub", source: "https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api",
	c: apierr.Contract{Format: apierr.Envelope{
		Members: []apierr.Member{
			{Name: "message", From: apierr.FromMessage},
			{Name: "errors", Each: []apierr.Member{
				detail("resource"),
				{Name: "field", From: apierr.FromPath},
				{Name: "code", From: apierr.FromRule},
			}},
			detail("documentation_url"),
			fixed("documentation_url", `"https://docs.github.com/rest"`),
			{Name: "status", Text: "{status}"},
		},
		Rules: map[string]string{"required": "missing_field"},
	}},
	bodies: []exact{
		{&apierr.Error{Code: "not_found", Status: 404, Message: "Not Found"},
			`{"message":"Not Found","documentation_url":"https://docs.github.com/rest","status":"404"}`},
		{(&apierr.Error{Code: "validation_failed", Status: 422, Message: "Validation Failed"}).
			With("documentation_url", "https://docs.github.com/rest/issues/issues#create-an-issue").With("resource", "Issue").
			WithViolations(field("title", "required", "Required"), field("labels[0]", "invalid", "Invalid")),
			`{"message":"Validation Failed","errors":[{"resource":"Issue","field":"title","code":"missing_field"},` +
				`{"resource":"Issue","field":"labels[0]","code":"invalid"}],` +
				`"documentation_url":"https://docs.github.com/rest/issues/issues#create-an-issue","status":"422"}`},
	},
}

var google = func() shape {
	of := func(name string) apierr.Member { return fixed("@type", `"type.googleapis.com/google.rpc.`+name+`"`) }
	invalid := &apierr.Error{Code: "INVALID_FIELDS", Status: 400, Message: "The request is invalid.", Details: map[string]any{"status": "INVALID_ARGUMENT"}}
	exhausted := &apierr.Error{Code: "RESOURCE_AVAILABILITY", Status: 429, RetryAfter: 30 * time.Second,
		Message: "The zone 'us-east1-a' does not have enough resources available.", Details: map[string]any{"status": "RESOURCE_EXHAUSTED"}}
	c := envelope(apierr.Member{Name: "error", Members: []apierr.Member{
		{Name: "code", From: apierr.FromStatus},
		{Name: "message", From: apierr.FromMessage},
		detail("status"),
		{Name: "details", Array: []apierr.Member{
			{Members: []apierr.Member{
				of("ErrorInfo"),
				{Name: "reason", From: apierr.FromCode},
				fixed("domain", `"compute.googleapis.com"`),
				{Name: "metadata", From: apierr.FromDetails},
			}},
			{Members: []apierr.Member{of("BadRequest"), {Name: "fieldViolations", Each: []apierr.Member{
				{Name: "field", From: apierr.FromPath},
				{Name: "description", From: apierr.FromMessage},
				{Name: "reason", From: apierr.FromRule},
			}}}},
			{Members: []apierr.Member{of("RetryInfo"), {Name: "retryDelay", Text: "{retry_after}s"}}},
			{Members: []apierr.Member{of("Help"), {Name: "links", Array: []apierr.Member{{Members: []apierr.Member{
				fixed("description", `"Additional information on this error"`),
				{Name: "url", From: apierr.FromDocURL},
			}}}}}},
		}},
	}})
	c.Errors = errs{invalid, exhausted}
	c.Mappings = mappings{apierr.InvalidBody: {Error: invalid}}
	c.DocURL = "https://cloud.google.com/compute/docs/resource-error#"
	const (
		info = `{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"`
		help = `{"@type":"type.googleapis.com/google.rpc.Help","links":[{"description":"Additional information on this error","url":"https://cloud.google.com/compute/docs/resource-error#`
	)
	return shape{
		name: "Google AIP-193", source: "https://google.aip.dev/193", c: c,
		bodies: []exact{
			{exhausted.With("zone", "us-east1-a").With("vmType", "e2-medium"),
				`{"error":{"code":429,"message":"The zone 'us-east1-a' does not have enough resources available.","status":"RESOURCE_EXHAUSTED","details":[` +
					info + `RESOURCE_AVAILABILITY","domain":"compute.googleapis.com","metadata":{"vmType":"e2-medium","zone":"us-east1-a"}},` +
					`{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"30s"},` + help + `RESOURCE_AVAILABILITY"}]}]}}`},
			{apierr.InvalidBody.WithViolations(field("emailAddresses[1].email", "INVALID_EMAIL", "Not an address")), // mapped: the status is kept
				`{"error":{"code":400,"message":"The request is invalid.","status":"INVALID_ARGUMENT","details":[` +
					info + `INVALID_FIELDS","domain":"compute.googleapis.com"},` +
					`{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"emailAddresses[1].email","description":"Not an address","reason":"INVALID_EMAIL"}]},` +
					help + `INVALID_FIELDS"}]}]}}`},
		},
	}
}()

var oauth = func() shape {
	c := envelope(
		apierr.Member{Name: "error", From: apierr.FromCode},
		apierr.Member{Name: "error_description", From: apierr.FromMessage},
		apierr.Member{Name: "error_uri", From: apierr.FromDocURL},
	)
	c.DocURL = "https://as.example.com/errors/{code}.html"
	return shape{
		name: "OAuth 2.0", source: "RFC 6749 section 5.2", c: c,
		bodies: []exact{
			{&apierr.Error{Code: "invalid_grant", Status: 400, Message: "The code has expired"},
				`{"error":"invalid_grant","error_description":"The code has expired","error_uri":"https://as.example.com/errors/invalid_grant.html"}`},
		},
	}
}()

var kubernetes = shape{
	name: "Kubernetes Status", source: "https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/",
	c: envelope(
		fixed("kind", `"Status"`),
		fixed("apiVersion", `"v1"`),
		fixed("metadata", `{}`),
		fixed("status", `"Failure"`),
		apierr.Member{Name: "message", From: apierr.FromMessage},
		apierr.Member{Name: "reason", From: apierr.FromCode},
		apierr.Member{Name: "details", Members: []apierr.Member{
			detail("name"), detail("group"), detail("kind"),
			{Name: "causes", Each: []apierr.Member{
				{Name: "reason", From: apierr.FromRule},
				{Name: "message", From: apierr.FromMessage},
				{Name: "field", From: apierr.FromPath},
			}},
			{Name: "retryAfterSeconds", From: apierr.FromRetryAfter},
		}},
		apierr.Member{Name: "code", From: apierr.FromStatus},
	),
	bodies: []exact{
		{(&apierr.Error{Code: "NotFound", Status: 404, Message: `pods "nginx" not found`}).With("name", "nginx").With("kind", "pods"),
			`{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"pods \"nginx\" not found","reason":"NotFound","details":{"name":"nginx","kind":"pods"},"code":404}`},
		{(&apierr.Error{Code: "Invalid", Status: 422, Message: `Service "web" is invalid`}).With("name", "web").With("kind", "Service").
			WithViolations(field("spec.ports[0].port", "FieldValueInvalid", "must be between 1 and 65535, inclusive")),
			`{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Service \"web\" is invalid","reason":"Invalid",` +
				`"details":{"name":"web","kind":"Service","causes":[{"reason":"FieldValueInvalid","message":"must be between 1 and 65535, inclusive","field":"spec.ports[0].port"}]},"code":422}`},
		{&apierr.Error{Code: "TooManyRequests", Status: 429, Message: "Too many requests, please try again later."}, // the contract's default wait
			`{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Too many requests, please try again later.","reason":"TooManyRequests","details":{"retryAfterSeconds":1},"code":429}`},
		{&apierr.Error{Code: "Unauthorized", Status: 401, Message: "Unauthorized"},
			`{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}`},
	},
}

var shopify = shape{
	name: "Shopify", source: "https://shopify.dev/docs/api/usage/response-codes",
	c: envelope(
		apierr.Member{Name: "errors", From: apierr.FromMessages},
		apierr.Member{Name: "errors", From: apierr.FromMessage},
	),
	bodies: []exact{
		{&apierr.Error{Code: "not_found", Status: 404, Message: "Not Found"}, `{"errors":"Not Found"}`},
		{(&apierr.Error{Code: "invalid", Status: 422}).WithViolations(
			field("title", "required", "can't be blank"), field("handle", "min", "is too short"), field("title", "min", "is too short")),
			`{"errors":{"title":["can't be blank","is too short"],"handle":["is too short"]}}`},
	},
}

var laravel = shape{
	name: "Laravel", source: "https://laravel.com/docs/validation#validation-error-response-format",
	c: apierr.Contract{Format: apierr.Envelope{
		Members: []apierr.Member{
			{Name: "message", From: apierr.FromMessage},
			{Name: "errors", From: apierr.FromMessages},
		},
		Violation: "{message}{more}",
		OneMore:   " (and 1 more error)", More: " (and {n} more errors)", UncountedMore: " (and more errors)",
	}},
	bodies: []exact{
		{&apierr.Error{Code: "not_found", Status: 404, Message: "Not Found"}, `{"message":"Not Found"}`},
		{apierr.InvalidBody.WithViolations(field("email", "required", "The email field is required.")),
			`{"message":"The email field is required.","errors":{"email":["The email field is required."]}}`},
		{apierr.InvalidBody.WithViolations(
			field("team_name", "string", "The team name must be a string."), field("team_name", "min", "The team name must be at least 1 characters.")),
			`{"message":"The team name must be a string. (and 1 more error)","errors":{"team_name":["The team name must be a string.","The team name must be at least 1 characters."]}}`},
		{apierr.InvalidBody.WithViolations(
			field("team_name", "string", "The team name must be a string."), field("team_name", "min", "The team name must be at least 1 characters."),
			field("authorization.role", "in", "The selected authorization.role is invalid."), field("users.0.email", "required", "The users.0.email field is required."),
			field("users.2.email", "email", "The users.2.email must be a valid email address.")),
			`{"message":"The team name must be a string. (and 4 more errors)","errors":{` +
				`"team_name":["The team name must be a string.","The team name must be at least 1 characters."],` +
				`"authorization.role":["The selected authorization.role is invalid."],` +
				`"users.0.email":["The users.0.email field is required."],` +
				`"users.2.email":["The users.2.email must be a valid email address."]}}`},
	},
}

var fastAPI = shape{
	name: "FastAPI", source: "https://fastapi.tiangolo.com/tutorial/handling-errors/",
	c: apierr.Contract{Format: apierr.Envelope{
		Members: []apierr.Member{
			{Name: "detail", Each: []apierr.Member{
				{Name: "type", From: apierr.FromRule},
				{Name: "loc", From: apierr.FromLocation},
				{Name: "msg", From: apierr.FromMessage},
			}},
			{Name: "detail", From: apierr.FromMessage},
		},
		Rules: map[string]string{"required": "missing"},
	}},
	bodies: []exact{
		{&apierr.Error{Code: "not_found", Status: 404, Message: "Item not found"}, `{"detail":"Item not found"}`},
		{apierr.InvalidBody.WithViolations(
			field("items[0].name", "required", "Field required"),
			apierr.Violation{In: "query", Path: "limit", Rule: "int_parsing", Message: "Input should be a valid integer, unable to parse string as an integer"}),
			`{"detail":[{"type":"missing","loc":["body","items",0,"name"],"msg":"Field required"},` +
				`{"type":"int_parsing","loc":["query","limit"],"msg":"Input should be a valid integer, unable to parse string as an integer"}]}`},
	},
}

var telegram = shape{
	name: "Telegram", source: "https://core.telegram.org/bots/api#making-requests",
	c: envelope(
		fixed("ok", "false"),
		apierr.Member{Name: "error_code", From: apierr.FromStatus},
		apierr.Member{Name: "description", Text: "{message}: retry after {retry_after}"},
		apierr.Member{Name: "description", From: apierr.FromMessage},
		apierr.Member{Name: "parameters", Members: []apierr.Member{
			detail("migrate_to_chat_id"),
			{Name: "retry_after", From: apierr.FromRetryAfter},
		}},
	),
	bodies: []exact{
		{&apierr.Error{Code: "CHAT_NOT_FOUND", Status: 400, Message: "Bad Request: chat not found"},
			`{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}`},
		{(&apierr.Error{Code: "FLOOD", Status: 429, Message: "Too Many Requests"}).WithRetryAfter(4500 * time.Millisecond),
			`{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 5","parameters":{"retry_after":5}}`},
		{(&apierr.Error{Code: "MIGRATED", Status: 400, Message: "Bad Request: group chat was upgraded to a supergroup chat"}).With("migrate_to_chat_id", int64(-1001234567890)),
			`{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1001234567890}}`},
	},
}

var twilio = func() shape {
	c := envelope(
		apierr.Member{Name: "code", From: apierr.FromID},
		apierr.Member{Name: "message", From: apierr.FromMessage},
		apierr.Member{Name: "more_info", From: apierr.FromDocURL},
		apierr.Member{Name: "status", From: apierr.FromStatus},
	)
	c.DocURL = "https://www.twilio.com/docs/errors/{id}"
	return shape{
		name: "Twilio", source: "https://www.twilio.com/docs/usage/twilios-response", c: c,
		bodies: []exact{
			{&apierr.Error{Code: "NOT_FOUND", ID: 20404, Status: 404, Message: "The requested resource /2010-04-01/Accounts/AC1/Calls/CA1.json was not found"},
				`{"code":20404,"message":"The requested resource /2010-04-01/Accounts/AC1/Calls/CA1.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}`},
		},
	}
}()

// Published error bodies are made by an Envelope, to the byte. What the tests
// leave out of a published body is what no error carries: FastAPI's input is the
// rejected value.
func TestPublishedShapes(t *testing.T) {
	for _, s := range []shape{slack, github, google, oauth, kubernetes, shopify, laravel, fastAPI, telegram, twilio, stripe, jsonAPI, cloudflare} {
		x := contracttest.NewExchange(t, s.c)
		for _, b := range s.bodies {
			require.Equal(t, b.want, x.Answer(nil, b.e).Body.String(), "%s, see %s", s.name, s.source)
			decode(t, b.want)
		}
		for _, f := range x.Failures {
			require.NoError(t, f.Secondary, s.name)
		}
	}
}
