package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/example/internal/limits"
)

// Every declared error of every contract can be raised by its code.
func TestLab_Raise(t *testing.T) {
	for _, contract := range contracts {
		d := start(t, contract)
		c, _, err := choose(contract, limits.InMemory)
		require.NoError(t, err)
		require.NotEmpty(t, c.Declared())
		for _, e := range c.Declared() {
			t.Run(contract+" "+e.Code, func(t *testing.T) {
				f := d.fails(t, d.do(t, ask{method: "GET", path: "/lab/raise/" + e.Code}), e.Status, e.Code)
				switch {
				case contract == "polyai" && e.ID != 0:
					require.Equal(t, e.ID, *f.ID)
				default:
					require.Nil(t, f.ID)
				}
			})
		}
	}
}

func TestLab_Input(t *testing.T) {
	d := start(t, "standard")
	person := `{"name":"Ada","email":"ada@example.com"}`
	got := d.do(t, ask{method: "POST", path: "/lab/echo", body: person})
	require.Equal(t, 200, got.status)
	require.JSONEq(t, person, got.body)

	for _, doc := range []string{`null`, `7`, `"x"`, `[]`, `{"a":[1,{"b":null}]}`} {
		require.Equal(t, 200, d.do(t, ask{method: "POST", path: "/lab/json", body: doc}).status, doc)
	}
}

// An answer of another form is left alone, byte for byte.
func TestLab_OwnJSON(t *testing.T) {
	got := start(t, "chatbase").do(t, ask{method: "GET", path: "/lab/own-json"})
	require.Equal(t, 404, got.status)
	require.Equal(t, `{"custom":true}`, got.body)
}

func TestLab_Stale(t *testing.T) {
	got := start(t, "chatbase").do(t, ask{method: "GET", path: "/lab/stale"})
	for _, name := range []string{"Etag", "Last-Modified", "Content-Encoding"} {
		require.Empty(t, got.header[name], name)
	}
}

// What cannot be taken back is cut, so that the client sees that it is.
func TestLab_Cut(t *testing.T) {
	for _, contract := range contracts {
		d := start(t, contract)
		got, err := d.try(t, ask{method: "GET", path: "/lab/panic-midway"})
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.Equal(t, "the first half\n", got.body)

		_, err = d.try(t, ask{method: "GET", path: "/lab/abort"})
		require.ErrorIs(t, err, io.EOF)
	}
}

func TestLab_Stream(t *testing.T) {
	got := start(t, "chatbase").do(t, ask{method: "GET", path: "/lab/stream"})
	require.Equal(t, "one\ntwo\n", got.body)
}

// A stream that fails ends with one event or one line that says so.
func TestLab_StreamsFail(t *testing.T) {
	codes := map[string]string{
		"chatbase": "CHAT_STREAMING_ERROR", "polyai": "INTERNAL_SERVER_ERROR", "avatarium": "internal_error",
		"standard": "STREAM_FAILED", "problem": "STREAM_FAILED",
	}
	for _, contract := range contracts {
		d := start(t, contract)
		got := d.do(t, ask{method: "GET", path: "/lab/sse-fails"})
		require.Equal(t, "text/event-stream", got.header.Get("Content-Type"))
		require.Equal(t, 1, strings.Count(got.body, "event: error\n"))
		head, last, _ := strings.Cut(got.body, "event: error\ndata: ")
		require.Equal(t, "event: number\ndata: 1\n\nevent: number\ndata: 2\n\n", head)
		require.Contains(t, last, `"`+codes[contract]+`"`)
		require.True(t, strings.HasSuffix(last, "}\n\n"), last)

		got = d.do(t, ask{method: "GET", path: "/lab/ndjson-fails"})
		lines := strings.Split(got.body, "\n")
		require.Len(t, lines, 4)
		require.Equal(t, []string{`{"number":1}`, `{"number":2}`}, lines[:2])
		require.Contains(t, lines[2], `"`+codes[contract]+`"`)
		require.Empty(t, lines[3])
	}
}

func TestLab_Hints(t *testing.T) {
	d := start(t, "chatbase")
	var hinted textproto.MIMEHeader
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
			require.Equal(t, 103, code)
			hinted = h
			return nil
		},
	})
	req, err := http.NewRequestWithContext(ctx, "GET", d.url+"/lab/hints", nil)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, 418, resp.StatusCode)
	require.Contains(t, hinted.Get("Link"), "/style.css")
}

func TestLab_Hijack(t *testing.T) {
	d := start(t, "chatbase")
	conn, err := net.Dial("tcp", strings.TrimPrefix(d.url, "http://"))
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "GET /lab/hijack HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: lab-echo\r\n\r\nhello\n")
	require.NoError(t, err)
	r := bufio.NewReader(conn)
	resp, err := http.ReadResponse(r, nil)
	require.NoError(t, err)
	require.Equal(t, 101, resp.StatusCode)
	require.Len(t, resp.Header["X-Request-Id"], 1)
	rest, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Equal(t, "hello\n", string(rest))
}

// Each address has five requests a minute.
func TestLab_Limited(t *testing.T) {
	d := start(t, "standard")
	for range 5 {
		require.Equal(t, 200, d.do(t, ask{method: "GET", path: "/lab/limited"}).status)
	}
	d.fails(t, d.do(t, ask{method: "GET", path: "/lab/limited"}), 429, "RATE_LIMIT_TOO_MANY_REQUESTS")
}
