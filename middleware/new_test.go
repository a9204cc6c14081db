package middleware_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// What a programmer does wrong is said at start-up.
func TestNewPanics(t *testing.T) {
	wrong := apierr.Contract{Name: "wrong", Errors: []*apierr.Error{{Code: "X"}}}
	require.PanicsWithValue(t, "middleware.New: "+wrong.Check().Error(), func() { middleware.New(wrong) })
	require.PanicsWithValue(t, "middleware.New: the handler is nil", func() { middleware.New(apierr.Standard)(nil) })
}

// Later changes of the literal do not reach the contract.
func TestNewTakesASnapshot(t *testing.T) {
	contract := apierr.Contract{Name: "own", StatusMappings: map[int]apierr.Mapping{404: {Error: apierr.Forbidden}}, Errors: []*apierr.Error{apierr.Forbidden}}
	h := middleware.New(contract, middleware.WithLogger(nil))(http.NotFoundHandler())
	delete(contract.StatusMappings, 404)
	contract.Errors[0] = apierr.Conflict
	w := httptest.NewRecorder()
	h.ServeHTTP(w, serverRequest())
	require.Equal(t, "AUTH_FORBIDDEN", readEnvelope(t, w.Body.String()).Code)
}

// A script of another origin can read the IDs, of successes and failures.
func TestExposedToScripts(t *testing.T) {
	const ids = "X-Request-Id, X-Correlation-Id"
	for _, test := range []struct {
		name    string
		handler http.Handler
		want    string
	}{
		{"a success", http.HandlerFunc(ok), ids},
		{"nothing said", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), ids},
		{"an error", returns(apierr.TooManyRequests), ids + ", Retry-After"},
		{"beside the handler's", writes(200, "", "Access-Control-Expose-Headers", "X-Own"), "X-Own, " + ids},
	} {
		onWire(t, test.handler, func(t *testing.T, s *site) {
			require.Equal(t, test.want, s.get("/", "Origin", "https://app.example").Header.Get("Access-Control-Expose-Headers"), test.name)
			require.NotContains(t, s.get("/").Header.Get("Access-Control-Expose-Headers"), "X-Request-Id")
		})
	}
}

// A function that is called while New itself answers finds the request's values.
func TestContextOfNewsOwnAnswers(t *testing.T) {
	type key struct{}
	var got []any
	mapper := middleware.WithErrorMapper(func(ctx context.Context, err error) *apierr.Error {
		middleware.SetRoute(ctx, "/reported")
		got = append(got, ctx.Value(key{}), apierr.RequestID(ctx), fmt.Sprintf("%T", err))
		return nil
	})
	logged := newRecords()
	h := middleware.New(apierr.Standard, mapper, logTo(logged), middleware.WithMaxBody(1))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.ReadAll(r.Body)
		w.WriteHeader(http.StatusBadGateway) // as a proxy does
	}))
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "/", http.MaxBytesReader(nil, io.NopCloser(badBodyOf(3)), 10))
	h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, "mine")))
	require.Equal(t, 413, w.Code)
	require.Equal(t, []any{"mine", w.Header().Get("X-Request-Id"), "*http.MaxBytesError"}, got)
	require.Equal(t, "/reported", logged.next(t)["route"])
}

// badBodyOf is a body of n bytes that ends in no order.
type badBodyOf int

func (n badBodyOf) Read(p []byte) (int, error) { return min(int(n), len(p)), nil }
