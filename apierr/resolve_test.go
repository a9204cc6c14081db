package apierr_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/internal/contracttest"
	"github.com/failwell/failwell/internal/seam"
)

// layer is an exchange that is as the test says.
type layer struct {
	context.Context
	*contracttest.Exchange
	mapper       func(error) *apierr.Error
	gone         bool
	delivery     seam.Delivery
	keepEncoding bool
}

func newLayer(t testing.TB, c apierr.Contract) *layer {
	return &layer{Context: context.Background(), Exchange: contracttest.NewExchange(t, c)}
}

func (l *layer) Value(key any) any {
	if key == (seam.Key{}) {
		return l
	}
	return l.Context.Value(key)
}

func (l *layer) ClientGone() bool { return l.gone }
func (l *layer) Map(_ context.Context, err error) *apierr.Error {
	if l.mapper == nil {
		return nil
	}
	return l.mapper(err)
}
func (l *layer) Begin(http.ResponseWriter) (seam.Delivery, bool) { return l.delivery, l.keepEncoding }
func (l *layer) write(w http.ResponseWriter, err error) contracttest.Failure {
	apierr.Write(w, httptest.NewRequest("GET", "/", nil).WithContext(l), err)
	if len(l.Failures) == 0 {
		return contracttest.Failure{}
	}
	return l.Failures[len(l.Failures)-1]
}

type (
	offers   struct{ e *apierr.Error }
	coded    string
	self     struct{}
	forked   struct{}
	bad      struct{}
	badWay   struct{}
	typedNil struct{ text string }
	slow     bool
)

func (offers) Error() string             { return "secret" }
func (o offers) APIError() *apierr.Error { return o.e }
func (c coded) Error() string            { return "secret" }
func (c coded) APIErrorCode() string     { return string(c) }
func (self) Error() string               { return "secret" }
func (s self) Unwrap() error             { return s }
func (forked) Error() string             { return "secret" }
func (f forked) Unwrap() []error         { return []error{f, f} }
func (bad) Error() string                { panic("in Error") }
func (badWay) Error() string             { return "secret" }
func (badWay) Unwrap() error             { panic("in Unwrap") }
func (e *typedNil) Error() string        { return e.text }
func (slow) Error() string               { return "secret" }
func (s slow) Timeout() bool             { return bool(s) }

func deep(n int, err error) error {
	for range n {
		err = fmt.Errorf("%w", err)
	}
	return err
}

