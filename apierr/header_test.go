package apierr_test

import (
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
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

// names of header fields by what happens to them when an error replaces a
// response. The names are spelled as their documentation spells them.
var (
	unrelatedFields = []string{
		"Set-Cookie", "Vary", "Allow", "WWW-Authenticate", "Retry-After", "Access-Control-Allow-Origin", "Accept-Ranges",
		"Content-Security-Policy", "Strict-Transport-Security", "Link", "Location", "Server-Timing", "X-RateLimit-Limit",
		"RateLimit", "X-Accel-Buffering", "X-Other", "Connection", "Upgrade", "Proxy-Authenticate", "Authentication-Info",
	}
	// An Error may set these for its own body.
	metadataFields  = []string{"Content-Disposition", "Content-Language", "Content-Location"}
	validatorFields = []string{"ETag", "Last-Modified"}
	// Only the answer may set these.
	reservedFields = []string{
		// framing and type
		"Content-Type", "Content-Length", "Content-Encoding", "Transfer-Encoding", "Trailer", "X-Content-Type-Options",
		// caches other than the client's
		"Expires", "Pragma", "Age", "Surrogate-Control", "Edge-Control", "X-Accel-Expires",
		"CDN-Cache-Control", "Cloudflare-CDN-Cache-Control", "Vercel-CDN-Cache-Control", "Netlify-CDN-Cache-Control",
		"Akamai-Cache-Control", "X-LiteSpeed-Cache-Control",
		// files in place of the body
		"X-Accel-Redirect", "X-Sendfile", "X-LIGHTTPD-send-file", "X-LIGHTTPD-send-tempfile", "X-LiteSpeed-Location",
		"X-Reproxy-URL", "X-Reproxy-File",
		// digests and signatures
		"Digest", "Content-Digest", "Repr-Digest", "Unencoded-Digest", "Content-MD5", "Signature", "Signature-Input",
		"Content-Signature", "Use-As-Dictionary",
	}
)

// answerWith answers err where a handler has set the header field name, spelled
// as it is given, to value, and returns the header that net/http would send.
func answerWith(t *testing.T, err error, name, value string) http.Header {
	t.Helper()
	w := httptest.NewRecorder()
	w.Header()[name] = []string{value}
	contracttest.NewExchange(t, apierr.Standard).AnswerTo(w, httptest.NewRequest("GET", "/", nil), err)
	sent := http.Header{}
	for name, values := range w.Header() {
		name = http.CanonicalHeaderKey(name)
		sent[name] = append(sent[name], values...)
	}
	return sent
}

// Of what a handler has set, an error keeps what does not describe the body that
// it replaces, whatever the spelling of the name.
func TestFieldsThatSurvive(t *testing.T) {
	at := func(status int) *apierr.Error { return &apierr.Error{Code: "OWN", Status: status} }
	all := slices.Concat(unrelatedFields, metadataFields, validatorFields, reservedFields, []string{"Content-Range"})
	for _, status := range []int{200, 400, 404, 409, 412, 416, 500} {
		survives := slices.Clone(unrelatedFields)
		switch status {
		case 412:
			survives = append(survives, validatorFields...)
		case 416:
			survives = append(survives, "Content-Range")
		}
		for _, name := range all {
			for _, spelled := range []string{http.CanonicalHeaderKey(name), name, strings.ToLower(name), strings.ToUpper(name)} {
				if strings.EqualFold(name, "Trailer") && spelled != "Trailer" {
					continue // net/http looks for its own spelling only
				}
				h := answerWith(t, at(status), spelled, "the handler's")
				if slices.Contains(survives, name) {
					require.Equal(t, []string{"the handler's"}, h.Values(name), "%d: %s", status, spelled)
				} else {
					require.NotContains(t, h.Values(name), "the handler's", "%d: %s", status, spelled)
				}
			}
		}
	}
	require.NotContains(t, answerWith(t, at(400), http.TrailerPrefix+"X-Sum", "1"), http.TrailerPrefix+"X-Sum")
}

// What an Error's own Header may say of the answer.
func TestFieldsOfErrors(t *testing.T) {
	set := func(status int, name string) []string {
		e := &apierr.Error{Code: "OWN", Status: status, Header: http.Header{name: {"mine"}}}
		return contracttest.Answer(t, apierr.Standard, e).Header().Values(name)
	}
	for _, name := range slices.Concat(unrelatedFields, metadataFields, validatorFields) {
		require.Equal(t, []string{"mine"}, set(409, name), name)
	}
	for _, name := range append(reservedFields, "Cache-Control", "x-request-id", "X-Correlation-ID") {
		require.NotContains(t, set(409, name), "mine", name)
	}
	require.Empty(t, set(409, "Content-Range"))
	require.Equal(t, []string{"mine"}, set(416, "Content-Range"))
}

// A layer may set a field under a name in another case. It is the same field: an
// ID, a challenge or a Retry-After is not sent twice.
func TestOtherSpellingsAreTheSameField(t *testing.T) {
	for _, test := range []struct {
		name, value string
		err         *apierr.Error
		want        []string
	}{
		{"X-Request-ID", "the handler's", apierr.Conflict, []string{contracttest.RequestID}},
		{"x-correlation-id", "the handler's", apierr.Conflict, []string{contracttest.CorrelationID}},
		{"WWW-Authenticate", "Basic", apierr.Unauthenticated, []string{"Basic"}},
		{"retry-after", "7", apierr.TooManyRequests, []string{"7"}},
		{"retry-after", "7", apierr.TooManyRequests.WithRetryAfter(time.Minute), []string{"60"}},
		{"ALLOW", "GET", apierr.MethodNotAllowed, []string{"GET"}},
		{"vary", "Origin", apierr.Conflict.WithHeader("Vary", "Cookie"), []string{"Origin", "Cookie"}},
		{"cache-control", "private, no-store", apierr.Conflict, []string{"private, no-store"}},
		{"cache-control", "public", apierr.Conflict, []string{"no-store"}},
		{"content-type", "text/html", apierr.Conflict, []string{"application/json"}},
		{"x-content-type-options", "x", apierr.Conflict, []string{"nosniff"}},
	} {
		require.Equal(t, test.want, answerWith(t, test.err, test.name, test.value).Values(test.name), "%s: %s", test.name, test.value)
	}
	w := httptest.NewRecorder() // outside a layer, the ID is the handler's own
	w.Header()["X-Request-ID"] = []string{"own"}
	apierr.Write(w, httptest.NewRequest("GET", "/", nil), apierr.Conflict)
	require.Equal(t, "own", w.Header().Get("X-Request-Id"))
}

// A Cache-Control that forbids storing stays, any other is replaced.
func TestCacheControl(t *testing.T) {
	for _, test := range []struct {
		lines []string
		stays bool
	}{
		{[]string{"no-store"}, true},
		{[]string{"No-Store"}, true},
		{[]string{"private, no-store"}, true},
		{[]string{"no-cache, no-store, must-revalidate, max-age=0"}, true},
		{[]string{"private", "no-store"}, true},
		{[]string{" no-store ,"}, true},
		{[]string{`private="Set-Cookie", no-store`}, true},
		{nil, false},
		{[]string{""}, false},
		{[]string{"no-cache"}, false},
		{[]string{"private"}, false},
		{[]string{"public, max-age=3600"}, false},
		{[]string{"max-age=0, must-revalidate"}, false},
		{[]string{"no-storex"}, false},
		{[]string{"x-no-store"}, false},
		{[]string{"no-store=1"}, false},
		{[]string{"no-store no-cache"}, false},
		{[]string{`private="a, no-store"`}, false},
		{[]string{`private="a\", no-store"`}, false},
		{[]string{`private="a\", no-store, \"b"`}, false},
		{[]string{`private="a, no-store`}, false},
		{[]string{"no-store, must-understand"}, false},
		{[]string{"must-understand", "no-store, max-age=60"}, false},
	} {
		w := httptest.NewRecorder()
		w.Header()["Cache-Control"] = slices.Clone(test.lines)
		contracttest.NewExchange(t, apierr.Standard).AnswerTo(w, httptest.NewRequest("GET", "/", nil), apierr.Conflict)
		want := []string{"no-store"}
		if test.stays {
			want = test.lines
		}
		require.Equal(t, want, w.Header()["Cache-Control"], "%q", test.lines)
	}
}

func TestEmptyChallengeIsNone(t *testing.T) {
	w := httptest.NewRecorder()
	w.Header()["Www-Authenticate"] = []string{""}
	contracttest.NewExchange(t, apierr.Standard).AnswerTo(w, httptest.NewRequest("GET", "/", nil), apierr.Unauthenticated)
	require.Equal(t, []string{"Bearer"}, w.Header()["Www-Authenticate"])
}

// A layer that changes the header of one answer, its values in place included,
// changes no other.
func TestLayersChangeNoOtherAnswer(t *testing.T) {
	c := apierr.Standard
	c.RetryAfter = 3 * time.Second
	for _, err := range []error{
		apierr.Conflict, apierr.Unauthenticated, apierr.MethodNotAllowed, apierr.TooManyRequests,
		apierr.Conflict.WithHeader("X-Own", "1"), apierr.Conflict.With("long", strings.Repeat("a", 600)),
	} {
		want := contracttest.Answer(t, c, err).Header().Clone()
		require.Equal(t, "no-store", want.Get("Cache-Control"))
		var answers [100]http.Header
		for i := range answers {
			answers[i] = contracttest.Answer(t, c, err).Header()
		}
		for i, h := range answers { // all are as they were made, until each is changed
			require.Equal(t, want, h, i)
			for name := range want {
				_ = append(h[name], "more")
			}
			require.Equal(t, want, h, "adding to a value changes no other one")
			for name := range want {
				h[name][0] = "changed"
			}
		}
		require.Equal(t, want, contracttest.Answer(t, c, err).Header())
	}
}

// Nor does it change a value that a handler shares among its answers.
func TestAnswersChangeNoValueOfTheHandler(t *testing.T) {
	shared := make([]string, 1, 4)
	shared[0] = "Origin"
	for range 2 {
		w := httptest.NewRecorder()
		w.Header()["Vary"] = shared
		apierr.Write(w, httptest.NewRequest("GET", "/", nil), apierr.Conflict.WithHeader("Vary", "Cookie"))
		require.Equal(t, []string{"Origin", "Cookie"}, w.Header()["Vary"])
	}
	require.Equal(t, []string{"Origin", ""}, shared[:2])
}

// A handler may forget to return after Write and answer again in a loop. Its
// header does not grow.
func TestAnswersInALoopDoNotGrow(t *testing.T) {
	w := httptest.NewRecorder()
	e := apierr.TooManyRequests.WithHeader("Vary", "Cookie").WithHeader("X-Own", "1").WithHeader("X-Own", "2")
	want := contracttest.Answer(t, apierr.Standard, e).Header()
	x := contracttest.NewExchange(t, apierr.Standard)
	for range 1000 {
		x.AnswerTo(w, httptest.NewRequest("GET", "/", nil), e)
	}
	require.Equal(t, want, w.Header())
}
