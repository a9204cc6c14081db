package middleware

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
)

// configOf returns the part of New's config that expose uses.
func configOf(t *testing.T, c apierr.Contract) *config {
	t.Helper()
	h, ok := New(c)(http.NotFoundHandler()).(*handler)
	require.True(t, ok)
	return h.config
}

func TestExpose(t *testing.T) {
	const expose = "Access-Control-Expose-Headers"
	type h = http.Header
	ids := h{"X-Request-Id": {"r"}, "X-Correlation-Id": {"c"}}
	limited := h{
		"X-Request-Id": {"r"}, "Retry-After": {"1"}, "Ratelimit": {"r"}, "Ratelimit-Policy": {"p"},
		"X-Ratelimit-Reset": {"1"}, "X-Ratelimit-Limit": {"1"}, "X-Other": {"1"},
	}
	for _, test := range []struct {
		name   string
		c      apierr.Contract
		answer h
		before []string // what a CORS layer has set
		want   []string
	}{
		{"nothing to name", apierr.Standard, h{"X-Other": {"1"}}, nil, nil},
		{"the IDs", apierr.Standard, ids, nil, []string{"X-Request-Id, X-Correlation-Id"}},
		{"one is not sent", apierr.Contract{RequestIDHeader: apierr.NoHeader}, ids, nil, []string{"X-Correlation-Id"}},
		{"other names", apierr.Contract{CorrelationIDHeader: "x-chain"}, h{"X-Chain": {"c"}}, nil, []string{"X-Chain"}},
		{"limits", apierr.Standard, limited, nil,
			[]string{"X-Request-Id, Retry-After, Ratelimit, Ratelimit-Policy, X-Ratelimit-Limit, X-Ratelimit-Reset"}},
		{"beside others", apierr.Standard, ids, []string{"ETag", "X-Total"}, []string{"ETag, X-Total, X-Request-Id, X-Correlation-Id"}},
		{"one is there", apierr.Standard, ids, []string{"etag,x-request-id"}, []string{"etag,x-request-id, X-Correlation-Id"}},
		{"all are there", apierr.Standard, ids, []string{"x-correlation-id", "X-REQUEST-ID"}, []string{"x-correlation-id", "X-REQUEST-ID"}},
		{"star", apierr.Standard, ids, []string{"*"}, []string{"*"}},
		{"star with credentials is a name", apierr.Standard,
			h{"X-Request-Id": {"r"}, "Access-Control-Allow-Credentials": {"true"}}, []string{"*"}, []string{"*, X-Request-Id"}},
		{"off", apierr.Contract{NoExposeHeaders: true}, ids, nil, nil},
		{"off, others", apierr.Contract{NoExposeHeaders: true}, ids, []string{"ETag"}, []string{"ETag"}},
	} {
		c := configOf(t, test.c)
		answer := test.answer.Clone()
		if test.before != nil {
			answer[expose] = test.before
		}
		c.expose(answer)
		require.Equal(t, test.want, answer[expose], test.name)
		c.expose(answer)
		require.Equal(t, test.want, answer[expose], "%s: again changes nothing", test.name)
	}
}

// Requests without an Origin are most of them, and do not come here; those
// with one pay for the line and its slice.
func TestExposeAllocations(t *testing.T) {
	c := configOf(t, apierr.Standard)
	answer := http.Header{"X-Request-Id": {"r"}, "X-Correlation-Id": {"c"}}
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() {
		delete(answer, "Access-Control-Expose-Headers")
		c.expose(answer)
	}), 2.0)
}