// Whatever a handler returns is resolved to one Error. Every line ends with one
// answer and one record.
func TestResolve(t *testing.T) {
	conflict := apierr.Conflict
	own := &apierr.Error{Code: "WIDGET_STUCK", Status: 418, Message: "The widget is stuck"}
	contract := apierr.Standard
	contract.Errors = append(contract.Errors[:len(contract.Errors):len(contract.Errors)], own)
	mapped := func(error) *apierr.Error { return apierr.NotFound }
	for _, test := range []struct {
		name   string
		err    error
		code   string
		gone   bool // the client
		mapper func(error) *apierr.Error
		fault  string
	}{
		// Errors in the tree, depth first.
		{"an Error", conflict, "RESOURCE_CONFLICT", false, nil, ""},
		{"a copy", conflict.With("a", 1), "RESOURCE_CONFLICT", false, nil, ""},
		{"wrapped", fmt.Errorf("x: %w", conflict), "RESOURCE_CONFLICT", false, nil, ""},
		{"999 deep", deep(999, conflict), "RESOURCE_CONFLICT", false, nil, ""},
		{"10,000 deep", deep(10_000, conflict), "INTERNAL_SERVER_ERROR", false, nil, ""},
		{"joined, the first", errors.Join(io.EOF, conflict, apierr.NotFound), "RESOURCE_CONFLICT", false, nil, ""},
		{"joined, the first in depth", errors.Join(fmt.Errorf("x: %w", errors.Join(io.EOF, conflict)), apierr.NotFound), "RESOURCE_CONFLICT", false, nil, ""},
		{"joined behind a timeout", errors.Join(context.DeadlineExceeded, conflict), "RESOURCE_CONFLICT", false, nil, ""},
		{"two verbs", fmt.Errorf("%w %w", io.EOF, conflict), "RESOURCE_CONFLICT", false, nil, ""},
		{"an Error before what it wraps", conflict.Wrap(apierr.NotFound), "RESOURCE_CONFLICT", false, nil, ""},
		{"a nil Error within", fmt.Errorf("x: %w", (*apierr.Error)(nil)), "INTERNAL_SERVER_ERROR", false, nil, ""},
		{"a nil Error first", errors.Join((*apierr.Error)(nil), conflict), "RESOURCE_CONFLICT", false, nil, ""},
		// Errors that offer an Error or a code.
		{"APIError", offers{conflict}, "RESOURCE_CONFLICT", false, nil, ""},
		{"APIError, wrapped", fmt.Errorf("x: %w", offers{conflict}), "RESOURCE_CONFLICT", false, nil, ""},
		{"APIError of nothing", offers{}, "INTERNAL_SERVER_ERROR", false, nil, ""},
		{"APIError of nothing, wrapping", errors.Join(offers{}, conflict), "RESOURCE_CONFLICT", false, nil, ""},
		{"APIErrorCode", coded("WIDGET_STUCK"), "WIDGET_STUCK", false, nil, ""},
		{"APIErrorCode, undeclared", coded("WIDGET_LOST"), "INTERNAL_SERVER_ERROR", false, nil, ""},
		{"APIErrorCode of nothing", coded(""), "INTERNAL_SERVER_ERROR", false, nil, ""},
		// The mappers.
		{"mapped", io.EOF, "RESOURCE_NOT_FOUND", false, mapped, ""},
		{"an Error before the mappers", conflict, "RESOURCE_CONFLICT", false, mapped, ""},
		{"the mappers before the standard library", context.DeadlineExceeded, "RESOURCE_NOT_FOUND", false, mapped, ""},
		{"not theirs", io.EOF, "INTERNAL_SERVER_ERROR", false, func(error) *apierr.Error { return nil }, ""},
		{"to no Error", io.EOF, "INTERNAL_SERVER_ERROR", false, func(error) *apierr.Error { return &apierr.Error{} }, ""},
		{"a mapper that panics", io.EOF, "INTERNAL_SERVER_ERROR", false, func(error) *apierr.Error { panic("boom") }, "an error mapper panicked: boom"},
		// The standard library's.
		{"MaxBytesError", &http.MaxBytesError{Limit: 1}, "REQUEST_BODY_TOO_LARGE", false, nil, ""},
		{"MaxBytesError, wrapped", fmt.Errorf("json: %w", &http.MaxBytesError{}), "REQUEST_BODY_TOO_LARGE", false, nil, ""},
		{"MaxBytesError before a timeout", errors.Join(context.DeadlineExceeded, &http.MaxBytesError{}), "REQUEST_BODY_TOO_LARGE", false, nil, ""},
		{"canceled, the client gone", context.Canceled, "CLIENT_CLOSED_REQUEST", true, nil, ""},
		{"canceled, wrapped, the client gone", fmt.Errorf("db: %w", context.Canceled), "CLIENT_CLOSED_REQUEST", true, nil, ""},
		{"canceled, the client there", context.Canceled, "INTERNAL_SERVER_ERROR", false, nil, ""},
		{"another error, the client gone", io.EOF, "INTERNAL_SERVER_ERROR", true, nil, ""},
		{"deadline", context.DeadlineExceeded, "GATEWAY_TIMEOUT", false, nil, ""},
		{"deadline, the client gone", context.DeadlineExceeded, "GATEWAY_TIMEOUT", true, nil, ""},
		{"os.ErrDeadlineExceeded", os.ErrDeadlineExceeded, "GATEWAY_TIMEOUT", false, nil, ""},
		{"http.ErrHandlerTimeout", http.ErrHandlerTimeout, "GATEWAY_TIMEOUT", false, nil, ""},
		{"net.Error that timed out", &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}, "GATEWAY_TIMEOUT", false, nil, ""},
		{"Timeout() true", slow(true), "GATEWAY_TIMEOUT", false, nil, ""},
		{"Timeout() false", slow(false), "INTERNAL_SERVER_ERROR", false, nil, ""},
		// Unknown and incomplete errors.
		{"unknown", errors.New("secret"), "INTERNAL_SERVER_ERROR", false, nil, ""},
		{"no code", &apierr.Error{Status: 404, Message: "secret"}, "INTERNAL_SERVER_ERROR", false, nil, ""},
		{"no status", &apierr.Error{Code: "X", Message: "secret"}, "INTERNAL_SERVER_ERROR", false, nil, ""},
		{"a status that is none", &apierr.Error{Code: "X", Status: 42}, "INTERNAL_SERVER_ERROR", false, nil, ""},
		{"an informational status", &apierr.Error{Code: "X", Status: 103}, "INTERNAL_SERVER_ERROR", false, nil, ""},
		{"a status without a body", &apierr.Error{Code: "X", Status: 204}, "INTERNAL_SERVER_ERROR", false, nil, ""},
		// Those that would hang or crash.
		{"an Unwrap that returns itself", self{}, "INTERNAL_SERVER_ERROR", false, nil, ""},
		{"a tree without an end", forked{}, "INTERNAL_SERVER_ERROR", false, nil, ""},
		{"100,000 deep", deep(100_000, io.EOF), "INTERNAL_SERVER_ERROR", false, nil, ""},
		{"an Error that panics", bad{}, "INTERNAL_SERVER_ERROR", false, nil, ""},
		{"an Error that panics, joined", errors.Join(bad{}, conflict), "RESOURCE_CONFLICT", false, nil, ""},
		{"an Unwrap that panics, joined", errors.Join(badWay{}, conflict), "RESOURCE_CONFLICT", false, nil, "a method of apierr_test.badWay panicked: in Unwrap"},
		{"an Unwrap that panics", badWay{}, "INTERNAL_SERVER_ERROR", false, nil, "a method of apierr_test.badWay panicked: in Unwrap"},
		{"a typed nil", (*typedNil)(nil), "INTERNAL_SERVER_ERROR", false, nil, ""},
		{"a typed nil with methods", (*net.OpError)(nil), "INTERNAL_SERVER_ERROR", false, nil, "panicked"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newLayer(t, contract)
			s.gone, s.mapper = test.gone, test.mapper
			w := httptest.NewRecorder()
			f := s.write(w, test.err)
			require.Len(t, s.Failures, 1)
			require.Equal(t, test.code, f.Error.Code)
			require.True(t, sameError(test.err, f.Cause), "the cause is the error as it was raised")
			require.NotContains(t, w.Body.String(), "secret")
			if test.fault == "" {
				require.NoError(t, f.Secondary)
			} else {
				require.ErrorContains(t, f.Secondary, test.fault)
			}
			if test.code == apierr.ClientGone.Code {
				require.Equal(t, seam.Abort, f.Delivery)
				require.Empty(t, w.Body.String())
				return
			}
			require.Equal(t, f.Error.Status, w.Code)
			require.Contains(t, w.Body.String(), `"`+test.code+`"`)
		})
	}
}

