package validate_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/jsonprefix"
	"github.com/failwell/failwell/internal/seam"
	"github.com/failwell/failwell/validate"
)

// post is a request with a JSON body.
func post(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return r
}

// violations decodes a body into a T and returns what is wrong with it.
func violations[T any](t *testing.T, body string, opts ...validate.Option) []apierr.Violation {
	t.Helper()
	_, err := validate.JSON[T](post(body), opts...)
	return violationsOf(t, err, apierr.InvalidBody)
}

// violationsOf returns the violations of an error, which must be nil or a copy
// of want.
func violationsOf(t *testing.T, err error, want *apierr.Error) []apierr.Violation {
	t.Helper()
	if err == nil {
		return nil
	}
	require.ErrorIs(t, err, want)
	var e *apierr.Error
	require.ErrorAs(t, err, &e)
	return e.Violations
}

// brief writes violations as "path: message" lines.
func brief(vs []apierr.Violation) []string {
	var lines []string
	for _, v := range vs {
		lines = append(lines, v.Path+": "+v.Message)
	}
	return lines
}

// layer is an exchange that limits one body, as package middleware does.
type layer struct {
	seam.Exchange[*apierr.CompiledContract, *apierr.Error]
	body   io.Reader
	prefix jsonprefix.Is
}

func (l *layer) LimitsBody(r io.Reader) bool { return r == l.body }

func (l *layer) BodyPrefix() jsonprefix.Is { return l.prefix }

// layerOf is the layer of a context that underMiddleware made.
func layerOf(ctx context.Context) *layer { return ctx.Value(seam.Key{}).(*layer) }

// underMiddleware is a request as a middleware hands it on: one that limits its
// body.
func underMiddleware(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), seam.Key{}, &layer{body: r.Body}))
}
