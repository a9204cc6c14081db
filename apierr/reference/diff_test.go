package reference_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/apierr/internal/contracttest"
	"github.com/failwell/failwell/apierr/reference"
)

// api is a contract with its errors by name, so that the same failure is found
// again under another contract.
type api struct {
	apierr.Contract
	notFound, closedOrder, invalid, broken, busy, signIn, down, old *apierr.Error
}

// change is an edit of a contract.
type change func(a *api)

// newAPI returns a contract, changed.
func newAPI(changes ...change) *api {
	a := &api{
		notFound:    &apierr.Error{Code: "ORDER_NOT_FOUND", ID: 1001, Status: 404, Message: "No such order", Doc: "No order has this ID."},
		closedOrder: &apierr.Error{Code: "ORDER_CLOSED", ID: 1002, Status: 409, Message: "The order is closed", Doc: "Open another."},
		invalid:     &apierr.Error{Code: "INVALID", ID: 1003, Status: 400, Message: "Invalid request"},
		broken:      &apierr.Error{Code: "BROKEN", ID: 1004, Status: 500, Message: "Our fault", Details: map[string]any{"team": "orders"}},
		busy:        &apierr.Error{Code: "BUSY", ID: 1005, Status: 429, Message: "Too busy", Header: http.Header{"X-RateLimit-Reset": {"30"}}},
		signIn:      &apierr.Error{Code: "SIGN_IN", ID: 1006, Status: 401, Message: "Sign in"},
		down:        &apierr.Error{Code: "DOWN", ID: 1007, Status: 503, Message: "Down for now"},
		old:         &apierr.Error{Code: "OLD", ID: 1008, Status: 410, Message: "Too old"},
	}
	a.Contract = apierr.Contract{
		Name: "orders",
		Format: apierr.Envelope{
			Members: []apierr.Member{
				{Name: "ok", JSON: "false"},
				{Name: "error", Members: []apierr.Member{
					{Name: "code", From: apierr.FromCode}, {Name: "id", From: apierr.FromID}, {Name: "message", From: apierr.FromMessage},
					{Name: "details", From: apierr.FromDetails},
					{Name: "fields", Each: []apierr.Member{
						{Name: "field", From: apierr.FromPath}, {Name: "rule", From: apierr.FromRule}, {Name: "text", From: apierr.FromMessage},
					}},
				}},
				{Name: "trace", From: apierr.FromRequestID},
				{Name: "wait", From: apierr.FromRetryAfter},
			},
			Rules: map[string]string{"required": "missing"},
		},
		Errors:         []*apierr.Error{a.notFound, a.closedOrder, a.invalid, a.broken, a.busy, a.signIn, a.down, a.old},
		Deprecated:     map[*apierr.Error]string{a.old: "Use ORDER_CLOSED."},
		DetailsSchemas: map[*apierr.Error]string{a.closedOrder: orderSchema},
		Mappings: map[*apierr.Error]apierr.Mapping{
			apierr.BadRequest: {Error: a.invalid}, apierr.InvalidBody: {Error: a.invalid}, apierr.BodyTooLarge: {Error: a.invalid, Status: 413},
			apierr.NotFound: {Error: a.notFound}, apierr.Unauthenticated: {Error: a.signIn}, apierr.TooManyRequests: {Error: a.busy},
			apierr.Internal: {Error: a.broken}, apierr.Unavailable: {Error: a.down},
		},
		StatusMappings:        map[int]apierr.Mapping{418: {Error: a.invalid}},
		RetryAfterUnavailable: 5 * time.Second,
	}
	for _, change := range changes {
		change(a)
	}
	return a
}

const orderSchema = `{"type":"object","properties":{"state":{"enum":["paid","sent"]},"since":{"type":"string","format":"date-time"},"by":{"type":"string"}},` +
	`"required":["state"],"additionalProperties":false}`

// The edits of the table.

func in(edit func(c *apierr.Contract)) change { return func(a *api) { edit(&a.Contract) } }