// sameError is a == b where both can be compared.
func sameError(a, b error) bool { return fmt.Sprintf("%T", a) == fmt.Sprintf("%T", b) }

// What was found keeps the error that it was found in as its cause.
func TestResolveKeepsTheCause(t *testing.T) {
	for _, err := range []error{offers{apierr.Conflict}, coded("RESOURCE_CONFLICT")} {
		f := newLayer(t, apierr.Standard).write(httptest.NewRecorder(), err)
		require.Equal(t, err, errors.Unwrap(f.Error))
	}
	s := newLayer(t, apierr.Standard)
	s.mapper = func(error) *apierr.Error { return apierr.Conflict }
	require.Equal(t, io.EOF, errors.Unwrap(s.write(httptest.NewRecorder(), io.EOF).Error))
	s.mapper = func(error) *apierr.Error { return apierr.Conflict.Wrap(io.ErrNoProgress) }
	require.Equal(t, io.ErrNoProgress, errors.Unwrap(s.write(httptest.NewRecorder(), io.EOF).Error), "the mapper's own word holds")
	require.NoError(t, errors.Unwrap(apierr.Conflict), "the declared error is unchanged")
}

// Nothing is sent to a client that has gone, and ClientGone is not mapped to
// another error by any contract.
func TestClientGoneUnderContracts(t *testing.T) {
	closed := apierr.Contract{Name: "closed", Closed: true, Errors: []*apierr.Error{apierr.BadRequest, apierr.Internal}}
	standing := apierr.Contract{Name: "standing", Mappings: map[*apierr.Error]apierr.Mapping{apierr.ClientGone: {Status: 400}}}
	for _, c := range []apierr.Contract{apierr.Standard, closed, standing} {
		for _, form := range []seam.Delivery{seam.NotStarted, seam.EventStream, seam.JSONLines, seam.Abort, seam.Answered} {
			s := newLayer(t, c)
			s.gone, s.delivery = true, form
			w := httptest.NewRecorder()
			f := s.write(w, fmt.Errorf("db: %w", context.Canceled))
			require.Equal(t, apierr.ClientGone, f.Error)
			require.Equal(t, min(max(form, seam.Abort), seam.Answered), f.Delivery)
			require.Empty(t, w.Body.String())
		}
	}
}

