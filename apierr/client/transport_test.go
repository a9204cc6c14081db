package client_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr/client"
)

// server is a Base that answers each attempt with the next of its steps, and all
// further ones with the last.
type server struct {
	steps  []step
	seen   []string // the bodies, each with the time since the first attempt
	at     []time.Duration
	closed int // bodies of responses
	began  time.Time
}

// step is the answer to one attempt: a response, or an error.
type step struct {
	status int
	header string // lines of a header; @7s is the date in seven seconds
	err    error
}

func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.began.IsZero() {
		s.began = time.Now()
	}
	s.at = append(s.at, time.Since(s.began))
	sent := ""
	if r.Body != nil {
		b, _ := io.ReadAll(r.Body)
		r.Body.Close()
		sent = string(b)
	}
	s.seen = append(s.seen, sent)
	now := s.steps[min(len(s.seen), len(s.steps))-1]
	if now.err != nil {
		return nil, now.err
	}
	h := make(http.Header)
	for line := range strings.Lines(now.header) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if in, err := time.ParseDuration(strings.TrimPrefix(value, "@")); err == nil && value[0] == '@' {
			value = time.Now().Add(in).UTC().Format(http.TimeFormat)
		}
		h.Add(name, value)
	}
	return &http.Response{
		StatusCode: now.status, Header: h, Request: r,
		Body: &body{strings.NewReader("attempt " + string(rune('0'+len(s.seen)))), func() { s.closed++ }},
	}, nil
}

var (
	errReset   = &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}
	errCert    = &tls.CertificateVerificationError{Err: errors.New("unknown authority")}
	errNoHost  = &net.DNSError{Err: "no such host", IsNotFound: true}
	errNoReply = &net.DNSError{Err: "i/o timeout", IsTimeout: true}
)

