package conformance_test

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/xml"
	"flag"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/conformance"
	"github.com/failwell/failwell/middleware"
)

// states runs the checks against a handler and returns the state of each.
func states(t *testing.T, h http.Handler, c apierr.Contract, opts ...conformance.Option) (map[string]conformance.Result, *conformance.Report) {
	t.Helper()
	report, err := conformance.Run(t.Context(), "Test", h, c, opts)
	require.NoError(t, err)
	all := make(map[string]conformance.Result)
	for _, r := range report.Results {
		all[r.Name] = r
	}
	return all, report
}

// What was not provoked is not passed, and fails only where it is required.
func TestRun_States(t *testing.T) {
	only := conformance.WithOnly("not-found", "limited", "language", "success")
	got, report := states(t, layer(apierr.Standard)(service()), apierr.Standard, only, conformance.WithRoute("GET", "/healthz"),
		conformance.WithSkip("not-found/cache", "a proxy adds it"), conformance.WithMiddleware(layer(apierr.Standard)))
	for name, want := range map[string]struct {
		state  conformance.State
		reason string
	}{
		"not-found/envelope":  {conformance.Passed, ""},
		"not-found/cache":     {conformance.Skipped, "a proxy adds it"},
		"success/status":      {conformance.Passed, ""},
		"limited/retry-after": {conformance.NotExercised, "WithLimited is not given"},
		"language/message":    {conformance.NotApplicable, "the contract has no translations"},
		"panic/no-leak":       {conformance.Skipped, "WithOnly does not name it"},
	} {
		require.Equal(t, want.state, got[name].State, name)
		require.Equal(t, want.reason, got[name].Reason, name)
	}
	require.False(t, report.Failed())

	got, report = states(t, layer(apierr.Standard)(service()), apierr.Standard, conformance.WithOnly("limited", "success"),
		conformance.WithRequired("limited/retry-after"), conformance.WithLimited("GET", "/healthz"), conformance.WithRoute("GET", "/healthz"))
	require.True(t, report.Failed())
	require.Equal(t, conformance.Failed, got["limited/retry-after"].State)
	require.Contains(t, got["limited/retry-after"].Findings[0].Want, "none of 1000 requests for GET /healthz was refused")
	require.Equal(t, conformance.NotExercised, got["limited/status"].State)
}

// Advice fails nothing, unless the kit is strict.
func TestRun_Strict(t *testing.T) {
	stored := identified(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(404)
		io.WriteString(w, `{"error":{"code":"RESOURCE_NOT_FOUND","message":"m"}}`)
	}))
	got, report := states(t, stored, apierr.Standard, conformance.WithOnly("not-found"))
	require.Equal(t, conformance.Advised, got["not-found/cache"].State)
	require.False(t, report.Failed())
	got, report = states(t, stored, apierr.Standard, conformance.WithOnly("not-found"), conformance.WithStrict())
	require.Equal(t, conformance.Failed, got["not-found/cache"].State)
	require.True(t, report.Failed())
}

// A goroutine for each failure is a leak; a pool that the first request starts is
// none.
func TestRun_Goroutines(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	defer close(stop)
	var requests atomic.Int64
	wait := func() { <-stop }
	base := layer(apierr.Standard)(service())
	leaks := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1)%100 == 0 { // one request in a hundred
			go wait()
		}
		base.ServeHTTP(w, r)
	})
	pools := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) <= 4 {
			go wait()
		}
		base.ServeHTTP(w, r)
	})
	opts := []conformance.Option{conformance.WithOnly("concurrent")}
	if testing.Short() {
		opts = append(opts, conformance.WithHTTP1())
	}
	got, _ := states(t, leaks, apierr.Standard, opts...)
	require.Equal(t, conformance.Failed, got["concurrent/goroutines"].State)
	require.Contains(t, got["concurrent/goroutines"].Findings[0].Got, "TestRun_Goroutines")
	requests.Store(0)
	got, _ = states(t, pools, apierr.Standard, opts...)
	require.Equal(t, conformance.Passed, got["concurrent/goroutines"].State)
}

// A limit that is not the subject of a scenario is waited for.
func TestRun_PatientWithLimits(t *testing.T) {
	var refused atomic.Int64
	base := layer(apierr.Standard)(service())
	limited := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/items") && refused.Add(1)%3 == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(429)
			return
		}
		base.ServeHTTP(w, r)
	})
	got, report := states(t, limited, apierr.Standard, conformance.WithOnly("empty"), conformance.WithBody("POST", "/items", `{"name":"Ada"}`))
	require.Equal(t, conformance.Passed, got["empty/code"].State)
	requirePassed(t, report)
}

