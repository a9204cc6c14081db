// Package contracttest answers errors under a contract without a middleware,
// and compares the published contracts with their sources.
package contracttest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/jsonprefix"
	"github.com/failwell/failwell/internal/seam"
)

// The IDs of every exchange.
const (
	RequestID     = "req-1"
	CorrelationID = "adk-550e8400-e29b-41d4-a716-446655440000"
)

// Exchange is a [seam.Exchange] in which nothing has been sent.
type Exchange struct {
	contract *apierr.CompiledContract

	// Request is the one that chooses the language; AnswerTo sets it. nil: no
	// language is preferred.
	Request *http.Request

	// Failures are the arguments of Record, in order. They are not for
	// concurrent use.
	Failures []Failure
}

// Failure has the arguments of one call of Record.
type Failure struct {
	Error            *apierr.Error
	Cause, Secondary error
	Delivery         seam.Delivery
}

var _ seam.Exchange[*apierr.CompiledContract, *apierr.Error] = (*Exchange)(nil)

// NewExchange returns an exchange under c, whose faults fail the test.
func NewExchange(t testing.TB, c apierr.Contract) *Exchange {
	t.Helper()
	cc, err := c.Compile()
	require.NoError(t, err)
	return &Exchange{contract: cc}
}

// Answer writes err as the answer to r, or to GET /x if r is nil.
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
	x.Request = r
	request, correlation := x.contract.IDHeaders()
	for name, id := range map[string]string{request: RequestID, correlation: CorrelationID} {
		if name != apierr.NoHeader {
			w.Header().Set(name, id)
		}
	}
	apierr.Write(w, WithExchange(r, x), err)
}

// WithExchange returns r with x in its context.
func WithExchange(r *http.Request, x seam.Exchange[*apierr.CompiledContract, *apierr.Error]) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), seam.Key{}, x))
}

// Answer writes err under c as the answer to GET /x.
func Answer(t testing.TB, c apierr.Contract, err error) *httptest.ResponseRecorder {
	t.Helper()
	return NewExchange(t, c).Answer(nil, err)
}

// IDs implements [seam.Exchange].
func (x *Exchange) IDs() (request, correlation string) { return RequestID, CorrelationID }

// Contract implements [seam.Exchange].
func (x *Exchange) Contract() *apierr.CompiledContract { return x.contract }

// Map implements [seam.Exchange].
func (x *Exchange) Map(context.Context, error) *apierr.Error { return nil }

// ClientGone implements [seam.Exchange].
func (x *Exchange) ClientGone() bool { return false }

// Language implements [seam.Exchange].
func (x *Exchange) Language() string {
	if x.Request == nil {
		return x.contract.Language(nil)
	}
	return x.contract.Language(x.Request.Header)
}

// LimitsBody implements [seam.Exchange].
func (x *Exchange) LimitsBody(io.Reader) bool { return false }

// BodyPrefix implements [seam.Exchange].
func (x *Exchange) BodyPrefix() jsonprefix.Is { return jsonprefix.Other }

// Begin implements [seam.Exchange].
func (x *Exchange) Begin(http.ResponseWriter) (d seam.Delivery, keepEncoding bool) {
	return seam.NotStarted, false
}

// AtEnd implements [seam.Exchange].
func (x *Exchange) AtEnd(http.ResponseWriter, func(int, bool)) (direct, ok bool) { return false, false }

// Sending implements [seam.Exchange].
func (x *Exchange) Sending(w http.ResponseWriter, _ *apierr.Error, _ string, _ []byte) http.ResponseWriter {
	return w
}

// Sent implements [seam.Exchange].
func (x *Exchange) Sent(http.ResponseWriter) {}

// Record implements [seam.Exchange].
func (x *Exchange) Record(_ *http.Request, e *apierr.Error, _ bool, cause, secondary error, d seam.Delivery) {
	x.Failures = append(x.Failures, Failure{e, cause, secondary, d})
}