func closed(a *api)        { a.Closed = true }
func asProblem(a *api)     { a.Format = apierr.Problem{} }
func alternative(a *api)   { a.Alternative = apierr.Problem{} }
func plainEnvelope(a *api) { a.Format = apierr.Envelope{} }
func translated(a *api) {
	a.Translations = map[string]map[string]string{"de": {"ORDER_NOT_FOUND": "Keine solche Bestellung"}}
}
func documented(a *api) { a.DocURL = "https://example.com/errors/" }
func linked(a *api)     { a.setMember("link", apierr.Member{From: apierr.FromDocURL}); documented(a) }
func teapot(a *api) {
	a.declare(&apierr.Error{Code: "TEAPOT", ID: 1009, Status: 409, Message: "A teapot"})
}
func unmapped(e *apierr.Error) change { return func(a *api) { delete(a.Mappings, e) } }

// covered maps every built-in error, and no bare status.
func covered(a *api) {
	a.StatusMappings = nil
	for _, e := range apierr.Standard.Errors {
		if _, ok := a.Mappings[e]; !ok {
			to := a.invalid
			if e.Status >= 500 {
				to = a.broken
			}
			a.Mappings[e] = apierr.Mapping{Error: to, Status: e.Status}
		}
	}
}

func mapped(e *apierr.Error, to func(a *api) apierr.Mapping) change {
	return func(a *api) { a.Mappings[e] = to(a) }
}

func schema(text string) change {
	return func(a *api) { a.DetailsSchemas[a.closedOrder] = text }
}

func noSchema(a *api) { delete(a.DetailsSchemas, a.closedOrder) }

func withoutIDs(a *api) {
	for _, e := range a.Errors {
		e.ID = 0
	}
}

func (a *api) declare(e *apierr.Error) { a.Errors = append(a.Errors, e) }

// remove removes a declared error and what the contract says of it.
func (a *api) remove(e *apierr.Error) {
	a.Errors = slices.DeleteFunc(a.Errors, func(d *apierr.Error) bool { return d == e })
	delete(a.Deprecated, e)
	delete(a.DetailsSchemas, e)
}

// member edits the envelope's member with the path, which may have dots.
func member(path string, edit func(m *apierr.Member)) change {
	return func(a *api) {
		f := a.Format.(apierr.Envelope)
		f.Members = editMember(f.Members, strings.Split(path, "."), edit)
		a.Format = f
	}
}

func editMember(members []apierr.Member, path []string, edit func(m *apierr.Member)) []apierr.Member {
	members = slices.Clone(members)
	for i := range members {
		m := &members[i]
		switch {
		case m.Name != path[0]:
		case len(path) == 1:
			edit(m)
		case m.Each != nil:
			m.Each = editMember(m.Each, path[1:], edit)
		default:
			m.Members = editMember(m.Members, path[1:], edit)
		}
	}
	return slices.DeleteFunc(members, func(m apierr.Member) bool { return m.Name == "" && m.From == "" })
}

func removed(m *apierr.Member)               { *m = apierr.Member{} }
func renamed(to string) func(*apierr.Member) { return func(m *apierr.Member) { m.Name = to } }

// setMember adds a member at the end of the envelope.
func (a *api) setMember(name string, m apierr.Member) {
	f := a.Format.(apierr.Envelope)
	m.Name = name
	f.Members = append(slices.Clone(f.Members), m)
	a.Format = f
}

// pair is two contracts and the verdict on each change.
type pair struct {
	name     string
	old, new []change
	want     string // kinds and codes; a breaking one begins with !
}

func changes(c ...change) []change { return c }

