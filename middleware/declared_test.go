package middleware_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// A code is declared if the contract that answered has it, or if it is that of a
// built-in error: the label of a metric is one of a known number.
func TestOutcomeDeclared(t *testing.T) {
	own := &apierr.Error{Code: "OWN", Status: 409, Message: "own"}
	elsewhere := &apierr.Error{Code: "ELSEWHERE", Status: 409, Message: "elsewhere"}
	open := apierr.Contract{Name: "open", Errors: []*apierr.Error{own}}
	closed := apierr.Contract{Name: "closed", Closed: true, Errors: []*apierr.Error{own, apierr.BadRequest, apierr.Internal}}
	renamed := *apierr.NotFound.With("id", 7)
	renamed.Code = "OF_THE_CLIENT"
	inner := middleware.New(open, middleware.WithLogger(nil))
	for _, test := range []struct {
		name     string
		contract apierr.Contract
		handler  http.Handler
		code     string
		declared bool
	}{
		{"no failure", open, http.HandlerFunc(ok), "", false},
		{"declared", open, returns(own), "OWN", true},
		{"declared, with details", open, returns(own.With("id", 7).Wrap(errors.New("x"))), "OWN", true},
		{"built-in", open, returns(apierr.Conflict), "RESOURCE_CONFLICT", true},
		{"of another contract", open, returns(elsewhere), "ELSEWHERE", false},
		{"made while serving", open, returns(&apierr.Error{Code: fmt.Sprint("E", 7), Status: 500, Message: "m"}), "E7", false},
		{"a built-in one with another code", open, returns(&renamed), "OF_THE_CLIENT", false},
		{"folded", closed, returns(elsewhere), "BAD_REQUEST", true},
		{"an unknown error", open, returns(errors.New("x")), "INTERNAL_SERVER_ERROR", true},
		{"a panic", open, panics("boom"), "INTERNAL_SERVER_ERROR", true},
		{"a bare status", open, writes(404, ""), "RESOURCE_NOT_FOUND", true},
		{"a status without an error", open, writes(418, ""), "HTTP_418", false},
		{"a failure of the handler's own", open, writes(418, "{}", "Content-Type", "application/json"), "", false},
		{"an abort", open, panics(http.ErrAbortHandler), "", false},
		{"in a stream", open, begun(events, "", true, returns(own)), "OWN", true},
		{"in a stream, unknown", open, begun(events, "", true, returns(errors.New("x"))), "STREAM_FAILED", true},
		{"by the inner contract", apierr.Standard, inner(returns(own)), "OWN", true},
		{"of the outer contract, inside", open, middleware.New(apierr.Standard)(returns(own)), "OWN", false},
		{"through a layer", open, wrapping(returns(own)), "OWN", true},
		{"through a layer, undeclared", open, wrapping(returns(elsewhere)), "ELSEWHERE", false},
		{"through a layer that loses its type", open, untyping(returns(own)), "OWN", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			observed := make(chan middleware.Outcome, 1)
			h := middleware.New(test.contract, middleware.WithLogger(nil),
				middleware.WithObserver(func(_ context.Context, o middleware.Outcome) { observed <- o }))(test.handler)
			s := serveBare(t, 1, h, newRecords())
			s.do("POST", "/", "")
			o := <-observed
			code := ""
			if o.Error != nil {
				code = o.Error.Code
			}
			require.Equal(t, test.code, code)
			require.Equal(t, test.declared, o.Declared)
		})
	}
}
