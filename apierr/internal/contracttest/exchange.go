// Package contracttest answers errors under a contract without a middleware,
// and compares the published contracts with their sources.
package contracttest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
)

// The IDs of every exchange.
const (
	RequestID     = "req-1"
	CorrelationID = "adk-550e8400-e29b-41d4-a716-446655440000"
)

// Exchange is an [apierr.Exchange] in which nothing was sent yet.
type Exchange struct {
	promise *apierr.Promise

	// Failures are those that were recorded. Not for concurrent use.
	Failures []apierr.Failure
}

// NewExchange returns an exchange under c. It fails the test if c has faults.
func NewExchange(t testing.TB, c apierr.Contract) *Exchange {
	t.Helper()
	p, err := apierr.NewPromise(c)
	require.NoError(t, err)
	return &Exchange{promise: p}
}

// Answer writes err as the answer to r, which may be nil: then it is GET /x.
func (x *Exchange) Answer(r *http.Request, err error) *httptest.ResponseRecorder {
	if r == nil {
		r = httptest.NewRequest("GET", "/x", nil)
	}
	w := httptest.NewRecorder()
	x.AnswerTo(w, r, err)
	return w
}

// AnswerTo writes err as the answer to r into w.
func (x *Exchange) AnswerTo(w http.ResponseWriter, r *http.Request, err error) {
	request, correlation := x.promise.IDHeaders()
	for name, id := range map[string]string{request: RequestID, correlation: CorrelationID} {
		if name != apierr.Unsent {
			w.Header().Set(name, id)
		}
	}
	apierr.Write(w, WithExchange(r, x), err)
}

// WithExchange returns r with x in its context.
func WithExchange(r *http.Request, x apierr.Exchange) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), apierr.ExchangeKey{}, x))
}

// Answer writes err under c as the answer to GET /x.
func Answer(t testing.TB, c apierr.Contract, err error) *httptest.ResponseRecorder {
	t.Helper()
	return NewExchange(t, c).Answer(nil, err)
}

// IDs implements [apierr.Exchange].
func (x *Exchange) IDs() (request, correlation string) { return RequestID, CorrelationID }

// Promise implements [apierr.Exchange].
func (x *Exchange) Promise() *apierr.Promise { return x.promise }

// Map implements [apierr.Exchange].
func (x *Exchange) Map(context.Context, error) *apierr.Error { return nil }

// ClientGone implements [apierr.Exchange].
func (x *Exchange) ClientGone() bool { return false }

// Begin implements [apierr.Exchange].
func (x *Exchange) Begin(http.ResponseWriter) apierr.Phase { return apierr.Phase{} }

// Record implements [apierr.Exchange].
func (x *Exchange) Record(_ *http.Request, f apierr.Failure) { x.Failures = append(x.Failures, f) }
