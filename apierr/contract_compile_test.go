package apierr_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/apierr/internal/contracttest"
)

// contract has one mapping of each kind.
func contract(change ...func(*apierr.Contract)) apierr.Contract {
	c := apierr.Contract{
		Name:   "test",
		Errors: errs{missing, invalid, broken, absent, busy},
		Mappings: mappings{
			apierr.NotFound:         {Error: missing},
			apierr.MethodNotAllowed: {Error: missing, Status: 405},
			apierr.InvalidBody:      {Error: invalid, Required: absent, Details: map[string]any{"$": "Invalid"}},
			apierr.BadRequest:       {Error: invalid},
			apierr.Internal:         {Error: broken},
			apierr.Unavailable:      {Status: 502},
			broken:                  {Error: broken, Details: map[string]any{"call": "us"}},
		},
		StatusMappings: statuses{409: {Error: busy}, 418: {Error: busy, Status: 422}},
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

var (
	absent = &apierr.Error{Code: "ABSENT", Status: 400, Message: "Something is absent"}
	busy   = &apierr.Error{
		Code: "BUSY", Status: 503, Message: "It is busy", RetryAfter: 3 * time.Second,
		Details: map[string]any{"queue": 9}, Header: http.Header{"X-Queue": {"9"}},
	}
)

func closed(c *apierr.Contract) {
	c.Closed = true
	delete(c.Mappings, apierr.Unavailable)
}

func TestMappings(t *testing.T) {
	required := apierr.Violation{Path: "name", Rule: "required", Message: "Required"}
	short := apierr.Violation{Path: "name", Rule: "min", Message: "Too short"}
	// An error with the code of a built-in error is not that error.
	namesake := &apierr.Error{Code: "RESOURCE_NOT_FOUND", Status: 410, Message: "Gone for good"}
	for _, test := range []struct {
		name   string
		raise  *apierr.Error
		status int
		body   string
	}{
		{"error", apierr.NotFound, 404, `"code":"MISSING","message":"It is not there"`},
		{"a copy", apierr.NotFound.With("id", 1), 404, `"code":"MISSING","message":"It is not there","details":{"id":1}`},
		{"a message of its own", apierr.NotFound.WithMessage("No cat 7"), 404, `"code":"MISSING","message":"No cat 7"`},
		{"a status of its own", apierr.MethodNotAllowed, 405, `"code":"MISSING","message":"It is not there"`},
		{"details", apierr.InvalidBody, 400, `"code":"INVALID","message":"It is not valid","details":{"$":"Invalid"}`},
		{"details are there", apierr.InvalidBody.With("a", 1), 400, `"code":"INVALID","message":"It is not valid","details":{"a":1}`},
		{"any rule", apierr.InvalidBody.WithViolations(short, required), 400, `"code":"INVALID","message":"It is not valid","details":{"name":"Too short"}`},
		{"required first", apierr.InvalidBody.WithViolations(required, short), 400, `"code":"ABSENT","message":"Something is absent","details":{"name":"Required"}`},
		{"status only", apierr.Unavailable, 502, `"code":"SERVICE_UNAVAILABLE","message":"The service is temporarily unavailable"`},
		{"for a declared one", broken, 500, `"code":"BROKEN","message":"It broke","details":{"call":"us"}`},
		{"none, declared", busy, 503, `"code":"BUSY","message":"It is busy","details":{"queue":9}`},
		{"none, undeclared", namesake, 410, `"code":"RESOURCE_NOT_FOUND","message":"Gone for good"`},
		{"incomplete", &apierr.Error{Code: "NO_STATUS"}, 500, `"code":"BROKEN","message":"It broke"`},
	} {
		w := contracttest.Answer(t, contract(), test.raise)
		require.Equal(t, `{"error":{`+test.body+`}}`, w.Body.String(), test.name)
		require.Equal(t, test.status, w.Code, test.name)
	}
}

// The mapped error brings headers and times where the raised error has none.
func TestMappingsBringHeaders(t *testing.T) {
	c := contract()
	c.Mappings[apierr.TooManyRequests] = apierr.Mapping{Error: busy}
	h := contracttest.Answer(t, c, apierr.TooManyRequests).Header()
	require.Equal(t, "3", h.Get("Retry-After"))
	require.Equal(t, "9", h.Get("X-Queue"))
	h = contracttest.Answer(t, c, apierr.TooManyRequests.WithRetryAfter(time.Minute).WithHeader("X-Queue", "1")).Header()
	require.Equal(t, "60", h.Get("Retry-After"))
	require.Equal(t, []string{"1"}, h.Values("X-Queue"))
	require.Equal(t, http.Header{"X-Queue": {"9"}}, busy.Header)
}

func TestClosedContractsFold(t *testing.T) {
	own := func(status int) *apierr.Error { return &apierr.Error{Code: "OWN", Status: status, Message: "Mine"} }
	at := func(status int, e *apierr.Error) *apierr.Error {
		e = e.With("a", 1)
		e.Status = status
		return e
	}
	all := contract(closed)
	bare := contract(closed, func(c *apierr.Contract) {
		c.Mappings, c.StatusMappings = mappings{apierr.Internal: {Error: broken}, apierr.BadRequest: {Error: invalid}}, nil
	})
	own503 := contract(closed, func(c *apierr.Contract) {
		c.Errors = append(c.Errors, apierr.Unavailable)
		c.Mappings[apierr.Unavailable] = apierr.Mapping{Status: 502}
		c.Mappings[missing] = apierr.Mapping{Details: map[string]any{"$": "Missing"}}
	})
	for _, test := range []struct {
		name   string
		c      apierr.Contract
		raise  *apierr.Error
		code   string
		status int
	}{
		{"declared", all, missing, "MISSING", 404},
		{"declared elsewhere under its code", all, &apierr.Error{Code: "MISSING", Status: 404}, "MISSING", 404},
		{"under its code with another status", all, &apierr.Error{Code: "MISSING", Status: 410}, "MISSING", 404},
		{"a copy with another status", all, at(502, busy), "BUSY", 503},
		{"one that is mapped to itself", own503, at(410, missing), "MISSING", 404},
		{"the contract's for the status", all, own(409), "BUSY", 503},
		{"and its status", all, own(418), "BUSY", 422},
		{"the built-in one of the status", all, own(405), "MISSING", 405},
		{"not the declared error of the status", all, own(503), "BROKEN", 500},
		{"nor one nearby", all, own(410), "INVALID", 400},
		{"client errors as BadRequest", all, own(451), "INVALID", 400},
		{"server errors as Internal", all, own(507), "BROKEN", 500},
		{"other statuses as Internal", all, own(302), "BROKEN", 500},
		{"without a mapping for the built-in error", bare, own(404), "INVALID", 400},
		{"built-in errors fold too", bare, apierr.UnsupportedMediaType, "INVALID", 400},
		{"a built-in one that is declared", own503, own(503), "SERVICE_UNAVAILABLE", 502},
	} {
		w := contracttest.Answer(t, test.c, test.raise)
		require.Equal(t, test.code, contracttest.Body(t, w)["code"], test.name)
		require.Equal(t, test.status, w.Code, test.name)
	}
}

// A closed contract answers whatever comes with a declared code, at the status
// of its error or one that the contract names for it.
func TestClosedContractsAnswerWithNothingElse(t *testing.T) {
	standard := apierr.Standard
	standard.Closed = true
	for _, c := range []apierr.Contract{standard, contract(closed), chatbase.Closed, polyai.Closed, avatarium.Closed} {
		allowed := map[[2]any]bool{}
		for _, e := range c.Declared() {
			allowed[[2]any{e.Code, e.Status}] = true
		}
		stands := slices.AppendSeq(slices.Collect(maps.Values(c.Mappings)), maps.Values(c.StatusMappings))
		for _, s := range stands {
			if s.Error != nil && s.Status != 0 {
				allowed[[2]any{s.Error.Code, s.Status}] = true
			}
		}
		x := contracttest.NewExchange(t, c)
		for status := 200; status < 600; status++ {
			x.Answer(nil, &apierr.Error{Code: "OWN", Status: status})
			x.Answer(nil, &apierr.Error{Code: c.Declared()[0].Code, Status: status})
			if status >= 400 {
				x.Answer(nil, x.Contract().ForStatus(status))
			}
		}
		for _, f := range x.Failures {
			require.True(t, allowed[[2]any{f.Error.Code, f.Error.Status}], "%s: %s, %d", c.Name, f.Error.Code, f.Error.Status)
		}
	}
}

// In a closed contract a code has one ID and one status, also if another error
// has the code.
func TestClosedContractsNumberTheirCodes(t *testing.T) {
	c := contract(closed)
	c.Format = apierr.Envelope{Members: []apierr.Member{{Name: "error", Members: []apierr.Member{
		{Name: "code", From: apierr.FromCode}, {Name: "id", From: apierr.FromID}, {Name: "message", From: apierr.FromMessage},
	}}}}
	mine := &apierr.Error{Code: "MISSING", ID: 99, Status: 410, Message: "Mine"}
	require.Equal(t, map[string]any{"code": "MISSING", "id": 1.0, "message": "Mine"}, contracttest.Body(t, contracttest.Answer(t, c, mine)))
	require.Equal(t, 410, mine.Status)
}

// A declared error with the code of a built-in one does not take its place.
func TestClosedContractsKeepNamesakesApart(t *testing.T) {
	c := contract(closed, func(c *apierr.Contract) {
		c.Errors = append(c.Errors, &apierr.Error{Code: "RESOURCE_NOT_FOUND", ID: 77, Status: 410})
	})
	require.Equal(t, "MISSING", contracttest.Body(t, contracttest.Answer(t, c, apierr.NotFound))["code"])
}

// A closed Standard folds into its own errors without a single mapping.
func TestClosedStandard(t *testing.T) {
	c := apierr.Standard
	c.Closed = true
	for status, code := range map[int]string{404: "RESOURCE_NOT_FOUND", 451: "BAD_REQUEST", 507: "INTERNAL_SERVER_ERROR", 302: "INTERNAL_SERVER_ERROR"} {
		w := contracttest.Answer(t, c, &apierr.Error{Code: "OWN", Status: status})
		require.Equal(t, code, contracttest.Body(t, w)["code"], status)
	}
}

func TestForStatus(t *testing.T) {
	for _, test := range []struct {
		c      apierr.Contract
		status int
		code   string
		sent   int
	}{
		{contract(), 404, "MISSING", 404},
		{contract(), 405, "MISSING", 405},
		{contract(), 409, "BUSY", 409}, // an open contract keeps the status
		{contract(), 418, "BUSY", 422}, // unless it says another
		{contract(), 503, "SERVICE_UNAVAILABLE", 503},
		{contract(), 451, "HTTP_451", 451},
		{contract(closed), 405, "MISSING", 405},
		{contract(closed), 409, "BUSY", 503},
		{contract(closed), 451, "INVALID", 400},
	} {
		cc, err := test.c.Compile()
		require.NoError(t, err)
		e := cc.ForStatus(test.status)
		require.Equal(t, test.code, e.Code)
		require.Equal(t, test.sent, e.Status)
	}
	require.Equal(t, 503, busy.Status)
}

// What ForStatus returns is mapped: Write does not map it again, also where its
// error has a mapping of its own.
func TestForStatusIsMappedOnce(t *testing.T) {
	twice := contract(func(c *apierr.Contract) {
		c.Mappings[apierr.NotImplemented] = apierr.Mapping{Error: broken, Status: 501}
		c.Mappings[missing] = apierr.Mapping{Error: invalid}
	})
	for _, c := range []apierr.Contract{
		apierr.Standard, contract(), contract(closed), twice, chatbase.Contract, chatbase.Closed, polyai.Closed, avatarium.Closed,
	} {
		x := contracttest.NewExchange(t, c)
		for status := 400; status < 600; status++ {
			e := x.Contract().ForStatus(status)
			x.Answer(nil, e.WithMessage("As the handler said"))
			got := x.Failures[len(x.Failures)-1].Error
			require.Equal(t, []any{e.Code, e.ID, e.Status}, []any{got.Code, got.ID, got.Status}, "%s: %d", c.Name, status)
		}
	}
}

// The headers of a 401, 405, 429 and 503 that neither the error nor a layer has
// set.
func TestDefaultHeaders(t *testing.T) {
	for _, c := range []apierr.Contract{apierr.Standard, contract(), contract(closed)} {
		for status, name := range map[int]string{401: "Www-Authenticate", 405: "Allow", 429: "Retry-After"} {
			w := contracttest.Answer(t, c, &apierr.Error{Code: "OWN", Status: status})
			if w.Code == status { // a closed contract folds it
				require.Len(t, w.Header()[name], 1, "%s: %d", c.Name, status)
			}
		}
	}
	c := apierr.Contract{RetryAfter: 1500 * time.Millisecond, RetryAfterUnavailable: time.Minute, Challenge: `Digest realm="x"`}
	require.Equal(t, "2", contracttest.Answer(t, c, apierr.TooManyRequests).Header().Get("Retry-After"))
	require.Equal(t, "60", contracttest.Answer(t, c, apierr.Unavailable).Header().Get("Retry-After"))
	require.Equal(t, `Digest realm="x"`, contracttest.Answer(t, c, apierr.Unauthenticated).Header().Get("WWW-Authenticate"))
	require.Equal(t, "Bearer", contracttest.Answer(t, apierr.Standard, apierr.Unauthenticated).Header().Get("WWW-Authenticate"))
	require.NotContains(t, contracttest.Answer(t, apierr.Standard, apierr.Unavailable).Header(), "Retry-After")
}

func TestCompileTakesASnapshot(t *testing.T) {
	c := contract()
	rules := map[string]string{"min": "short"}
	c.Format = apierr.Envelope{Members: inError(withFirst).Members, Rules: rules}
	german := map[string]string{"MISSING": "Fehlt"}
	c.Translations = map[string]map[string]string{"de": german}
	x := contracttest.NewExchange(t, c)
	rules["min"], german["MISSING"] = "other", "other"
	r := httptest.NewRequest("GET", "/x", nil)
	r.Header.Set("Accept-Language", "de")
	require.Equal(t, "Fehlt", contracttest.Body(t, x.Answer(r, missing))["message"])
	short := apierr.InvalidBody.WithViolations(apierr.Violation{Path: "a", Rule: "min"})
	require.Equal(t, map[string]any{"field": "a", "reason": "short"}, contracttest.Body(t, x.Answer(nil, short))["details"])
	c.Errors[0] = broken
	c.Mappings[apierr.NotFound] = apierr.Mapping{Error: broken}
	c.StatusMappings[409] = apierr.Mapping{Error: missing}
	require.Equal(t, "MISSING", contracttest.Body(t, x.Answer(nil, apierr.NotFound))["code"])
	require.Equal(t, "BUSY", x.Contract().ForStatus(409).Code)
}

func TestCompileFillsInDefaults(t *testing.T) {
	c := apierr.Contract{CorrelationIDHeader: "x-chain"}
	cc, err := c.Compile()
	require.NoError(t, err)
	request, correlation := cc.IDHeaders()
	require.Equal(t, "X-Request-Id", request)
	require.Equal(t, "X-Chain", correlation)
	require.Equal(t, "Bearer", contracttest.Answer(t, c, apierr.Unauthenticated).Header().Get("WWW-Authenticate"))
	require.Equal(t, "1", contracttest.Answer(t, c, apierr.TooManyRequests).Header().Get("Retry-After"))
	require.Equal(t, contracttest.Answer(t, apierr.Contract{Format: apierr.Envelope{}}, apierr.Conflict).Body, contracttest.Answer(t, c, apierr.Conflict).Body)
}

// The Details of a declared error are its constants: a mapping to it keeps them
// under those of the raised error, also beside violations.
func TestMappingKeepsTheDetailsOfTheDeclaredError(t *testing.T) {
	declared := &apierr.Error{Code: "D", Status: 400, Message: "M", Details: map[string]any{"class": "client", "k": 0}}
	c := apierr.Contract{Errors: errs{declared}, Mappings: mappings{
		apierr.InvalidBody: {Error: declared},
		apierr.NotFound:    {Error: declared, Details: map[string]any{"only": "alone"}},
		apierr.Conflict:    {Status: 410},
	}}
	for _, test := range []struct {
		e    *apierr.Error
		want map[string]any
	}{
		{apierr.InvalidBody, map[string]any{"class": "client", "k": 0.0}},
		{apierr.InvalidBody.With("k", 1).With("l", 2), map[string]any{"class": "client", "k": 1.0, "l": 2.0}},
		{apierr.InvalidBody.WithViolations(violations[0]), map[string]any{"name": "Required", "class": "client", "k": 0.0}},
		{apierr.NotFound, map[string]any{"only": "alone"}},
		{apierr.NotFound.With("k", 1), map[string]any{"class": "client", "k": 1.0}},
		{apierr.Conflict.With("k", 1), map[string]any{"k": 1.0}},
	} {
		require.Equal(t, test.want, contracttest.Body(t, contracttest.Answer(t, c, test.e))["details"])
		require.Equal(t, map[string]any{"class": "client", "k": 0}, declared.Details, "the declared error does not change")
	}
}
