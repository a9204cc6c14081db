package middleware_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// requestKey is where the test's handlers keep their writer and request, as
// frameworks keep theirs, so that a mapper can reach them.
type requestKey struct{}

type pair struct {
	w http.ResponseWriter
	r *http.Request
}

// A mapper that asks about the error that it is asked about is asked again, and
// a few times only.
func TestMappersThatCallThemselves(t *testing.T) {
	for _, test := range []struct {
		name string
		ask  func(ctx context.Context, p *pair, err error)
	}{
		{"Write", func(_ context.Context, p *pair, err error) { apierr.Write(p.w, p.r, err) }},
		{"Write, twice", func(_ context.Context, p *pair, err error) { apierr.Write(p.w, p.r, err); apierr.Write(p.w, p.r, err) }},
		{"Resolve", func(ctx context.Context, _ *pair, err error) { apierr.Resolve(ctx, err) }},
		{"Resolve in the handler's context", func(_ context.Context, p *pair, err error) { apierr.Resolve(p.r.Context(), err) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			calls := 0
			mapper := middleware.WithErrorMapper(func(ctx context.Context, err error) *apierr.Error {
				if calls++; calls > 100 {
					t.Error("no end of it")
					return nil
				}
				test.ask(ctx, ctx.Value(requestKey{}).(*pair), err)
				return apierr.Conflict
			})
			h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				p := &pair{w: w}
				p.r = r.WithContext(context.WithValue(r.Context(), requestKey{}, p))
				apierr.Write(w, p.r, io.EOF)
			})
			// A New inside another shares its mappers: so does its bound.
			onWire(t, middleware.New(apierr.Standard, mapper)(h), func(t *testing.T, s *site) {
				calls = 0
				require.Equal(t, 409, s.get("/").StatusCode)
				s.one(t)
			}, mapper)
		})
	}
}

// Mappers are asked again for each error: the bound is for one inside another.
func TestMappersAreAskedForEachError(t *testing.T) {
	calls := 0
	mapper := middleware.WithErrorMapper(func(context.Context, error) *apierr.Error { calls++; return apierr.Conflict })
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for range 20 {
			require.ErrorIs(t, apierr.Resolve(r.Context(), errors.New("x")), apierr.Conflict)
		}
	})
	onWire(t, h, func(t *testing.T, s *site) {
		calls = 0
		require.Equal(t, 200, s.get("/").StatusCode)
		require.Equal(t, 20, calls)
	}, mapper)
}

// Package fmt does not return from a value that contains itself, and the
// process would end with its stack.
func TestPanicsWithAValueThatContainsItself(t *testing.T) {
	list, table := []any{nil}, map[string]any{}
	list[0], table["self"] = list, table
	for want, v := range map[string]any{"panic: ([]interface {})": list, "panic: (map[string]interface {})": table} {
		onWire(t, panics(v), func(t *testing.T, s *site) {
			require.Equal(t, 500, s.get("/").StatusCode)
			require.Equal(t, want, s.one(t)["cause"])
		})
	}
}

// endless is an error whose Unwrap returns its receiver.
type endless struct{}

func (endless) Error() string   { return "endless" }
func (e endless) Unwrap() error { return e }

// endlessBody fails as a body that a layer in between has put there may.
type endlessBody struct{ io.ReadCloser }

func (endlessBody) Read([]byte) (int, error) { return 0, endless{} }

func TestErrorsWithoutEnd(t *testing.T) {
	read := func(w http.ResponseWriter, r *http.Request) error {
		r.Body = endlessBody{r.Body}
		h := middleware.New(apierr.Standard)(apierr.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
			_, err := io.ReadAll(r.Body)
			return err
		}))
		h.ServeHTTP(w, r)
		return nil
	}
	for _, test := range []struct {
		name   string
		h      http.Handler
		status int
	}{
		{"returned", returns(endless{}), 500},
		{"panicked with", panics(endless{}), 500},
		{"read from a body", apierr.HandlerFunc(read), 400},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t, 1, test.h)
			require.Equal(t, test.status, s.do("POST", "/", "x").StatusCode)
			s.one(t)
		})
	}
}
