package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/example/internal/demopage"
	"github.com/failwell/failwell/example/internal/lab"
)

// startDemoPage returns the page of a server that does not run, and that other
// machines reach or not.
func startDemoPage(loopback bool) http.Handler {
	mux := http.NewServeMux()
	demopage.New(demopage.Config{
		Title: "a contract", Addr: "127.0.0.1:1", Loopback: loopback, Plain: "127.0.0.1:1", Groups: demopage.Lab(lab.Source, []string{"A_CODE"}),
		Records: new(demopage.Records), SupportKey: "the-key", ErrorsPath: "/errors/", SupportPath: "/support/",
	}).Register(mux)
	return mux
}

// Who may use the page, and with what.
func TestDemoPage_Guard(t *testing.T) {
	local, public := startDemoPage(true), startDemoPage(false)
	post := url.Values{"scenario": {"panic"}, "part": {"result"}}
	with := func(k, v string) url.Values {
		form := url.Values{k: {v}}
		for k, v := range post {
			if _, ok := form[k]; !ok {
				form[k] = v
			}
		}
		return form
	}
	for _, c := range []struct {
		name, host string
		handler    http.Handler
		form       url.Values
		header     [2]string
		status     int
	}{
		{"the page", "127.0.0.1:8080", local, nil, [2]string{}, 200},
		{"by name", "localhost:8080", local, nil, [2]string{}, 200},
		{"by name in capitals", "LOCALHOST:8080", local, nil, [2]string{}, 200},
		{"by name without a port", "localhost", local, nil, [2]string{}, 200},
		{"by another address of loopback", "127.0.0.2:8080", local, nil, [2]string{}, 200},
		{"over IPv6", "[::1]:8080", local, nil, [2]string{}, 200},
		{"over IPv6 without a port", "[::1]", local, nil, [2]string{}, 200},
		{"without a port", "127.0.0.1", local, nil, [2]string{}, 200},
		{"by a public address", "192.0.2.1:8080", local, nil, [2]string{}, 404},
		{"by every address", "0.0.0.0:8080", local, nil, [2]string{}, 404},
		{"by a name that ends like loopback", "attacker-localhost:8080", local, nil, [2]string{}, 404},
		{"by a name under localhost", "attacker.localhost:8080", local, nil, [2]string{}, 404},
		{"by a name with a second port", "127.0.0.1:80:8080", local, nil, [2]string{}, 404},
		{"by a name with a user", "127.0.0.1@attacker.example", local, nil, [2]string{}, 404},
		{"by a name that resolves to loopback", "attacker.example:8080", local, nil, [2]string{}, 404},
		{"by one that begins like it", "127.0.0.1.attacker.example", local, nil, [2]string{}, 404},
		{"by no name", "", local, nil, [2]string{}, 404},
		{"on a public address by any name", "demo.example", public, nil, [2]string{}, 200},

		{"a button", "127.0.0.1:8080", local, post, [2]string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"a tool", "127.0.0.1:8080", local, post, [2]string{}, 200},
		{"a form elsewhere", "127.0.0.1:8080", local, post, [2]string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a form of another port", "127.0.0.1:8080", local, post, [2]string{"Sec-Fetch-Site", "same-site"}, 403},
		{"a form of a sandboxed frame", "127.0.0.1:8080", local, post, [2]string{"Origin", "null"}, 403},
		{"a form elsewhere, to a public address", "demo.example", public, post, [2]string{"Origin", "http://attacker.example"}, 403},
		{"in an old browser", "127.0.0.1:8080", local, post, [2]string{"Origin", "http://attacker.example"}, 403},
		{"a button by another name", "attacker.example", local, post, [2]string{"Sec-Fetch-Site", "same-origin"}, 404},

		{"an unknown scenario", "127.0.0.1:8080", local, with("scenario", "x"), [2]string{}, 404},
		{"a path as choice", "127.0.0.1:8080", local, url.Values{"scenario": {"raise"}, "choice": {"../../support/"}}, [2]string{}, 400},
		{"a header as key", "127.0.0.1:8080", local, with("key", "a\r\nHost: b"), [2]string{}, 400},
		{"a long key", "127.0.0.1:8080", local, with("key", strings.Repeat("k", 65)), [2]string{}, 400},
		{"a choice of none", "127.0.0.1:8080", local, url.Values{"scenario": {"raise"}}, [2]string{}, 400},
		{"a large form", "127.0.0.1:8080", local, with("key", strings.Repeat("k", 1<<20)), [2]string{}, 413},
	} {
		t.Run(c.name, func(t *testing.T) {
			method, path := "GET", "/"
			if c.form != nil {
				method, path = "POST", "/demo/run"
			}
			r := httptest.NewRequest(method, path, strings.NewReader(c.form.Encode()))
			r.Host = c.host
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if c.header[0] != "" {
				r.Header.Set(c.header[0], c.header[1])
			}
			w := httptest.NewRecorder()
			c.handler.ServeHTTP(w, r)
			require.Equal(t, c.status, w.Code, w.Body.String())
		})
	}
}

// On an address that others reach, records need the key of support.
func TestDemoPage_SupportKey(t *testing.T) {
	handler := startDemoPage(false)
	for key, withheld := range map[string]bool{"": true, "wrong": true, "the-key": false} {
		form := url.Values{"scenario": {"abort"}, "part": {"result"}, "support": {key}}
		r := httptest.NewRequest("POST", "/demo/run", strings.NewReader(form.Encode())).WithContext(t.Context())
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		require.Equal(t, withheld, strings.Contains(w.Body.String(), "enter the support key"), key)
		require.NotContains(t, w.Body.String(), "the-key")
	}
}
