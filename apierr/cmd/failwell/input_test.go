package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"
)

// A contract at a URL is read within limits, and a URL is requested once.
func TestURL(t *testing.T) {
	padded := func(size int) string { return minimal + strings.Repeat(" ", size-len(minimal)) }
	var requests int
	answers := map[string]http.HandlerFunc{
		"/ok": func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, minimal) },
		"/accept": func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, strings.Replace(minimal, "It is lost", r.Header.Get("Accept"), 1))
		},
		"/full":     func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, padded(4<<20)) },
		"/over":     func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, padded(4<<20+1)) },
		"/endless":  endless,
		"/bomb":     bomb,
		"/redirect": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/ok", http.StatusFound) },
		"/moved":    func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/ok", http.StatusPermanentRedirect) },
		"/304":      func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(304) },
		"/203":      func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(203); io.WriteString(w, minimal) },
		"/204":      func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) },
		"/404":      func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(404); io.WriteString(w, minimal) },
		"/500":      func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500); io.WriteString(w, minimal) },
		"/cut": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "9999")
			io.WriteString(w, minimal)
		},
		"/html":  func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<html>") },
		"/empty": func(http.ResponseWriter, *http.Request) {},
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		answers[r.URL.Path](w, r)
	}))
	defer srv.Close()
	for _, test := range []struct {
		path string
		exit int
		want string
	}{
		{"/ok", 0, "# m\n"},
		{"/ok?at=1", 0, "# m\n"},
		{"/accept", 0, "application/json"},
		{"/full", 0, "# m\n"},
		{"/over", 2, "has more than 4 MiB"},
		{"/endless", 2, "has more than 4 MiB"},
		{"/bomb", 2, "has more than 4 MiB"},
		{"/redirect", 2, "is answered with the redirect 302 Found, which is not followed"},
		{"/moved", 2, "is answered with the redirect 308 Permanent Redirect, which is not followed"},
		{"/304", 2, "is answered with the redirect 304 Not Modified"},
		{"/203", 2, "is answered with 203"},
		{"/204", 2, "is answered with 204 No Content"},
		{"/404", 2, "is answered with 404 Not Found"},
		{"/500", 2, "is answered with 500 Internal Server Error"},
		{"/cut", 2, "unexpected EOF"},
		{"/html", 2, "parsing a contract"},
		{"/empty", 2, "parsing a contract"},
	} {
		requests = 0
		got := runWith(t, "", "markdown", srv.URL+test.path)
		require.Equal(t, test.exit, got.exit, "%s: %s", test.path, got.errors)
		require.Contains(t, got.out+got.errors, test.want, test.path)
		require.Equal(t, 1, requests, test.path)
	}

	// The scheme is compared without regard to case; a password is not shown.
	require.Equal(t, exitOK, runWith(t, "", "markdown", strings.Replace(srv.URL, "http", "HTTP", 1)+"/ok").exit)
	for _, path := range []string{"/404", "/redirect", "/over", "/%zz"} {
		got := runWith(t, "", "markdown", strings.Replace(srv.URL, "http://", "http://u:secret@", 1)+path)
		require.Equal(t, exitFailure, got.exit, path)
		require.NotContains(t, got.errors, "secret", path)
	}
	// What is no http URL is a file.
	require.Contains(t, runWith(t, "", "html", "ftp://example.com/x").errors, "open ftp:")
	require.Contains(t, runWith(t, "", "html", "file:///etc/passwd").errors, "open file:")
}

func endless(w http.ResponseWriter, _ *http.Request) {
	for {
		if _, err := w.Write(make([]byte, 1<<16)); err != nil {
			return
		}
	}
}

// bomb is 8 MiB of spaces in a few kilobytes.
func bomb(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	z.Write(bytes.Repeat([]byte{' '}, 8<<20))
	z.Close()
}

// A server that is slow to answer, or slow in the midst of its answer, is given
// up when the time is over.
func TestURL_Slow(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/midway" {
			io.WriteString(w, minimal[:20])
			w.(http.Flusher).Flush()
		}
		<-r.Context().Done()
	}))
	defer srv.Close()
	for _, path := range []string{"/", "/midway"} {
		begin := time.Now()
		_, err := fetch(t.Context(), srv.URL+path, 50*time.Millisecond)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Less(t, time.Since(begin), 5*time.Second)
	}
	require.Equal(t, 10*time.Second, fetchTimeout)
}

// Standard input and files have the limit of ParseContract.
func TestReadAll(t *testing.T) {
	for _, test := range []struct {
		reader io.Reader
		want   string // the error
	}{
		{strings.NewReader("12345678"), ""},
		{strings.NewReader("123456789"), "x has more than 0 MiB"},
		{iotest.ErrReader(io.ErrClosedPipe), io.ErrClosedPipe.Error()},
	} {
		b, err := readAll(test.reader, 8, "x")
		if test.want == "" {
			require.NoError(t, err)
			require.Len(t, b, 8)
			continue
		}
		require.EqualError(t, err, test.want)
	}
}