// Outside a layer the context is all there is to ask.
func TestCanceledOutsideALayer(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w := httptest.NewRecorder()
	apierr.Write(w, httptest.NewRequest("GET", "/", nil).WithContext(ctx), ctx.Err())
	require.Equal(t, 499, w.Code)
	w = httptest.NewRecorder()
	apierr.Write(w, httptest.NewRequest("GET", "/", nil), ctx.Err())
	require.Equal(t, 500, w.Code)
}

// Resolve returns what Write answers, whatever the error and the contract.
func TestResolveIsWhatWriteAnswers(t *testing.T) {
	own := &apierr.Error{Code: "OWN", Status: 418, Message: "Mine"}
	for _, c := range []apierr.Contract{apierr.Standard, contract(), contract(closed)} {
		for _, err := range []error{
			own, own.Wrap(io.EOF), own.With("a", 1), fmt.Errorf("x: %w", own), errors.Join(io.EOF, own), offers{own}, coded("MISSING"),
			missing, busy, apierr.NotFound, apierr.NotFound.WithMessage("No cat 7"), apierr.InvalidBody.WithViolations(violations...),
			apierr.Gone, io.EOF, os.ErrNotExist, context.Canceled, context.DeadlineExceeded, &http.MaxBytesError{Limit: 1},
			&apierr.Error{Code: "NO_STATUS"}, self{}, forked{}, bad{}, badWay{}, (*net.OpError)(nil),
		} {
			for _, gone := range []bool{false, true} {
				l := newLayer(t, c)
				l.gone = gone
				l.mapper = func(err error) *apierr.Error {
					if errors.Is(err, os.ErrNotExist) {
						return apierr.NotFound
					}
					return nil
				}
				if _, endless := err.(self); endless {
					l.mapper = nil // errors.Is does not return
				} else if _, endless := err.(forked); endless {
					l.mapper = nil
				}
				want, got := l.write(httptest.NewRecorder(), err).Error, apierr.Resolve(l, err)
				require.Equal(t, want.Code, got.Code, "%T", err)
				require.Equal(t, want.ID, got.ID)
				require.Equal(t, want.Status, got.Status)
				require.Equal(t, want.Message, got.Message)
				require.Equal(t, want.Details, got.Details)
				require.Equal(t, want.Violations, got.Violations)
			}
		}
	}
}

func TestResolveOutsideALayer(t *testing.T) {
	ctx := context.Background()
	require.Nil(t, apierr.Resolve(ctx, nil))
	require.Nil(t, apierr.Resolve(ctx, (*apierr.Error)(nil)))
	require.Same(t, apierr.Conflict, apierr.Resolve(ctx, apierr.Conflict), "a declared error is itself")
	for _, err := range []error{io.EOF, fmt.Errorf("x: %w", apierr.Conflict), offers{apierr.Conflict}} {
		e := apierr.Resolve(ctx, err)
		require.Equal(t, err, e.Unwrap(), "it keeps its cause")
	}
	e := apierr.Resolve(ctx, apierr.Conflict.Wrap(io.EOF))
	require.Equal(t, io.EOF, e.Unwrap())
	require.NoError(t, errors.Unwrap(apierr.Internal), "the declared error is unchanged")
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	require.Equal(t, 499, apierr.Resolve(canceled, canceled.Err()).Status)
	require.Equal(t, 500, apierr.Resolve(ctx, canceled.Err()).Status)
}
