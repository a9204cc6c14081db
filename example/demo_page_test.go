package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/example/internal/demopage"
	"github.com/failwell/failwell/example/internal/lab"
	"github.com/failwell/failwell/example/internal/limits"
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

		{"through a proxy", "127.0.0.1:8080", local, nil, [2]string{"X-Forwarded-For", "192.0.2.7"}, 404},
		{"a button through a proxy", "127.0.0.1:8080", local, post, [2]string{"Forwarded", "for=192.0.2.7"}, 404},
		{"through a proxy that names itself", "127.0.0.1:8080", local, nil, [2]string{"Via", "1.1 x"}, 404},
		{"through nginx", "127.0.0.1:8080", local, nil, [2]string{"X-Real-Ip", "192.0.2.7"}, 404},
		{"through a proxy to a public address", "demo.example", public, nil, [2]string{"X-Forwarded-For", "192.0.2.7"}, 200},

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

// A server that listens on every interface reaches itself, and shows what is private
// only with the key that it has printed.
func TestDemoPage_EveryInterface(t *testing.T) {
	for _, addr := range []string{":0", "0.0.0.0:0", "[::]:0"} {
		t.Run(addr, func(t *testing.T) {
			url, p := background(t, t.Context(), "standard", "-addr", addr)
			require.Regexp(t, `^http://localhost:\d+$`, url)
			_, key, _ := strings.Cut(p.stdout.String(), "/support/?key=")
			key = strings.TrimSpace(key)
			require.NotEmpty(t, key)

			resp, err := http.Get(url + "/")
			require.NoError(t, err)
			page := readAll(t, resp)
			require.Contains(t, page, `name="support"`)
			require.NotContains(t, page, key)
			for entered, shown := range map[string]bool{"": false, "wrong": false, key: true} {
				resp, err := http.PostForm(url+"/demo/run", map[string][]string{"scenario": {"panic"}, "part": {"result"}, "support": {entered}})
				require.NoError(t, err)
				result := readAll(t, resp)
				require.Contains(t, result, "500 Internal Server Error")
				require.Contains(t, result, "the connection was closed without a response")
				require.Equal(t, shown, strings.Contains(result, "lab-secret"), entered)
				require.Equal(t, shown, strings.Contains(result, "lab.panics"), entered)
				require.NotContains(t, result, key)
			}
		})
	}
}

// The second listener has the handlers, and none of the pages.
func TestDemoPage_Plain(t *testing.T) {
	at := address{"127.0.0.1:1", true}
	srv, err := newServer(settings{contract: "standard", at: at, plain: at, logger: slog.New(slog.DiscardHandler), limit: limits.InMemory})
	require.NoError(t, err)
	for target, status := range map[string]int{
		"GET /": 404, "GET /errors/": 404, "GET /support/": 404, "POST /demo/run": 404, "GET /demo/script.js": 404,
		"GET /lab/own-json": 404, "GET /lab/http-error": 500, "GET /healthz": 200, "OPTIONS *": 204,
	} {
		method, path, _ := strings.Cut(target, " ")
		w := httptest.NewRecorder()
		srv.plain.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		require.Equal(t, status, w.Code, target)
		require.Empty(t, w.Header().Get("X-Request-Id"), target)
	}
}