// Credentials and secrets are in no form of a report, in whole or in part.
func TestReport_Redacts(t *testing.T) {
	token := strings.Repeat("t0ken", 60) // longer than what a finding shows
	secret := "s3cret-" + strings.Repeat("s", 500)
	echoes := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Echo", r.Header.Get("Authorization"))
		w.WriteHeader(404)
		io.WriteString(w, r.Header.Get("Authorization")+" "+r.Header.Get("X-Api-Key")+" "+secret)
	})
	_, report := states(t, echoes, apierr.Standard, conformance.WithOnly("not-found", "hostile-ids", "malformed"),
		conformance.WithBody("POST", "/items", `{"name":"`+secret+`"}`),
		conformance.WithHeader("authorization", "Bearer "+token), conformance.WithHeader("X-Api-Key", "k3y-of-the-client"), conformance.WithSecret(secret))
	require.True(t, report.Failed())
	for _, write := range []func(io.Writer) error{report.WriteText, report.WriteJSON, report.WriteJUnit} {
		var b bytes.Buffer
		require.NoError(t, write(&b))
		require.Contains(t, b.String(), "[redacted]")
		for _, word := range []string{"t0ken", "s3cret", "sssss", "k3y-of"} {
			require.NotContains(t, b.String(), word)
		}
	}
}

// A secret is found and redacted as it is written in JSON, in a URL and in HTML,
// and one that begins another is no help.
func TestSecrets_Escaped(t *testing.T) {
	const secret = `p<"ss>&w/rd é`
	for name, body := range map[string]string{
		"as it is":             secret,
		"JSON":                 `{"error":"p<\"ss>&w/rd é"}`,
		"JSON of Go":           `{"error":"p\u003c\"ss\u003e\u0026w/rd é"}`,
		"JSON in ASCII":        `{"error":"p<\"ss>&w/rd \u00e9"}`,
		"JSON with slashes":    `{"error":"p<\"ss>&w\/rd é"}`,
		"a query":              "p%3C%22ss%3E%26w%2Frd+%C3%A9",
		"a path":               "p%3C%22ss%3E&w%2Frd%20%C3%A9",
		"HTML":                 "p&lt;&#34;ss&gt;&amp;w/rd é",
		"beside one of a part": secret + " and " + secret[:6],
	} {
		leaks := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(404)
			io.WriteString(w, body)
		})
		got, report := states(t, leaks, apierr.Standard, conformance.WithOnly("not-found"), conformance.WithSecret(secret[:6], secret), conformance.WithHTTP1())
		require.Equal(t, conformance.Failed, got["not-found/no-leak"].State, name)
		var b bytes.Buffer
		require.NoError(t, report.WriteText(&b))
		require.Contains(t, b.String(), "[redacted]", name)
		require.NotRegexp(t, `p<|ss>|w\?/rd|w%2Frd|3Css|\bp%3C|&lt;`, b.String(), name)
	}
}

// What a server sends is shown without what a terminal acts on, in valid JSON
// and XML.
func TestReport_Hostile(t *testing.T) {
	hostile := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["X-Request-Id"] = []string{"\xff]]><script>&"}
		w.WriteHeader(404)
		io.WriteString(w, "\x1b[2J\x00\u0085\ufffe<&]]>\xff"+strings.Repeat("x", 10_000))
	})
	_, report := states(t, hostile, apierr.Standard, conformance.WithOnly("not-found"))
	var text, doc, junit bytes.Buffer
	require.NoError(t, report.WriteText(&text))
	require.NotContains(t, text.String(), "\x1b")
	require.Less(t, text.Len(), 32<<10)
	require.NoError(t, report.WriteJSON(&doc))
	require.True(t, json.Valid(doc.Bytes()))
	require.NoError(t, report.WriteJUnit(&junit))
	require.NoError(t, xml.Unmarshal(junit.Bytes(), new(struct {
		Suites []struct {
			Cases []struct{} `xml:"testcase"`
		} `xml:"testsuite"`
	})))
}

