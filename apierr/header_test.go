package apierr_test

import (
	"math"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/internal/contracttest"
)

func TestRetryAfter(t *testing.T) {
	const year = 365 * 24 * time.Hour
	for _, test := range []struct {
		name   string
		err    *apierr.Error
		before []string // what a layer has set
		want   []string
	}{
		{"none", apierr.Conflict, nil, nil},
		{"rounded up", apierr.Conflict.WithRetryAfter(time.Second + 1), nil, []string{"2"}},
		{"at least 1", apierr.Conflict.WithRetryAfter(1), nil, []string{"1"}},
		{"200 years", apierr.Conflict.WithRetryAfter(200 * year), nil, []string{"6307200000"}},
		{"as long as can be", apierr.Conflict.WithRetryAfter(math.MaxInt64), nil, []string{"9223372037"}},
		{"under zero", apierr.TooManyRequests.WithRetryAfter(math.MinInt64), nil, []string{"1"}},
		{"the layer's", apierr.TooManyRequests, []string{"7"}, []string{"7"}},
		{"the layer's is empty", apierr.TooManyRequests, []string{""}, []string{"1"}},
		{"one line of it", apierr.TooManyRequests.WithHeader("retry-after", "9"), []string{"7"}, []string{"9"}},
	} {
		w := httptest.NewRecorder()
		if test.before != nil {
			w.Header()["Retry-After"] = test.before
		}
		contracttest.NewExchange(t, apierr.Standard).AnswerTo(w, httptest.NewRequest("GET", "/", nil), test.err)
		require.Equal(t, test.want, w.Header()["Retry-After"], test.name)
	}
}

// What says how the body is to be read is the answer's alone.
func TestErrorsDoNotDescribeTheBody(t *testing.T) {
	for _, name := range []string{
		"Content-Type", "Content-Length", "content-encoding", "Transfer-Encoding", "Trailer", "Cache-Control",
		"X-Content-Type-Options", "X-Request-Id", "x-correlation-id",
	} {
		want := contracttest.Answer(t, apierr.Standard, apierr.Conflict).Header()
		got := contracttest.Answer(t, apierr.Standard, apierr.Conflict.WithHeader(name, "mine")).Header()
		require.Equal(t, want, got, name)
	}
	got := contracttest.Answer(t, apierr.Standard, apierr.Conflict.WithHeader("Content-Language", "de")).Header()
	require.Equal(t, "de", got.Get("Content-Language"), "it may say what the message is in")
}

// What described the body that an answer replaces goes; everything else stays.
func TestStaleHeaders(t *testing.T) {
	stale := []string{
		"Content-Length", "ETag", "Last-Modified", "Cache-Control", "Expires", "Content-Disposition", "Content-Language",
		"Content-Location", "Trailer", "Digest", "Content-Digest", "Repr-Digest", "Content-MD5", "Trailer:X-Sum",
	}
	kept := []string{
		"Allow", "WWW-Authenticate", "Retry-After", "Content-Range", "Set-Cookie", "Vary", "Access-Control-Allow-Origin",
		"Accept-Ranges", "X-Other", "Content-Security-Policy",
	}
	w := httptest.NewRecorder()
	for _, name := range append(stale, kept...) {
		w.Header()[http.CanonicalHeaderKey(name)] = []string{"the handler's"}
	}
	contracttest.NewExchange(t, apierr.Standard).AnswerTo(w, httptest.NewRequest("GET", "/", nil), apierr.Conflict)
	for _, name := range stale {
		require.NotContains(t, w.Header()[http.CanonicalHeaderKey(name)], "the handler's", name)
	}
	for _, name := range kept {
		require.Equal(t, []string{"the handler's"}, w.Header().Values(name), name)
	}
}

func TestEmptyChallengeIsNone(t *testing.T) {
	w := httptest.NewRecorder()
	w.Header()["Www-Authenticate"] = []string{""}
	contracttest.NewExchange(t, apierr.Standard).AnswerTo(w, httptest.NewRequest("GET", "/", nil), apierr.Unauthenticated)
	require.Equal(t, []string{"Bearer"}, w.Header()["Www-Authenticate"])
}

// Header values that answers share are not grown in place: a layer that adds
// to one, or sets it, changes no other answer.
func TestLayersChangeNoOtherAnswer(t *testing.T) {
	want := contracttest.Answer(t, apierr.Standard, apierr.Conflict).Header().Clone()
	for name := range want {
		h := contracttest.Answer(t, apierr.Standard, apierr.Conflict).Header()
		h.Add(name, "more")
		h.Set(name, "other")
		h.Del(name)
	}
	require.Equal(t, want, contracttest.Answer(t, apierr.Standard, apierr.Conflict).Header())
	require.NotEmpty(t, http.Header(want).Get("Content-Length"))
}
