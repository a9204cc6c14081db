package apierr_test

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/internal/contracttest"
)

// What a failure of which only the status is known is answered with, in the open
// contract and in the closed one.
func TestForStatusInBothForms(t *testing.T) {
	type answer struct {
		code   string
		status int
	}
	with := func(status int, m apierr.Mapping) func(*apierr.Contract) {
		return func(c *apierr.Contract) { c.StatusMappings[status] = m }
	}
	for _, test := range []struct {
		name         string
		change       func(*apierr.Contract)
		status       int
		open, closed answer
	}{
		// no mapping of the status
		{"402", nil, 402, answer{"PAYMENT_REQUIRED", 402}, answer{"INVALID", 400}},
		{"405, mapped by its error", nil, 405, answer{"MISSING", 405}, answer{"MISSING", 405}},
		{"410", nil, 410, answer{"RESOURCE_GONE", 410}, answer{"INVALID", 400}},
		{"412", nil, 412, answer{"PRECONDITION_FAILED", 412}, answer{"INVALID", 400}},
		{"414", nil, 414, answer{"REQUEST_URI_TOO_LONG", 414}, answer{"INVALID", 400}},
		{"416", nil, 416, answer{"RANGE_NOT_SATISFIABLE", 416}, answer{"INVALID", 400}},
		{"422", nil, 422, answer{"UNPROCESSABLE_CONTENT", 422}, answer{"INVALID", 400}},
		{"426", nil, 426, answer{"UPGRADE_REQUIRED", 426}, answer{"INVALID", 400}},
		{"428", nil, 428, answer{"PRECONDITION_REQUIRED", 428}, answer{"INVALID", 400}},
		{"431", nil, 431, answer{"REQUEST_HEADER_TOO_LARGE", 431}, answer{"INVALID", 400}},
		{"451", nil, 451, answer{"HTTP_451", 451}, answer{"INVALID", 400}},
		{"499", nil, 499, answer{"HTTP_499", 499}, answer{"INVALID", 400}},
		{"511", nil, 511, answer{"HTTP_511", 511}, answer{"BROKEN", 500}},
		// a mapping of the status, which keeps it, or not
		{"405", with(405, apierr.Mapping{Error: invalid}), 405, answer{"INVALID", 405}, answer{"INVALID", 400}},
		{"405 as 404", with(405, apierr.Mapping{Error: missing, Status: 404}), 405, answer{"MISSING", 404}, answer{"MISSING", 404}},
		{"414", with(414, apierr.Mapping{Error: invalid}), 414, answer{"INVALID", 414}, answer{"INVALID", 400}},
		{"431", with(431, apierr.Mapping{Error: invalid, Status: 431}), 431, answer{"INVALID", 431}, answer{"INVALID", 431}},
		{"500", with(500, apierr.Mapping{Error: busy}), 500, answer{"BUSY", 500}, answer{"BUSY", 503}},
		{"404, before that of its error", with(404, apierr.Mapping{Error: absent}), 404, answer{"ABSENT", 404}, answer{"ABSENT", 400}},
	} {
		for _, form := range []struct {
			closed bool
			want   answer
		}{{false, test.open}, {true, test.closed}} {
			c := contract()
			if form.closed {
				closed(&c)
			}
			if test.change != nil {
				test.change(&c)
			}
			x := contracttest.NewExchange(t, c)
			w := x.Answer(nil, x.Contract().ForStatus(test.status))
			require.Equal(t, form.want, answer{contracttest.Body(t, w)["code"].(string), w.Code}, "%s, closed: %v", test.name, form.closed)
			require.NoError(t, x.Failures[0].Secondary, "a bare status is not an undeclared error: folding it is no fault")
		}
	}
}

// Folding is a fault of the server if somebody declared the error elsewhere. A
// built-in error, which a contract need not know, folds in silence.
func TestFoldingIsReported(t *testing.T) {
	for _, test := range []struct {
		name   string
		c      apierr.Contract
		raise  error
		code   string
		report string
	}{
		{"undeclared", contract(closed), &apierr.Error{Code: "OWN", Status: 451}, "INVALID", `apierr: the closed contract "test" does not declare OWN (status 451)`},
		{"undeclared, its status mapped", contract(closed), &apierr.Error{Code: "OWN", Status: 409}, "BUSY", `apierr: the closed contract "test" does not declare OWN (status 409)`},
		{"undeclared, a copy", contract(closed), (&apierr.Error{Code: "OWN", Status: 500}).With("a", 1), "BROKEN", `apierr: the closed contract "test" does not declare OWN (status 500)`},
		{"built-in", contract(closed), apierr.Gone, "INVALID", ""},
		{"built-in, mapped", contract(closed), apierr.NotFound, "MISSING", ""},
		{"unknown", contract(closed), io.EOF, "BROKEN", ""},
		{"declared", contract(closed), missing, "MISSING", ""},
		{"open", contract(), &apierr.Error{Code: "OWN", Status: 451}, "OWN", ""},
	} {
		x := contracttest.NewExchange(t, test.c)
		w := x.Answer(nil, test.raise)
		require.Equal(t, test.code, contracttest.Body(t, w)["code"], test.name)
		if test.report == "" {
			require.NoError(t, x.Failures[0].Secondary, test.name)
		} else {
			require.EqualError(t, x.Failures[0].Secondary, test.report, test.name)
		}
	}
}

// A closed contract covers a built-in error by declaring it, mapping it, or
// mapping its status.
func TestUncoveredAndStatusMappings(t *testing.T) {
	c := contract(closed)
	require.Contains(t, c.Uncovered(), apierr.Gone)
	require.NotContains(t, c.Uncovered(), apierr.Conflict, "409 is mapped")
	c.StatusMappings[410] = apierr.Mapping{Error: missing}
	require.NotContains(t, c.Uncovered(), apierr.Gone)
	require.Equal(t, "MISSING", contracttest.Body(t, contracttest.Answer(t, c, apierr.Gone))["code"])
	for _, e := range c.Uncovered() {
		code := contracttest.Body(t, contracttest.Answer(t, c, e))["code"]
		require.Contains(t, []any{"INVALID", "BROKEN"}, code, "%s folds by its class", e.Code)
	}
}
