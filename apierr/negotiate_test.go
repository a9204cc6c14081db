package apierr_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/internal/contracttest"
)

const (
	ownType     = "application/json"
	problemType = "application/problem+json"
)

// answerTo returns the answer of a negotiating contract to Accept lines.
func answerTo(t testing.TB, accept ...string) *httptest.ResponseRecorder {
	c := apierr.Standard
	c.Alternative = apierr.Problem{}
	r := httptest.NewRequest("GET", "/x", nil)
	r.Header["Accept"] = accept
	return contracttest.NewExchange(t, c).Answer(r, apierr.NotFound)
}

func TestNegotiation(t *testing.T) {
	for _, test := range []struct {
		accept  []string
		problem bool
	}{
		{nil, false},
		{[]string{""}, false},
		{[]string{"*/*"}, false},
		{[]string{"application/*"}, false},
		{[]string{"application/json"}, false},
		{[]string{"application/problem+json"}, true},
		{[]string{"Application/Problem+JSON"}, true},
		{[]string{"application/problem+json;charset=utf-8"}, true},

		// weights
		{[]string{"application/json, application/problem+json"}, false}, // both are as good: the contract's own
		{[]string{"application/problem+json, application/json"}, false}, // order says nothing
		{[]string{"application/problem+json;q=0.9, application/json;q=0.8"}, true},
		{[]string{"application/problem+json;q=0.8, application/json;q=0.9"}, false},
		{[]string{"application/problem+json;q=0.001, application/json;q=0"}, true},
		{[]string{"application/problem+json;q=0, */*"}, false},
		{[]string{"application/problem+json;q=0"}, false},
		{[]string{"application/json;q=0, */*;q=0.1"}, true},
		{[]string{"application/json;q=0.5, application/*;q=1.000"}, true},

		// the closest range counts; a named type beats part of a range
		{[]string{"*/*, application/problem+json"}, true},
		{[]string{"*/*;q=1, application/problem+json;q=0.9"}, false},
		{[]string{"application/*;q=0.2, */*;q=0.9, application/problem+json;q=0.3"}, true},

		// of two that are as close, the heavier counts
		{[]string{"application/problem+json;q=0.9, application/problem+json;q=0.1, application/json;q=0.5"}, true},
		{[]string{"application/problem+json;q=0.1, application/problem+json;q=0.9, application/json;q=0.5"}, true},
		{[]string{"application/json;q=0.9, application/json;q=0.1, application/problem+json;q=0.5"}, false},

		// several lines are one list
		{[]string{"text/html", "application/problem+json"}, true},
		{[]string{"application/json", "application/problem+json;q=0.1"}, false},
		{[]string{",, application/problem+json ,"}, true},

		// neither
		{[]string{"text/html, image/png"}, false},
		{[]string{"application/problem+xml"}, false},
		{[]string{"application/problem+json;version=2"}, false},

		// malformed: nothing in it counts
		{[]string{"application/problem+json, x"}, false},
		{[]string{"application/problem+json;q=2"}, false},
		{[]string{"application/problem+json;q=0.1234"}, false},
		{[]string{"application/problem+json;q=1.001"}, false},
		{[]string{"application/problem+json;q=-1"}, false},
		{[]string{"application/problem+json;q"}, false},
		{[]string{"application/problem+json;q="}, false},
		{[]string{`application/problem+json;a="`}, false},
		{[]string{`application/problem+json, text/x;a="b"c"`}, false},
		{[]string{"*/problem+json"}, false},
		{[]string{"application/problem+json, */json"}, false},
		{[]string{"application/problem+json/x"}, false},
		{[]string{"application/problem+json\x00"}, false},
		{[]string{"application /problem+json"}, false},
		{[]string{strings.Repeat("a/b,", 300) + "application/problem+json"}, false}, // over 1 KiB
		{[]string{"application/problem+json" + strings.Repeat(" ", 64<<10)}, false}, // 64 KiB
		{append(make([]string, 2000), "application/problem+json"), false},           // as many lines

		// odd and well formed
		{[]string{`text/x;a="b,c;d\"", application/problem+json`}, true},
		{[]string{"application/problem+json; ;q=1.0 ; "}, true},
		{[]string{"application/problem+json;q=0."}, false},
		{[]string{"application/problem+json;q=1."}, true},
	} {
		w := answerTo(t, test.accept...)
		want := ownType
		if test.problem {
			want = problemType
		}
		require.Equal(t, want, w.Header().Get("Content-Type"), "%q", test.accept)
		require.Equal(t, "Accept", w.Header().Get("Vary"), "%q", test.accept)
		require.Equal(t, test.problem, decode(t, w.Body.String())["type"] != nil, "%q", test.accept)
	}
}

func TestNegotiationJoinsVary(t *testing.T) {
	c := apierr.Standard
	c.Alternative = apierr.Problem{}
	for _, test := range []struct{ before, after []string }{
		{nil, []string{"Accept"}},
		{[]string{"Origin, accept"}, []string{"Origin, accept"}},
		{[]string{"*"}, []string{"*"}},
		{[]string{"Accept-Encoding"}, []string{"Accept-Encoding", "Accept"}},
	} {
		w := httptest.NewRecorder()
		if test.before != nil {
			w.Header()["Vary"] = test.before
		}
		contracttest.NewExchange(t, c).AnswerTo(w, httptest.NewRequest("GET", "/", nil), apierr.NotFound)
		require.Equal(t, test.after, w.Header()["Vary"])
	}
}

func TestNoNegotiationWithoutAlternative(t *testing.T) {
	r := httptest.NewRequest("GET", "/x", nil)
	r.Header.Set("Accept", problemType)
	w := contracttest.NewExchange(t, apierr.Standard).Answer(r, apierr.NotFound)
	require.Equal(t, ownType, w.Header().Get("Content-Type"))
	require.NotContains(t, w.Header(), "Vary")
}

func TestFormatsOfTheContractAreUsedAsGiven(t *testing.T) {
	c := apierr.Contract{Format: apierr.Problem{}, Alternative: apierr.Envelope{}}
	r := httptest.NewRequest("GET", "/x", nil)
	r.Header = http.Header{"Accept": {ownType}}
	x := contracttest.NewExchange(t, c)
	require.Equal(t, ownType, x.Answer(r, apierr.NotFound).Header().Get("Content-Type"))
	require.Equal(t, problemType, x.Answer(nil, apierr.NotFound).Header().Get("Content-Type"))
}