// peer is a server that speaks by hand.
func peer(t *testing.T, speak func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				speak(conn)
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

// A hostile server costs the kit neither time nor memory without bound.
func TestCheck_HostileServers(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
	served := func(rest func(net.Conn)) func(net.Conn) { // the first request is answered
		var n atomic.Int64
		return func(c net.Conn) {
			c.Read(make([]byte, 64<<10))
			if n.Add(1) == 1 {
				io.WriteString(c, ok)
				return
			}
			rest(c)
		}
	}
	endless := func(prefix, piece string) func(net.Conn) {
		return served(func(c net.Conn) {
			io.WriteString(c, prefix)
			for {
				if _, err := io.WriteString(c, piece); err != nil {
					return
				}
			}
		})
	}
	silent := served(func(c net.Conn) { io.Copy(io.Discard, c) })
	for name, speak := range map[string]func(net.Conn){
		"an endless body":           endless("HTTP/1.1 404 Not Found\r\n\r\n", strings.Repeat("x", 64<<10)),
		"an endless header":         endless("HTTP/1.1 404 Not Found\r\n", "X: "+strings.Repeat("x", 8<<10)+"\r\n"),
		"endless interim responses": endless("", "HTTP/1.1 102 Processing\r\n\r\n"),
		"silence":                   silent,
		"a byte at a time": served(func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 404 Not Found\r\n\r\n")
			for range 200 {
				if _, err := io.WriteString(c, "x"); err != nil {
					return
				}
				time.Sleep(50 * time.Millisecond) // a slow peer
			}
		}),
		"no HTTP": served(func(c net.Conn) { io.WriteString(c, "SSH-2.0-x\r\n") }),
		"a close": served(func(net.Conn) {}),
		"a redirect to another host": served(func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n")
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			report, err := conformance.Check(t.Context(), peer(t, speak), apierr.Standard,
				conformance.WithPatience(time.Second), conformance.WithOnly("not-found", "head"))
			require.NoError(t, err)
			require.True(t, report.Failed())
			require.Less(t, time.Since(began), 20*time.Second)
		})
	}
}

// A server that does not answer any more ends the run.
func TestCheck_Silence(t *testing.T) {
	var n atomic.Int64
	silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) > 1 {
			<-r.Context().Done()
		}
	}))
	defer silent.Close()
	report, err := conformance.Check(t.Context(), silent.URL, apierr.Standard, conformance.WithPatience(500*time.Millisecond))
	require.NoError(t, err)
	require.Less(t, n.Load(), int64(40), "not each request of each scenario is tried")
	last := report.Results[len(report.Results)-1]
	require.Equal(t, conformance.NotExercised, last.State)
	require.Contains(t, report.Results[len(report.Results)-5].Reason+last.Reason, "the server does not answer")
}

// By default, Check asks for paths that do not exist, by safe methods.
func TestCheck_Safe(t *testing.T) {
	methods := make(chan string, 10_000)
	server := httptest.NewServer(layer(apierr.Standard)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		methods <- r.Method + " " + r.URL.Path
		service().ServeHTTP(w, r)
	})))
	defer server.Close()
	report, err := conformance.Check(t.Context(), server.URL, apierr.Standard, conformance.WithRoute("GET", "/healthz"))
	require.NoError(t, err)
	requirePassed(t, report)
	close(methods)
	n := 0
	for m := range methods {
		n++
		require.Regexp(t, `^(GET|HEAD|TRACE) (/|/healthz|/conformance-[a-z0-9]+/.*)$`, m)
	}
	require.Less(t, n, 100)
	require.Equal(t, []string{"HTTP/1.1"}, report.Protocols)
}

// Over https, HTTP/2 is spoken too, if the server does; the certificate is checked.
func TestCheck_TLS(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		server := httptest.NewUnstartedServer(layer(apierr.Standard)(service()))
		server.EnableHTTP2 = http2
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.StartTLS()
		_, err := conformance.Check(t.Context(), server.URL, apierr.Standard)
		require.ErrorContains(t, err, "certificate")

		roots := x509.NewCertPool()
		roots.AddCert(server.Certificate())
		report, err := conformance.Check(t.Context(), server.URL, apierr.Standard, conformance.WithRoots(roots),
			conformance.WithOnly("not-found", "head", "malformed", "too-large", "connection-close"), conformance.WithBody("POST", "/items", `{"name":"Ada"}`))
		require.NoError(t, err)
		requirePassed(t, report)
		want := []string{"HTTP/1.1"}
		if http2 {
			want = append(want, "HTTP/2")
		}
		require.Equal(t, want, report.Protocols)
		server.Close()
	}
}

