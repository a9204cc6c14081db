package middleware_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// The ID rule against the same rule as a regular expression.
func FuzzIncomingID(f *testing.F) {
	for _, seed := range []string{"", "a", "a b", "a\r\nX: y", "é", "\xff", strings.Repeat("x", 128), strings.Repeat("x", 129), "._:+=/@~-", `"`, "\x00"} {
		f.Add(seed, "")
		f.Add(seed, seed)
	}
	rule := regexp.MustCompile(`\A[A-Za-z0-9._:+=/@~-]{1,128}\z`)
	h := middleware.New(apierr.Standard, middleware.WithLogger(nil))(http.HandlerFunc(ok))
	f.Fuzz(func(t *testing.T, id, second string) {
		r, w := serverRequest(), httptest.NewRecorder()
		r.Header["X-Correlation-Id"] = []string{id}
		if second != "" {
			r.Header["X-Correlation-Id"] = []string{id, second}
		}
		h.ServeHTTP(w, r)
		got := w.Header()["X-Correlation-Id"]
		require.Len(t, got, 1)
		if second == "" && rule.MatchString(id) {
			require.Equal(t, id, got[0])
		} else {
			require.NoError(t, uuid.Validate(got[0]))
		}
	})
}

// act plays a handler that makes one call for each byte of the script.
func act(w http.ResponseWriter, script []byte) {
	types := []string{"", "text/plain", "text/html", "application/json", "text/plain; charset=utf-8"}
	statuses := []int{200, 201, 204, 304, 400, 404, 405, 418, 500, 503, 599}
	for _, b := range script {
		arg := int(b >> 3)
		switch b & 7 {
		case 0:
			w.Header().Set("Content-Type", types[arg%len(types)])
		case 1:
			w.WriteHeader(statuses[arg%len(statuses)])
		case 2:
			w.Write([]byte(strings.Repeat("w", arg)))
		case 3:
			io.WriteString(w, strings.Repeat("s", arg))
		case 4:
			w.(http.Flusher).Flush()
		case 5:
			io.Copy(w, struct{ io.Reader }{strings.NewReader(strings.Repeat("c", 20*arg))})
		case 6:
			w.Header().Set("X-Kept", string(rune('a'+arg)))
		case 7:
			w.Header()["Content-Type"] = nil
		}
	}
}

// Any sequence of writer calls, against what a plain recorder makes of it: an
// answer that is not a failure, or is typed, is the recorder's; any other has
// its status, and the contract's form.
func FuzzWriterCalls(f *testing.F) {
	for _, seed := range []string{"", "\x01", "\x29\x12", "\x08\x29\x12", "\x18\x29\x12", "\x41\x04\x12", "\x12\x29", "\x04\x29", "\x29\x01\x12", "\x29\x2d", "\x0e\x29\x07", "\x29\x08", "\x07\x29"} {
		f.Add([]byte(seed))
	}
	h := func(script []byte) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { act(w, script) })
	}
	once := middleware.New(apierr.Standard, middleware.WithLogger(nil))
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) > 100 {
			return
		}
		meant := httptest.NewRecorder()
		act(meant, script)
		want := meant.Result()
		if sniffed(script) { // by the recorder; a server sniffs later
			want.Header.Del("Content-Type")
		}
		contentType := want.Header.Get("Content-Type")
		for _, handler := range []http.Handler{once(h(script)), once(once(h(script)))} {
			w := &fromSpy{ResponseRecorder: httptest.NewRecorder()} // so that there is a ReadFrom
			handler.ServeHTTP(w, serverRequest())
			got := w.Result()
			require.Equal(t, want.StatusCode, got.StatusCode)
			require.Len(t, got.Header["X-Request-Id"], 1)
			if want.StatusCode >= 400 && (contentType == "" || strings.HasPrefix(contentType, "text/plain")) {
				require.Equal(t, "application/json", got.Header.Get("Content-Type"))
				require.NotEmpty(t, readEnvelope(t, w.Body.String()).Code)
				continue
			}
			require.Equal(t, meant.Body.String(), w.Body.String())
			require.Equal(t, contentType, got.Header.Get("Content-Type"))
			require.Equal(t, want.Header["X-Kept"], got.Header["X-Kept"])
		}
	})
}

// sniffed reports whether the recorder guessed the type itself: the script set
// none before it committed.
func sniffed(script []byte) bool {
	given := false
	for _, b := range script {
		switch b & 7 {
		case 0:
			given = (b>>3)%5 != 0
		case 7:
			given = false
		case 1, 2, 3, 4:
			return !given
		case 5:
			if b>>3 > 0 {
				return !given
			}
		}
	}
	return !given
}
