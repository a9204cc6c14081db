package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// found is what the JSON of the page says of an ID.
type found struct {
	Failures []struct {
		Code, Cause, Stack, Route, Path string
		Status                          int
	}
}

// Under every contract the request ID of a failure leads to its code, its cause
// and its stack, which the client did not see.
func TestSupport(t *testing.T) {
	for _, contract := range contracts {
		t.Run(contract, func(t *testing.T) {
			d := start(t, contract)
			got := d.do(t, ask{method: "GET", path: "/lab/panic"})
			require.NotContains(t, got.body, "lab-secret")
			var f found
			require.NoError(t, json.Unmarshal([]byte(d.lookUp(t, requestID(got.header))), &f))
			require.Len(t, f.Failures, 1)
			require.Equal(t, []any{500, "/lab/panic", "/lab/panic"}, []any{f.Failures[0].Status, f.Failures[0].Route, f.Failures[0].Path})
			require.Equal(t, "panic: lab-secret: a nil map, say", f.Failures[0].Cause)
			require.Contains(t, got.body, `"`+f.Failures[0].Code+`"`)
			require.Contains(t, f.Failures[0].Stack, "lab.panics ")
		})
	}
}

// The trace of the client leads to the failure too, and is in the record.
func TestSupport_TraceID(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	base, p := background(t, ctx, "chatbase")
	const traceID = "0af7651916cd43dd8448eb211c80319c"
	d := demo{url: base}
	got := d.do(t, ask{method: "GET", path: "/lab/panic", header: http.Header{"Traceparent": {"00-" + traceID + "-b7ad6b7169203331-01"}}})
	d.support = &support{key: regexp.MustCompile(`\?key=(\S+)`).FindStringSubmatch(p.stdout.String())[1]}
	page := d.lookUp(t, traceID)
	require.Contains(t, page, `"trace_id": "`+traceID+`"`)
	require.Contains(t, page, `"request_id": "`+requestID(got.header)+`"`)
	without := d.do(t, ask{method: "GET", path: "/lab/panic"})
	require.NotContains(t, d.lookUp(t, requestID(without.header)), "trace_id")
	stop()
	require.NoError(t, <-p.err)
	require.Equal(t, 1, strings.Count(p.stderr.String(), `"trace_id":"`+traceID+`"`))
}

// requestID returns the ID of a response under whatever name the contract has for
// it.
func requestID(h http.Header) string {
	for name := range h {
		if strings.HasSuffix(name, "-Id") {
			return h.Get(name)
		}
	}
	return ""
}

// lookUp returns the JSON of the page about an ID, read with the key.
func (d demo) lookUp(t *testing.T, id string) string {
	t.Helper()
	req, err := http.NewRequest("GET", d.url+supportPath+"failures.json?id="+id, nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+d.support.key)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.Equal(t, 200, resp.StatusCode)
	return readAll(t, resp)
}

// Requests with the key get the page, all others a 404.
func TestSupport_Key(t *testing.T) {
	d := start(t, "standard")
	key := d.support.key
	require.Len(t, key, 26)
	require.NotEqual(t, key, newSupport().key)
	for _, test := range []struct {
		query, name, value string
		status             int
	}{
		{"", "", "", 404},
		{"?key=", "", "", 404},
		{"?key=wrong", "", "", 404},
		{"?key=" + key[:25], "", "", 404},
		{"", "Authorization", key, 404},
		{"", "Authorization", "Basic " + key, 404},
		{"", "Authorization", "Bearer ", 404},
		{"", "Authorization", "Bearer " + key + "x", 404},
		{"", "Authorization", "Bearer " + key, 200},
		{"", "Cookie", "support_key=wrong", 404},
		{"", "Cookie", "support_key=", 404},
		{"", "Cookie", "support_key=" + key, 200},
		{"", "Cookie", "other=" + key, 404},
		{"?key=" + key, "", "", 303},
	} {
		req, err := http.NewRequest("GET", d.url+supportPath+test.query, nil)
		require.NoError(t, err)
		if test.name != "" {
			req.Header.Set(test.name, test.value)
		}
		resp, err := http.DefaultTransport.RoundTrip(req)
		require.NoError(t, err)
		resp.Body.Close()
		require.Equal(t, test.status, resp.StatusCode, "%+v", test)
	}
}

// The printed link opens the page in a browser, and leads away from itself. No
// record has the key.
func TestSupport_Link(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	_, p := background(t, ctx, "chatbase")
	link := regexp.MustCompile(`http\S+/support/\?key=(\S+)`)
	require.Eventually(t, func() bool { return link.MatchString(p.stdout.String()) }, 10*time.Second, time.Millisecond)
	printed := link.FindStringSubmatch(p.stdout.String())
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := http.Client{Jar: jar}
	resp, err := browser.Get(printed[0] + "&id=a%2Fb")
	require.NoError(t, err)
	require.Equal(t, "id=a%2Fb", resp.Request.URL.RawQuery)
	require.Contains(t, readAll(t, resp), `value="a/b"`)
	stop()
	require.NoError(t, <-p.err)
	require.NotContains(t, p.stderr.String(), printed[1])
}

// The walk in README.md is what its commands print, apart from IDs, times and
// the folder of the sources.
func TestSupport_Readme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	_, walk, ok := strings.Cut(string(readme), "\n## Support by request ID\n")
	require.True(t, ok)
	walk, _, _ = strings.Cut(walk, "\n## ")
	var commands, want []string
	for line := range strings.Lines(walk) {
		line, isOutput := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "    ")
		switch {
		case strings.HasPrefix(line, "$ "):
			commands = append(commands, line)
		case isOutput && !strings.HasPrefix(line, "Date: "):
			want = append(want, line)
		}
	}
	require.Len(t, commands, 2)
	require.Contains(t, commands[0], "/lab/panic")
	require.Contains(t, commands[1], "/support/failures.json?id=")

	d := start(t, "chatbase")
	resp, err := http.Get(d.url + "/lab/panic")
	require.NoError(t, err)
	body := readAll(t, resp)
	var f found
	require.NoError(t, json.Unmarshal([]byte(d.lookUp(t, requestID(resp.Header))), &f))
	printed := fmt.Sprintf("%s %s\n", resp.Proto, resp.Status)
	resp.Header.Set("Content-Length", fmt.Sprint(len(body)))
	resp.Header.Del("Date") // which comes last on the wire
	var header strings.Builder
	require.NoError(t, resp.Header.Write(&header))
	printed += strings.ReplaceAll(header.String(), "\r\n", "\n") + body + "\n"
	printed += f.Failures[0].Code + "\n" + f.Failures[0].Cause + "\n" + f.Failures[0].Stack

	// Masked are IDs, names of functions that depend on inlining, and line numbers
	// of the standard library, which differ between its versions.
	masks := regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\S*\.asterisk\.func\d+| \S*/(\w+/\w+\.go:)\d+`)
	plain := func(s string) []string {
		return strings.Split(strings.TrimSpace(masks.ReplaceAllString(s, " $2#")), "\n")
	}
	require.Equal(t, plain(printed), plain(strings.Join(want, "\n")))
}