func TestCheck_Errors(t *testing.T) {
	for _, test := range []struct {
		url, err string
		c        apierr.Contract
	}{
		{"ftp://127.0.0.1", "no http or https URL", apierr.Standard},
		{"127.0.0.1:80", "", apierr.Standard},
		{"http://", "no http or https URL", apierr.Standard},
		{"http://user:pass@127.0.0.1", "send credentials by WithHeader", apierr.Standard},
		{"http://127.0.0.1?a=b", "send credentials by WithHeader", apierr.Standard},
		{"http://127.0.0.1:1", "does not answer", apierr.Standard},
		{"http://127.0.0.1:1", "has no code", apierr.Contract{Errors: []*apierr.Error{{Status: 404}}}},
	} {
		report, err := conformance.Check(t.Context(), test.url, test.c)
		require.Nil(t, report)
		require.ErrorContains(t, err, test.err, test.url)
		require.NotContains(t, err.Error(), "pass")
	}
}

// An option that makes no sense panics at start-up, in words.
func TestOptions(t *testing.T) {
	for want, option := range map[string]func() conformance.Option{
		`WithRoute: "GET" "healthz" is no method and path`:          func() conformance.Option { return conformance.WithRoute("GET", "healthz") },
		`WithRoute: "G T" "/" is no method and path`:                func() conformance.Option { return conformance.WithRoute("G T", "/") },
		`WithProtected: "GET" "/a b" is no method and path`:         func() conformance.Option { return conformance.WithProtected("GET", "/a b") },
		`WithLimited: "GET" "" is no method and path`:               func() conformance.Option { return conformance.WithLimited("GET", "") },
		`WithBody: the body of POST /x is not JSON`:                 func() conformance.Option { return conformance.WithBody("POST", "/x", "{") },
		`WithMiddleware: the function is nil`:                       func() conformance.Option { return conformance.WithMiddleware(nil) },
		`WithRaise: the function is nil`:                            func() conformance.Option { return conformance.WithRaise(nil) },
		`WithProgress: the function is nil`:                         func() conformance.Option { return conformance.WithProgress(nil) },
		`WithSecret: "abc" is too short`:                            func() conformance.Option { return conformance.WithSecret("abc") },
		`WithRequired: there is no check "limits"`:                  func() conformance.Option { return conformance.WithRequired("limits") },
		`WithOnly: there is no check "not-found/allow"`:             func() conformance.Option { return conformance.WithOnly("not-found/allow") },
		`WithSkip: there is no check ""`:                            func() conformance.Option { return conformance.WithSkip("", "x") },
		`WithSkip: cors has no reason`:                              func() conformance.Option { return conformance.WithSkip("cors", " ") },
		`WithHeader: HTTP does not allow the field "X Y"`:           func() conformance.Option { return conformance.WithHeader("X Y", "") },
		`WithHeader: HTTP does not allow the field "Authorization"`: func() conformance.Option { return conformance.WithHeader("Authorization", "a\r\nB: c") },
		`Check: option 1 is nil`:                                    func() conformance.Option { return nil },
	} {
		func() {
			defer func() { require.Contains(t, recover(), "conformance: "+want) }()
			conformance.Check(t.Context(), "http://127.0.0.1:1", apierr.Standard, option())
		}()
	}
}

var update = flag.Lookup("update")

// A report reads as the golden file has it.
func TestReport_Text(t *testing.T) {
	forgetful := middleware.New(apierr.Standard, middleware.WithLogger(nil))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/private" {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(401)
			io.WriteString(w, `{"error":{"code":"AUTH_UNAUTHENTICATED","message":"Authentication is required","details":null}}`)
			return
		}
		http.NotFound(w, r)
	}))
	_, report := states(t, forgetful, apierr.Standard, conformance.WithOnly("not-found", "unauthenticated", "limited", "language"),
		conformance.WithProtected("GET", "/private"), conformance.WithSkip("unauthenticated/cache", "nobody caches a 401"))
	var b bytes.Buffer
	require.NoError(t, report.WriteText(&b))
	got := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`).ReplaceAllString(b.String(), "ID")
	got = regexp.MustCompile(`in [0-9.]+m?s\n`).ReplaceAllString(got, "in 1s\n")
	const path = "testdata/report.golden"
	if update.Value.String() == "true" {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}