var pairs = []pair{
	// nothing that a client sees
	{"the same", nil, nil, ""},
	{"another name, title and version", nil, changes(in(func(c *apierr.Contract) { c.Name, c.Title, c.Version = "a", "b", "2" })), ""},
	{"defaults written out", nil, changes(in(func(c *apierr.Contract) {
		c.Challenge, c.RequestIDHeader, c.RetryAfter = "Bearer", "x-request-id", time.Second
	})), ""},
	{"the plain envelope written out", changes(plainEnvelope), changes(in(func(c *apierr.Contract) {
		c.Format = apierr.Envelope{Members: []apierr.Member{{Name: "error", Members: []apierr.Member{{Name: "code", From: apierr.FromCode}, {Name: "message", From: apierr.FromMessage}, {Name: "details", From: apierr.FromDetails}}}}}
	})), ""},
	{"a mapping of a status written out", nil, changes(in(func(c *apierr.Contract) { c.StatusMappings[404] = c.Mappings[apierr.NotFound] })), ""},
	{"errors in another order", nil, changes(in(func(c *apierr.Contract) { slices.Reverse(c.Errors) })), ""},
	{"a section", nil, changes(func(a *api) {
		e := a.old
		a.Errors = a.Errors[:len(a.Errors)-1]
		a.Sections = []apierr.Section{{Title: "Past", Errors: []*apierr.Error{e}}}
	}), "section OLD"},

	// codes
	{"a code is removed", nil, changes(func(a *api) { a.remove(a.closedOrder) }), "!code-removed ORDER_CLOSED"},
	{"a code is removed that was deprecated with a successor", nil, changes(func(a *api) { a.remove(a.old) }), "code-removed OLD"},
	{"a code is removed that was deprecated without a successor", changes(func(a *api) { a.Deprecated[a.old] = "" }), changes(func(a *api) { a.remove(a.old) }), "!code-removed OLD"},
	{"a code is renamed, the ID stays", nil, changes(func(a *api) { a.closedOrder.Code = "CLOSED" }), "!code-renamed ORDER_CLOSED"},
	{"a code is renamed, the status and the Doc stay", nil, changes(func(a *api) { a.closedOrder.Code, a.closedOrder.ID = "CLOSED", 77 }), "!code-renamed ORDER_CLOSED, !id ORDER_CLOSED"},
	{"a code is renamed that other failures are answered with", nil, changes(func(a *api) { a.invalid.Code = "BAD" }), "!code-renamed INVALID"},
	{"a deprecated code is renamed", nil, changes(func(a *api) { a.old.Code = "OLDER" }), "code-renamed OLD"},
	{"two codes are swapped", nil, changes(func(a *api) { a.notFound.Code, a.invalid.Code = a.invalid.Code, a.notFound.Code }),
		"!id INVALID, !mapping INVALID, !status INVALID, !id ORDER_NOT_FOUND, !mapping ORDER_NOT_FOUND, !status ORDER_NOT_FOUND, doc INVALID, message INVALID, doc ORDER_NOT_FOUND, message ORDER_NOT_FOUND"},
	{"a code is added to an open contract", nil, changes(teapot), "code-added TEAPOT"},
	{"a code is added to a closed contract", changes(closed), changes(closed, teapot), "!code-added TEAPOT"},
	{"a built-in error is declared", nil, changes(func(a *api) { a.declare(apierr.Gone) }), "code-added RESOURCE_GONE"},
	{"a built-in error is no longer declared, and answered still", changes(func(a *api) { a.declare(apierr.Gone) }), nil, "code-removed RESOURCE_GONE"},
	{"closed, no built-in error left out", changes(covered), changes(covered, closed), "closed, mapping"},
	{"closed, and a built-in error folds into another", changes(covered, unmapped(apierr.Gone)), changes(covered, unmapped(apierr.Gone), closed), "!mapping RESOURCE_GONE, closed, mapping"},
	{"opened", changes(covered, closed), changes(covered), "!opened, !mapping BROKEN, !mapping INVALID"},

	// what is said of a code
	{"the status of a code", nil, changes(func(a *api) { a.closedOrder.Status = 410 }), "!status ORDER_CLOSED"},
	{"a status of the same close code", nil, changes(func(a *api) { a.broken.Status = 502 }), "!status BROKEN"},
	{"the ID of a code", nil, changes(func(a *api) { a.closedOrder.ID = 77 }), "!id ORDER_CLOSED"},
	{"no ID any more", nil, changes(func(a *api) { a.closedOrder.ID = 0 }), "!id ORDER_CLOSED"},
	{"a new ID", changes(func(a *api) { a.closedOrder.ID = 0 }), nil, "!id ORDER_CLOSED"},
	{"the ID of a code that no body has", changes(plainEnvelope), changes(plainEnvelope, func(a *api) { a.closedOrder.ID = 77 }), "id ORDER_CLOSED"},
	{"a member for the ID, and the IDs", changes(member("error.id", removed), withoutIDs), nil, "!member-added, id BROKEN, id BUSY, id DOWN, id INVALID, id OLD, id ORDER_CLOSED, id ORDER_NOT_FOUND, id SIGN_IN"},
	{"IDs that no body had are removed, and their member", changes(withoutIDs), changes(withoutIDs, member("error.id", removed)), ""},
	{"the message of a code", nil, changes(func(a *api) { a.closedOrder.Message = "It is closed" }), "message ORDER_CLOSED"},
	{"the message of a code, in problem details with types", changes(asProblem, documented), changes(asProblem, documented, func(a *api) { a.closedOrder.Message = "It is closed" }), "message ORDER_CLOSED"},
	{"the Doc of a code", nil, changes(func(a *api) { a.closedOrder.Doc = "Closed." }), "doc ORDER_CLOSED"},
	{"deprecated with a successor", nil, changes(func(a *api) { a.Deprecated[a.closedOrder] = "Use OLD." }), "deprecated ORDER_CLOSED"},
	{"deprecated without a successor", nil, changes(func(a *api) { a.Deprecated[a.closedOrder] = "" }), "deprecated ORDER_CLOSED"},
	{"no longer deprecated", nil, changes(func(a *api) { a.Deprecated = nil }), "deprecated OLD"},

	// details
	{"details may be null", nil, changes(schema(strings.Replace(orderSchema, `"by":{"type":"string"}`, `"by":{"type":["string","null"]}`, 1))), "!details ORDER_CLOSED"},
	{"a required detail is optional", nil, changes(schema(strings.Replace(orderSchema, `"required":["state"],`, ``, 1))), "!details ORDER_CLOSED"},
	{"an optional detail is required", nil, changes(schema(strings.Replace(orderSchema, `["state"]`, `["state","by"]`, 1))), "details ORDER_CLOSED"},
	{"an optional detail is removed", nil, changes(schema(strings.Replace(orderSchema, `,"by":{"type":"string"}`, ``, 1))), "!details ORDER_CLOSED"},
	{"a detail is added to a closed object", nil, changes(schema(strings.Replace(orderSchema, `"by":`, `"to":{"type":"string"},"by":`, 1))), "!details ORDER_CLOSED"},
	{"a detail is added to an open object", changes(schema(`{"type":"object","properties":{"a":{"type":"string"}}}`)), changes(schema(`{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}}}`)), "details ORDER_CLOSED"},
	{"a detail that others allow", changes(schema(`{"additionalProperties":{"type":"string"}}`)), changes(schema(`{"properties":{"a":{"type":"string"}},"additionalProperties":false}`)), "details ORDER_CLOSED"},
	{"a detail that others do not allow", changes(schema(`{"additionalProperties":{"type":"string"}}`)), changes(schema(`{"properties":{"a":{"type":"integer"}},"additionalProperties":false}`)), "!details ORDER_CLOSED"},
	{"a value is added to an enumeration", nil, changes(schema(strings.Replace(orderSchema, `"paid"`, `"paid","lost"`, 1))), "!details ORDER_CLOSED"},
	{"a value is removed from an enumeration", nil, changes(schema(strings.Replace(orderSchema, `"paid",`, ``, 1))), "details ORDER_CLOSED"},
	{"a detail has another type", nil, changes(schema(strings.Replace(orderSchema, `"by":{"type":"string"}`, `"by":{"type":"integer"}`, 1))), "!details ORDER_CLOSED"},
	{"an integer for a number", changes(schema(`{"properties":{"n":{"type":"number"}}}`)), changes(schema(`{"properties":{"n":{"type":"integer"}}}`)), "details ORDER_CLOSED"},
	{"a number for an integer", changes(schema(`{"properties":{"n":{"type":"integer"}}}`)), changes(schema(`{"properties":{"n":{"type":"number"}}}`)), "!details ORDER_CLOSED"},
	{"a larger maximum", changes(schema(`{"properties":{"n":{"type":"integer","maximum":3}}}`)), changes(schema(`{"properties":{"n":{"type":"integer","maximum":4}}}`)), "!details ORDER_CLOSED"},
	{"a smaller maximum", changes(schema(`{"properties":{"n":{"type":"integer","maximum":4}}}`)), changes(schema(`{"properties":{"n":{"type":"integer","maximum":3}}}`)), "details ORDER_CLOSED"},
	{"elements of another type", changes(schema(`{"properties":{"n":{"type":"array","items":{"type":"string"}}}}`)), changes(schema(`{"properties":{"n":{"type":"array","items":{"type":"integer"}}}}`)), "!details ORDER_CLOSED"},
	{"the same behind a reference", changes(schema(`{"properties":{"n":{"$ref":"#/$defs/n"}},"$defs":{"n":{"type":"string"}}}`)), changes(schema(`{"properties":{"n":{"$ref":"#/$defs/m"}},"$defs":{"m":{"type":"string"}}}`)), "details ORDER_CLOSED"},
	{"another thing behind the same reference", changes(schema(`{"properties":{"n":{"$ref":"#/$defs/n"}},"$defs":{"n":{"type":"string"}}}`)), changes(schema(`{"properties":{"n":{"$ref":"#/$defs/n"}},"$defs":{"n":{"type":"integer"}}}`)), "!details ORDER_CLOSED"},
	{"elements behind the same reference", changes(schema(`{"properties":{"n":{"type":"array","items":{"$ref":"#/$defs/n"}}},"$defs":{"n":{"type":"string"}}}`)), changes(schema(`{"properties":{"n":{"type":"array","items":{"$ref":"#/$defs/n"}}},"$defs":{"n":{"type":"integer"}}}`)), "!details ORDER_CLOSED"},
	{"one of two forms", changes(schema(`{"properties":{"n":{"anyOf":[{"type":"string"},{"type":"integer"}]}}}`)), changes(schema(`{"properties":{"n":{"type":"integer"}}}`)), "details ORDER_CLOSED"},
	{"a third form", changes(schema(`{"properties":{"n":{"anyOf":[{"type":"string"},{"type":"integer"}]}}}`)), changes(schema(`{"properties":{"n":{"anyOf":[{"type":"string"},{"type":"integer"},{"type":"boolean"}]}}}`)), "!details ORDER_CLOSED"},
	{"only the description", nil, changes(schema(strings.Replace(orderSchema, `"enum"`, `"description":"Its state.","enum"`, 1))), ""},
	{"a schema for what could be any", changes(noSchema), nil, "details ORDER_CLOSED"},
	{"no schema any more", nil, changes(noSchema), "!details ORDER_CLOSED"},
	{"details that no body has", changes(member("error.details", removed)), changes(member("error.details", removed), noSchema), "details ORDER_CLOSED"},
	{"a constant detail is removed", nil, changes(func(a *api) { a.broken.Details = nil }), "!details BROKEN"},
	{"a constant detail is another text", nil, changes(func(a *api) { a.broken.Details["team"] = "shop" }), "!details BROKEN"},
	{"a constant detail is another number", changes(func(a *api) { a.broken.Details["team"] = 1 }), changes(func(a *api) { a.broken.Details["team"] = 2 }), "details BROKEN"},
	{"a constant detail has another type", nil, changes(func(a *api) { a.broken.Details["team"] = 1 }), "!details BROKEN"},
	{"a constant detail is added", nil, changes(func(a *api) { a.broken.Details["on_call"] = "x" }), "details BROKEN"},

	// bodies
	{"a member is renamed", nil, changes(member("error.code", renamed("type"))), "!member-renamed"},
	{"the envelope is renamed", nil, changes(member("error", renamed("fault"))), "!member-renamed"},
	{"a member is moved", nil, changes(member("trace", removed), member("error", func(m *apierr.Member) {
		m.Members = append(slices.Clone(m.Members), apierr.Member{Name: "trace", From: apierr.FromRequestID})
	})), "!member-renamed"},
	{"a member is removed", nil, changes(member("trace", removed)), "!member-removed"},
	{"the details are removed", nil, changes(member("error.details", removed)), "!member-removed"},
	{"the violations are removed", nil, changes(member("error.fields", removed)), "!member-removed, member-added, member-always"},
	{"a member of a violation is removed", nil, changes(member("error.fields.rule", removed)), "!member-removed"},
	{"a member has another type", nil, changes(member("wait", func(m *apierr.Member) { m.From, m.Text = "", "{retry_after}s" })), "!member-type"},
	{"a member is sometimes absent", nil, changes(member("trace", func(m *apierr.Member) { m.From, m.Text = "", "{request_id}{rule}" })), "!member-optional, !member-value"},
	{"a member is always there", nil, changes(func(a *api) { a.setMember("wait", apierr.Member{JSON: "1"}) }), "member-always"},
	{"a member is added", nil, changes(func(a *api) { a.setMember("status", apierr.Member{From: apierr.FromStatus}) }), "!member-added"},
	{"a constant changes", nil, changes(member("ok", func(m *apierr.Member) { m.JSON = "true" })), "!member-value"},
	{"a constant changes its type", nil, changes(member("ok", func(m *apierr.Member) { m.JSON = `"no"` })), "!member-type"},
	{"the word of a rule", nil, changes(in(func(c *apierr.Contract) {
		f := c.Format.(apierr.Envelope)
		f.Rules = nil
		c.Format = f
	})), "!member-value"},
	{"the text of a message", nil, changes(in(func(c *apierr.Contract) {
		f := c.Format.(apierr.Envelope)
		f.Violation = "{path} is wrong"
		c.Format = f
	})), "member-text"},
	{"members in another order", nil, changes(in(func(c *apierr.Contract) {
		f := c.Format.(apierr.Envelope)
		f.Members = slices.Clone(f.Members)
		slices.Reverse(f.Members)
		c.Format = f
	})), ""},
	{"the Doc of a member", nil, changes(member("trace", func(m *apierr.Member) { m.Doc = "The trace." })), ""},

	// media types
	{"problem details for an envelope", nil, changes(asProblem), "!media-type"},
	{"an alternative is added", nil, changes(alternative), "media-type"},
	{"an alternative is removed", changes(alternative), nil, "!media-type"},
	{"the two formats are swapped", changes(alternative), changes(func(a *api) { a.Format, a.Alternative = apierr.Problem{}, a.Format }), "!media-type"},
	{"the types of problem details", changes(asProblem), changes(in(func(c *apierr.Contract) { c.Format = apierr.Problem{Types: "https://example.com/"} })), "!member-value, member-text"},
	{"the types of the alternative", changes(alternative), changes(in(func(c *apierr.Contract) { c.Alternative = apierr.Problem{Types: "https://example.com/"} })), "!member-value, member-text"},

	// the documentation
	{"a DocURL that no body has", nil, changes(documented), "doc-url"},
	{"a DocURL that bodies have moves", changes(linked), changes(linked, in(func(c *apierr.Contract) { c.DocURL = "https://example.org/" })), "!doc-url"},
	{"a member for the DocURL, and the DocURL", nil, changes(linked), "!member-added, doc-url"},
	{"a member for a DocURL that there is not", nil, changes(linked, in(func(c *apierr.Contract) { c.DocURL = "" })), ""},
	{"the DocURL of a member that was never sent", changes(linked, in(func(c *apierr.Contract) { c.DocURL = "" })), changes(linked), "!doc-url"},
	{"a DocURL that bodies have is removed", changes(linked), changes(linked, in(func(c *apierr.Contract) { c.DocURL = "" })), "!doc-url"},
	{"a DocURL that is the type of problem details", changes(asProblem), changes(asProblem, documented), "!doc-url"},

	// headers
	{"the header of the request ID is renamed", nil, changes(in(func(c *apierr.Contract) { c.RequestIDHeader = "X-Trace" })), "!header"},
	{"the header of the correlation ID is removed", nil, changes(in(func(c *apierr.Contract) { c.CorrelationIDHeader = apierr.NoHeader })), "!header"},
	{"the header of the correlation ID is added", changes(in(func(c *apierr.Contract) { c.CorrelationIDHeader = apierr.NoHeader })), nil, "header"},
	{"headers are no longer exposed", nil, changes(in(func(c *apierr.Contract) { c.NoExposeHeaders = true })), "!exposed-headers"},
	{"headers are exposed", changes(in(func(c *apierr.Contract) { c.NoExposeHeaders = true })), nil, "exposed-headers"},
	{"the scheme of the challenge", nil, changes(in(func(c *apierr.Contract) { c.Challenge = "Basic" })), "!challenge"},
	{"the realm of the challenge", nil, changes(in(func(c *apierr.Contract) { c.Challenge = `Bearer realm="x"` })), "challenge"},
	{"a longer Retry-After", nil, changes(in(func(c *apierr.Contract) { c.RetryAfter, c.RetryAfterUnavailable = time.Minute, time.Minute })), "retry-after"},
	{"no Retry-After of 503", nil, changes(in(func(c *apierr.Contract) { c.RetryAfterUnavailable = 0 })), "!retry-after"},
	{"a Retry-After of 503", changes(in(func(c *apierr.Contract) { c.RetryAfterUnavailable = 0 })), nil, "retry-after"},
	{"an error's Retry-After is removed", changes(func(a *api) { a.closedOrder.RetryAfter = time.Minute }), nil, "!header ORDER_CLOSED"},
	{"an error's header is removed", nil, changes(func(a *api) { a.busy.Header = nil }), "!header BUSY"},
	{"an error's header is added", nil, changes(func(a *api) { a.closedOrder.Header = http.Header{"X-Hint": {"x"}} }), "header ORDER_CLOSED"},
	{"a reset in other seconds", nil, changes(func(a *api) { a.busy.Header = http.Header{"X-Ratelimit-Reset": {"60"}} }), "header BUSY"},
	{"a reset as a Unix time", nil, changes(func(a *api) { a.busy.Header = http.Header{"X-RateLimit-Reset": {"1790000000"}} }), "!header BUSY"},
	{"a reset in milliseconds", changes(func(a *api) { a.busy.Header = http.Header{"X-RateLimit-Reset": {"1790000000"}} }), changes(func(a *api) { a.busy.Header = http.Header{"X-RateLimit-Reset": {"1790000000000"}} }), "!header BUSY"},
	{"a Retry-After as a date", changes(func(a *api) { a.busy.RetryAfter = time.Minute }), changes(func(a *api) { a.busy.Header.Set("Retry-After", "Fri, 31 Dec 2027 23:59:59 GMT") }), "!header BUSY"},

	// mappings
	{"a built-in error is mapped", nil, changes(mapped(apierr.Conflict, func(a *api) apierr.Mapping { return apierr.Mapping{Error: a.closedOrder} })), "!mapping RESOURCE_CONFLICT"},
	{"a built-in error is mapped to another", nil, changes(mapped(apierr.NotFound, func(a *api) apierr.Mapping { return apierr.Mapping{Error: a.old} })), "!mapping ORDER_NOT_FOUND"},
	{"a built-in error is no longer mapped", nil, changes(unmapped(apierr.NotFound)), "!mapping ORDER_NOT_FOUND"},
	{"a mapping has another status", nil, changes(mapped(apierr.BodyTooLarge, func(a *api) apierr.Mapping { return apierr.Mapping{Error: a.invalid} })), "!mapping INVALID"},
	{"a required field has another code", nil, changes(mapped(apierr.InvalidBody, func(a *api) apierr.Mapping { return apierr.Mapping{Error: a.invalid, Required: a.notFound} })), "!mapping INVALID"},
	{"a mapping has further details", nil, changes(mapped(apierr.BodyTooLarge, func(a *api) apierr.Mapping {
		return apierr.Mapping{Error: a.invalid, Status: 413, Details: map[string]any{"limit": 1}}
	})), "details INVALID"},
	{"a declared error is mapped", nil, changes(func(a *api) { a.Mappings[a.closedOrder] = apierr.Mapping{Error: a.old} }), "!mapping ORDER_CLOSED"},
	{"a status is mapped", nil, changes(in(func(c *apierr.Contract) { c.StatusMappings[425] = apierr.Mapping{Error: c.Errors[2]} })), "mapping"},
	{"a status is no longer mapped", nil, changes(in(func(c *apierr.Contract) { c.StatusMappings = nil })), "!mapping INVALID"},

	// languages
	{"a language is added", nil, changes(translated), "language"},
	{"a language is removed", changes(translated), nil, "language"},
	{"a translation changes", changes(translated), changes(translated, in(func(c *apierr.Contract) { c.Translations["de"]["ORDER_NOT_FOUND"] = "Fehlt" })), "message"},
	{"the language of the messages", changes(translated), changes(translated, in(func(c *apierr.Contract) { c.Language = "fr" })), "language"},
}