// What is retried, how often, and after which wait.
func TestTransport(t *testing.T) {
	const (
		get, post = "GET", "POST"
		none      = time.Duration(-1) // the wait is random
		s         = time.Second
	)
	ok := step{status: 200}
	status := func(status int, header string) step { return step{status: status, header: header} }
	fails := func(err error) step { return step{err: err} }
	marked := func(r *http.Request) bool { return r.Header.Get("X-Again") != "" }
	for _, test := range []struct {
		name     string
		method   string
		header   string // one line of the request's header
		steps    []step
		attempts int
		wait     time.Duration // of all retries
		reason   client.Reason
	}{
		// Statuses, of an idempotent request.
		{"a success", get, "", []step{ok}, 1, 0, ""},
		{"429", get, "", []step{status(429, ""), ok}, 2, none, ""},
		{"502", get, "", []step{status(502, ""), ok}, 2, none, ""},
		{"503", get, "", []step{status(503, ""), ok}, 2, none, ""},
		{"504", get, "", []step{status(504, ""), ok}, 2, none, ""},
		{"three and no more", get, "", []step{status(503, "")}, 4, none, client.ReasonRetries},
		{"another failure at the second attempt", get, "", []step{status(503, ""), status(404, ""), ok}, 2, none, ""},
		{"500", get, "", []step{status(500, ""), ok}, 1, 0, ""},
		{"501", get, "", []step{status(501, ""), ok}, 1, 0, ""},
		{"505", get, "", []step{status(505, ""), ok}, 1, 0, ""},
		{"400", get, "", []step{status(400, "Retry-After: 1"), ok}, 1, 0, ""},
		{"404", get, "", []step{status(404, ""), ok}, 1, 0, ""},
		{"408", get, "", []step{status(408, ""), ok}, 1, 0, ""},
		{"428", get, "", []step{status(428, ""), ok}, 1, 0, ""},
		{"a redirect with Retry-After", get, "", []step{status(302, "Retry-After: 1"), ok}, 1, 0, ""},
		{"a success with Retry-After", get, "", []step{status(202, "Retry-After: 1"), ok}, 1, 0, ""},

		// Methods.
		{"no method is GET", "", "", []step{status(503, ""), ok}, 2, none, ""},
		{"HEAD", "HEAD", "", []step{status(503, ""), ok}, 2, none, ""},
		{"OPTIONS", "OPTIONS", "", []step{status(503, ""), ok}, 2, none, ""},
		{"TRACE", "TRACE", "", []step{status(503, ""), ok}, 2, none, ""},
		{"PUT", "PUT", "", []step{status(503, ""), ok}, 2, none, ""},
		{"DELETE", "DELETE", "", []step{status(503, ""), ok}, 2, none, ""},
		{"get in lower case is another method", "get", "", []step{status(503, ""), ok}, 1, 0, client.ReasonNotIdempotent},
		{"PATCH", "PATCH", "", []step{status(503, ""), ok}, 1, 0, client.ReasonNotIdempotent},
		{"CONNECT", "CONNECT", "", []step{status(503, ""), ok}, 1, 0, client.ReasonNotIdempotent},
		{"POST", post, "", []step{status(503, ""), ok}, 1, 0, client.ReasonNotIdempotent},
		{"POST after Retry-After", post, "", []step{status(503, "Retry-After: 1"), ok}, 1, 0, client.ReasonNotIdempotent},
		{"POST with an Idempotency-Key", post, "Idempotency-Key: k", []step{status(503, ""), ok}, 2, none, ""},
		{"POST with an empty one", post, "Idempotency-Key: ", []step{status(503, ""), ok}, 1, 0, client.ReasonNotIdempotent},
		{"POST that Idempotent knows", post, "X-Again: 1", []step{status(502, ""), ok}, 2, none, ""},
		{"POST and 429", post, "", []step{status(429, ""), ok}, 2, none, ""},
		{"POST and 429, then 503", post, "", []step{status(429, ""), status(503, ""), ok}, 2, none, client.ReasonNotIdempotent},

		// No response.
		{"a reset", get, "", []step{fails(errReset), ok}, 2, none, ""},
		{"a reset each time", get, "", []step{fails(errReset)}, 4, none, client.ReasonRetries},
		{"a reset of a POST", post, "", []step{fails(errReset), ok}, 1, 0, client.ReasonNotIdempotent},
		{"a reset of a POST with a key", post, "Idempotency-Key: k", []step{fails(errReset), ok}, 2, none, ""},
		{"the end of the connection", get, "", []step{fails(io.EOF), ok}, 2, none, ""},
		{"half a header", get, "", []step{fails(io.ErrUnexpectedEOF), ok}, 2, none, ""},
		{"an error that is not known", get, "", []step{fails(errors.New("stream error")), ok}, 2, none, ""},
		{"a name server that is slow", get, "", []step{fails(errNoReply), ok}, 2, none, ""},
		{"a host that does not exist", get, "", []step{fails(errNoHost), ok}, 1, 0, client.ReasonPermanent},
		{"a certificate that is not trusted", get, "", []step{fails(errCert), ok}, 1, 0, client.ReasonPermanent},
		{"no TLS at the other end", get, "", []step{fails(tls.RecordHeaderError{}), ok}, 1, 0, client.ReasonPermanent},
		{"a key with its line break", get, "X-Key: k\n", []step{fails(errors.New("invalid header")), ok}, 1, 0, client.ReasonPermanent},
		{"503, then a reset", get, "", []step{status(503, ""), fails(errReset), ok}, 3, none, ""},

		// Retry-After.
		{"seconds", post, "", []step{status(429, "Retry-After: 2"), ok}, 2, 2 * s, ""},
		{"seconds of a 503", get, "", []step{status(503, "Retry-After: 2"), status(503, "Retry-After: 5"), ok}, 3, 7 * s, ""},
		{"a date", get, "", []step{status(429, "Retry-After: @7s"), ok}, 2, 7 * s, ""},
		{"a date, by a clock that is an hour fast", get, "", []step{status(429, "Retry-After: @1h7s\nDate: @1h"), ok}, 2, 7 * s, ""},
		{"a date, and a Date that is none", get, "", []step{status(429, "Retry-After: @7s\nDate: today"), ok}, 2, 7 * s, ""},
		{"30 s, which is MaxWait", get, "", []step{status(429, "Retry-After: 30"), ok}, 2, 30 * s, ""},
		{"31 s", get, "", []step{status(429, "Retry-After: 31"), ok}, 1, 0, client.ReasonWait},
		{"a year", get, "", []step{status(429, "Retry-After: 31536000"), ok}, 1, 0, client.ReasonWait},
		{"a date in a year", get, "", []step{status(429, "Retry-After: @8760h"), ok}, 1, 0, client.ReasonWait},
		{"longer than a Duration", get, "", []step{status(429, "Retry-After: 99999999999999999999"), ok}, 1, 0, client.ReasonWait},
		{"a date in the past", get, "", []step{status(429, "Retry-After: @-1h"), ok}, 2, none, ""},
		{"0", get, "", []step{status(429, "Retry-After: 0"), ok}, 2, none, ""},
		{"negative", get, "", []step{status(429, "Retry-After: -5"), ok}, 2, none, ""},
		{"nonsense", get, "", []step{status(429, "Retry-After: soon"), ok}, 2, none, ""},
		{"two of them", get, "", []step{status(429, "Retry-After: 3\nRetry-After: 9"), ok}, 2, 3 * s, ""},

		// RateLimit.
		{"t", get, "", []step{status(429, `Ratelimit: "a";r=0;t=3`), ok}, 2, 3 * s, ""},
		{"t of a POST", post, "", []step{status(429, `Ratelimit: "a";r=0;t=3`), ok}, 2, 3 * s, ""},
		{"the longest t of what is used up", get, "", []step{status(429, `Ratelimit: "a";r=0;t=3, "b";t=5;r=0, "c";r=7;t=20`), ok}, 2, 5 * s, ""},
		{"of two lines", get, "", []step{status(429, "Ratelimit: \"a\";r=0;t=3\nRatelimit: \"b\";r=0;t=4"), ok}, 2, 4 * s, ""},
		{"a name with a comma and a semicolon", get, "", []step{status(429, `Ratelimit: "a,;t=9";r=0;t=3`), ok}, 2, 3 * s, ""},
		{"spaces, other parameters and a key", get, "", []step{status(429, `Ratelimit: "a"; r=0; pk=:YQ==:; t=3`), ok}, 2, 3 * s, ""},
		{"Retry-After first", get, "", []step{status(429, "Retry-After: 2\nRatelimit: \"a\";r=0;t=9"), ok}, 2, 2 * s, ""},
		{"after a Retry-After in the past", get, "", []step{status(429, "Retry-After: 0\nRatelimit: \"a\";r=0;t=9"), ok}, 2, 9 * s, ""},
		{"t over MaxWait", get, "", []step{status(429, `Ratelimit: "a";r=0;t=999999999999999`), ok}, 1, 0, client.ReasonWait},
		{"nothing is used up", get, "", []step{status(429, `Ratelimit: "a";r=5;t=20`), ok}, 2, none, ""},
		{"no t", get, "", []step{status(429, `Ratelimit: "a";r=0`), ok}, 2, none, ""},
		{"no r", get, "", []step{status(429, `Ratelimit: "a";t=20`), ok}, 2, none, ""},
		{"t that is no integer", get, "", []step{status(429, `Ratelimit: "a";r=0;t=20.5`), ok}, 2, none, ""},
		{"t that is negative", get, "", []step{status(429, `Ratelimit: "a";r=0;t=-20`), ok}, 2, none, ""},
		{"t without end", get, "", []step{status(429, `Ratelimit: "a";r=0;t=99999999999999999999`), ok}, 2, none, ""},
		{"a quote that stays open", get, "", []step{status(429, `Ratelimit: "a;r=0;t=20`), ok}, 2, none, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &server{steps: test.steps}
				var reason client.Reason
				tr := &client.Transport{Base: s, Idempotent: marked, Observe: func(a client.Attempt) { reason = a.Reason }}
				r, err := http.NewRequestWithContext(t.Context(), test.method, "http://api.test/", strings.NewReader("body"))
				require.NoError(t, err)
				r.Method = test.method
				if name, value, found := strings.Cut(test.header, ": "); found {
					r.Header.Set(name, value)
				}
				began := time.Now()
				resp, err := tr.RoundTrip(r)
				waited := time.Since(began)
				require.Len(t, s.seen, test.attempts)
				require.Equal(t, test.reason, reason)
				for _, body := range s.seen {
					require.Equal(t, "body", body)
				}
				if test.wait == none {
					require.LessOrEqual(t, waited, 3500*time.Millisecond)
				} else {
					require.Equal(t, test.wait, waited)
				}
				last := test.steps[min(test.attempts, len(test.steps))-1]
				if last.err != nil {
					require.Equal(t, last.err, err)
					require.Nil(t, resp)
					return
				}
				require.NoError(t, err)
				require.Equal(t, last.status, resp.StatusCode)
				got, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				require.Equal(t, "attempt "+string(rune('0'+test.attempts)), string(got), "the response is whole")
				responses := 0
				for i := range test.attempts {
					if test.steps[min(i, len(test.steps)-1)].err == nil {
						responses++
					}
				}
				require.Equal(t, responses-1, s.closed, "all others are closed")
			})
		})
	}
}
