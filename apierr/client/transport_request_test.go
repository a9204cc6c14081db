package client_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/client"
	"github.com/failwell/failwell/middleware"
)

// A request is sent again only with the same body.
func TestBodyIsSentAgain(t *testing.T) {
	errBody := errors.New("the file is gone")
	text := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("body")), nil }
	for _, test := range []struct {
		name    string
		body    io.ReadCloser
		getBody func() (io.ReadCloser, error)
		sent    []string
		reason  client.Reason
	}{
		{"no body", nil, nil, []string{"", ""}, ""},
		{"http.NoBody", http.NoBody, nil, []string{"", ""}, ""},
		{"a body and GetBody", io.NopCloser(strings.NewReader("body")), text, []string{"body", "body"}, ""},
		{"a body without GetBody", io.NopCloser(strings.NewReader("body")), nil, []string{"body"}, client.ReasonBody},
		{"GetBody fails", io.NopCloser(strings.NewReader("body")), func() (io.ReadCloser, error) { return nil, errBody }, []string{"body"}, client.ReasonBody},
	} {
		for _, status := range []int{429, 503} {
			t.Run(test.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := &server{steps: []step{{status: status, header: "Retry-After: 1"}, {status: 200}}}
					var reason client.Reason
					tr := &client.Transport{Base: s, Observe: func(a client.Attempt) { reason = a.Reason }}
					r := get(t, t.Context())
					if test.body != nil {
						r.Body, r.GetBody = test.body, test.getBody
					}
					resp, err := tr.RoundTrip(r)
					require.NoError(t, err)
					require.Equal(t, test.sent, s.seen[:len(s.seen)])
					require.Equal(t, test.reason, reason)
					got, err := io.ReadAll(resp.Body)
					require.NoError(t, err)
					require.NotEmpty(t, got)
					if test.body != nil && test.body != http.NoBody {
						test.body = io.NopCloser(strings.NewReader("body"))
					}
				})
			})
		}
	}
}

// The request of the caller is not changed.
func TestRequestStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, err := http.NewRequest("PUT", "http://api.test/a?b=c", strings.NewReader("body"))
		require.NoError(t, err)
		r.Header.Set("X-A", "1")
		before, header := *r, r.Header.Clone()
		resp, err := (&client.Transport{Base: &server{steps: []step{{status: 503}, {status: 200}}}}).RoundTrip(r)
		require.NoError(t, err)
		require.Equal(t, 200, resp.StatusCode)
		require.Equal(t, header, r.Header)
		require.Equal(t, before.URL, r.URL)
		require.True(t, before.Body == r.Body)
	})
}

// The IDs of the incoming request go with each attempt, unless the caller has set
// them.
func TestIDsArePropagated(t *testing.T) {
	for _, test := range []struct {
		name     string
		contract apierr.Contract
		own      http.Header
		want     map[string]string // "": absent
	}{
		{"both", apierr.Standard, nil, map[string]string{"X-Request-Id": "<request>", "X-Correlation-Id": "chain-1"}},
		{"the caller's own", apierr.Standard, http.Header{"X-Correlation-Id": {"mine"}}, map[string]string{"X-Request-Id": "<request>", "X-Correlation-Id": "mine"}},
		{"one that the caller has dropped", apierr.Standard, http.Header{"X-Request-Id": {}}, map[string]string{"X-Request-Id": "", "X-Correlation-Id": "chain-1"}},
		{"names of the contract", apierr.Contract{RequestIDHeader: apierr.NoHeader, CorrelationIDHeader: "X-Chain"}, nil, map[string]string{"X-Request-Id": "", "X-Chain": "chain-1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var sent []http.Header
				tr := &client.Transport{Base: roundTrip(func(r *http.Request) (*http.Response, error) {
					sent = append(sent, r.Header.Clone())
					return response(map[int]int{1: 503, 2: 200}[len(sent)], "", ""), nil
				})}
				w := httptest.NewRecorder()
				h := middleware.New(test.contract, middleware.WithLogger(nil))(apierr.HandlerFunc(func(w http.ResponseWriter, in *http.Request) error {
					out := get(t, in.Context())
					for name, values := range test.own {
						out.Header[name] = values
					}
					before := out.Header.Clone()
					_, err := tr.RoundTrip(out)
					require.Equal(t, before, out.Header)
					return err
				}))
				in := httptest.NewRequest("GET", "/", nil)
				in.Header.Set("X-Correlation-Id", "chain-1")
				in.Header.Set("X-Chain", "chain-1")
				h.ServeHTTP(w, in)
				require.Len(t, sent, 2)
				for _, header := range sent {
					for name, want := range test.want {
						if want == "<request>" {
							want = w.Header().Get("X-Request-Id")
							require.NotEmpty(t, want)
						}
						require.Equal(t, want, header.Get(name), name)
					}
				}
			})
		})
	}
}