func TestDiff(t *testing.T) {
	for _, p := range pairs {
		t.Run(p.name, func(t *testing.T) {
			got := reference.Diff(newAPI(p.old...).Contract, newAPI(p.new...).Contract)
			require.Equal(t, p.want, verdicts(got), "%v", lines(got))
		})
	}
}

// verdicts are the changes as the table has them.
func verdicts(all []reference.Change) string {
	var got []string
	for _, c := range all {
		s := strings.TrimSpace(c.Kind + " " + c.Code)
		if c.Breaking {
			s = "!" + s
		}
		if !slices.Contains(got, s) {
			got = append(got, s)
		}
	}
	return strings.Join(got, ", ")
}

func lines(all []reference.Change) string {
	var s strings.Builder
	for _, c := range all {
		s.WriteString("\n" + c.String())
	}
	return s.String()
}

// A contract does not differ from itself, nor from its document.
func TestDiff_Same(t *testing.T) {
	for _, c := range []apierr.Contract{
		{}, apierr.Standard, chatbase.Contract, chatbase.Closed, polyai.Contract, polyai.Closed, avatarium.Contract, avatarium.Closed,
		newAPI().Contract, newAPI(closed).Contract, newAPI(asProblem).Contract, newAPI(alternative, linked, translated).Contract,
	} {
		require.Empty(t, reference.Diff(c, c), c.Name)
		doc, err := c.MarshalJSON()
		require.NoError(t, err)
		read, err := apierr.ParseContract(doc)
		require.NoError(t, err)
		require.Empty(t, reference.Diff(c, read), c.Name)
		require.Empty(t, reference.Diff(read, c), c.Name)
	}
}

// Each change says in one sentence what it is and whom it concerns.
func TestDiff_Sentences(t *testing.T) {
	var text strings.Builder
	write := func(name string, all []reference.Change) {
		for _, c := range all {
			require.Regexp(t, `^[A-Z].*: (clients|people|readers) .*[^.]\.$`, c.Why)
		}
		fmt.Fprintf(&text, "# %s%s\n\n", name, lines(all))
	}
	for _, p := range pairs {
		write(p.name, reference.Diff(newAPI(p.old...).Contract, newAPI(p.new...).Contract))
	}
	write("chatbase, closed", reference.Diff(chatbase.Contract, chatbase.Closed))
	write("chatbase, opened", reference.Diff(chatbase.Closed, chatbase.Contract))
	write("polyai, closed", reference.Diff(polyai.Contract, polyai.Closed))
	write("avatarium, closed", reference.Diff(avatarium.Contract, avatarium.Closed))
	contracttest.Golden(t, "diff", text.String())
}
