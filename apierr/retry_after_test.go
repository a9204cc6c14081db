package apierr_test

import (
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/internal/contracttest"
)

// waiting is a format that shows what it sees.
type waiting struct{ apierr.Envelope }

func (waiting) Append(dst []byte, e *apierr.Error, _ apierr.Info) ([]byte, error) {
	return append(dst, e.RetryAfter.String()...), nil
}

// A body has the Retry-After that the header has, from any source.
func TestFormatsSeeTheEffectiveRetryAfter(t *testing.T) {
	busy := &apierr.Error{Code: "BUSY", Status: 503, Message: "M"}
	odd := &apierr.Error{Code: "ODD", Status: 409, Message: "M"}
	inAnHour := time.Now().Add(time.Hour).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
	for _, test := range []struct {
		name   string
		e      *apierr.Error
		line   string // the Retry-After that is there already
		header string
		body   string
	}{
		{"the error's own", odd.WithRetryAfter(1500 * time.Millisecond), "", "2", "1.5s"},
		{"the contract's for 429", apierr.TooManyRequests, "", "3", "3s"},
		{"the contract's for 503", busy, "", "60", "1m0s"},
		{"none", odd, "", "", "0s"},
		{"a negative one", odd.WithRetryAfter(-time.Second), "", "", "0s"},
		{"a negative one for 429", apierr.TooManyRequests.WithRetryAfter(-time.Second), "", "3", "3s"},
		{"the error's header", odd.WithHeader("retry-after", "7"), "", "7", "7s"},
		{"the error's header in its own case", &apierr.Error{Code: "C", Status: 409, Header: map[string][]string{"retry-AFTER": {"7"}}}, "", "7", "7s"},
		{"the error's header before the contract", busy.WithHeader("Retry-After", "7"), "", "7", "7s"},
		{"the field before the header", odd.WithRetryAfter(time.Second).WithHeader("Retry-After", "7"), "", "1", "1s"},
		{"a header of the error that HTTP does not allow", busy.WithHeader("Retry-After", "7\n"), "", "60", "1m0s"},
		{"a header that is there", odd, "9", "9", "9s"},
		{"one that is there, before the contract", apierr.TooManyRequests, "9", "9", "9s"},
		{"the error's before one that is there", odd.WithRetryAfter(time.Second), "9", "1", "1s"},
		{"the error's header before one that is there", odd.WithHeader("Retry-After", "7"), "9", "7", "7s"},
		{"no number", odd, "soon", "soon", "0s"},
		{"a negative number", odd, "-1", "-1", "0s"},
		{"a number without end", odd, "99999999999999999999", "99999999999999999999", "2500000h0m0s"},
		{"a date that is past", odd, "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2015 07:28:00 GMT", "0s"},
		{"a date", odd, inAnHour, inAnHour, "59m"},
	} {
		c := apierr.Contract{RetryAfter: 3 * time.Second, RetryAfterUnavailable: time.Minute, Format: waiting{}}
		w := httptest.NewRecorder()
		if test.line != "" {
			w.Header().Set("Retry-After", test.line)
		}
		contracttest.NewExchange(t, c).AnswerTo(w, httptest.NewRequest("GET", "/", nil), test.e)
		require.Equal(t, test.header, w.Header().Get("Retry-After"), test.name)
		if test.name == "a date" {
			got, err := time.ParseDuration(w.Body.String())
			require.NoError(t, err)
			require.InDelta(t, time.Hour, got, float64(time.Minute))
			continue
		}
		require.Equal(t, test.body, w.Body.String(), test.name)

		c.Format = apierr.Envelope{Members: []apierr.Member{{Name: "code", From: apierr.FromCode}, {Name: "wait", From: apierr.FromRetryAfter}}}
		w = httptest.NewRecorder()
		if test.line != "" {
			w.Header().Set("Retry-After", test.line)
		}
		contracttest.NewExchange(t, c).AnswerTo(w, httptest.NewRequest("GET", "/", nil), test.e)
		wait, given := decode(t, w.Body.String())["wait"]
		seconds, err := strconv.Atoi(test.header)
		switch {
		case test.body == "0s":
			require.False(t, given, test.name)
		case err == nil:
			require.EqualValues(t, seconds, wait, test.name)
		}
	}
}