// Observe sees each attempt, before the wait that follows it.
func TestObserve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type seen struct {
			number, status int
			err            error
			wait           time.Duration
			reason         client.Reason
			retries        bool
			at             time.Duration
		}
		var all []seen
		began := time.Now()
		tr := &client.Transport{
			Base: &server{steps: []step{{status: 429, header: "Retry-After: 3"}, {err: errReset}, {status: 404}}},
			Observe: func(a client.Attempt) {
				require.Equal(t, "/", a.Request.URL.Path)
				all = append(all, seen{a.Number, a.Status, a.Err, a.Wait, a.Reason, a.Retries(), time.Since(began)})
			},
		}
		_, err := tr.RoundTrip(get(t, t.Context()))
		require.NoError(t, err)
		require.Len(t, all, 3)
		require.Equal(t, seen{1, 429, nil, 3 * time.Second, "", true, 0}, all[0])
		require.Less(t, all[1].wait, time.Second)
		require.Equal(t, seen{2, 0, errReset, all[1].wait, "", true, 3 * time.Second}, all[1])
		require.Equal(t, seen{3, 404, nil, 0, "", false, 3*time.Second + all[1].wait}, all[2])
	})
}

func TestTransportPanicsOnNegativeMaxWait(t *testing.T) {
	require.PanicsWithValue(t, "client.Transport: MaxWait is negative; 0 is the default", func() {
		(&client.Transport{MaxWait: -1}).RoundTrip(get(t, t.Context()))
	})
}

// A negative MaxRetries is the way to have none.
func TestNoRetries(t *testing.T) {
	for _, last := range []step{{status: 429, header: "Retry-After: 1"}, {status: 503}, {err: errReset}} {
		s := &server{steps: []step{last, {status: 200}}}
		var seen []client.Attempt
		tr := &client.Transport{Base: s, MaxRetries: -1, Observe: func(a client.Attempt) { seen = append(seen, a) }}
		resp, err := tr.RoundTrip(get(t, t.Context()))
		require.Equal(t, last.err, err)
		require.Len(t, seen, 1)
		require.Equal(t, client.ReasonRetries, seen[0].Reason)
		if err == nil {
			require.Equal(t, last.status, resp.StatusCode)
			require.Zero(t, s.closed)
		}
	}
}

// A panic of the caller's own functions leaves nothing open.
func TestPanicsCloseBodies(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*client.Transport, *http.Request)
	}{
		{"Observe", func(tr *client.Transport, _ *http.Request) { tr.Observe = func(client.Attempt) { panic("mine") } }},
		{"Idempotent", func(tr *client.Transport, r *http.Request) {
			r.Method, tr.Idempotent = "POST", func(*http.Request) bool { panic("mine") }
		}},
		{"GetBody", func(_ *client.Transport, r *http.Request) {
			r.GetBody = func() (io.ReadCloser, error) { panic("mine") }
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &server{steps: []step{{status: 503}}}
			tr := &client.Transport{Base: s}
			r := get(t, t.Context())
			opened, closed := 0, 0
			r.Body = io.NopCloser(strings.NewReader("body"))
			r.GetBody = func() (io.ReadCloser, error) {
				opened++
				return &body{strings.NewReader("body"), func() { closed++ }}, nil
			}
			test.change(tr, r)
			require.PanicsWithValue(t, "mine", func() { tr.RoundTrip(r) })
			require.Equal(t, 1, s.closed)
			require.Equal(t, opened, closed)
		})
	}
}

// A first attempt costs a request no allocation.
func TestTransportAllocations(t *testing.T) {
	resp := response(200, "", "")
	tr := &client.Transport{Base: roundTrip(func(*http.Request) (*http.Response, error) { return resp, nil })}
	r := get(t, t.Context())
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { tr.RoundTrip(r) }), 0.0)
}

// CloseIdleConnections reaches Base.
func TestCloseIdleConnections(t *testing.T) {
	base := &idle{RoundTripper: http.DefaultTransport}
	(&http.Client{Transport: &client.Transport{Base: base}}).CloseIdleConnections()
	require.True(t, base.closed)
	(&client.Transport{Base: roundTrip(nil)}).CloseIdleConnections()
}

type idle struct {
	http.RoundTripper
	closed bool
}

func (i *idle) CloseIdleConnections() { i.closed = true }
