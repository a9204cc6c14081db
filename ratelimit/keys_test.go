package ratelimit_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
)

type principalKey struct{}

func principal(ctx context.Context) string {
	s, _ := ctx.Value(principalKey{}).(string)
	return s
}

func as(r *http.Request, who string) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), principalKey{}, who))
}

func keyOf(t *testing.T, k ratelimit.KeyFunc, r *http.Request) string {
	t.Helper()
	s, err := k(r)
	require.NoError(t, err)
	return s
}

func TestByHeader(t *testing.T) {
	key := ratelimit.ByHeader("x-api-key")
	a, b := request(stranger, "X-Api-Key secret-a"), request(stranger, "X-Api-Key secret-b")
	require.Equal(t, keyOf(t, key, a), keyOf(t, key, request(proxy, "X-Api-Key secret-a")))
	require.NotEqual(t, keyOf(t, key, a), keyOf(t, key, b))
	require.NotContains(t, keyOf(t, key, a), "secret")
	require.Empty(t, keyOf(t, key, request(stranger)), "the shared bucket")
	require.Empty(t, keyOf(t, key, request(stranger, "X-Api-Key ")))
}

// TestByAuthorization lists spellings: those of one row are one key, and no two
// rows are the same.
func TestByAuthorization(t *testing.T) {
	seen := map[string]string{}
	for _, spellings := range [][]string{
		// The scheme is a token in any case, and white space ends it (RFC 9110
		// section 11.1 and 11.4).
		{"Bearer abc", "bearer abc", "BEARER abc", "bEaReR abc", "Bearer  abc", "Bearer    abc", "Bearer\tabc", "Bearer \t abc", " Bearer abc", "Bearer abc ", "\tBearer abc\t"},
		{"Basic abc!", "Ba\u017fic abc!"}, // the long s, an s for strings.EqualFold
		// Other spaces of Unicode, at which strings.Fields splits.
		{"Bearer abd", "Bearer\u00a0abd", "Bearer\u00a0\u2003abd", "Bearer \u3000abd", "\u00a0Bearer abd\u0085"},
		{"Bearer ABC"}, // a token68 is in one case only
		{"Bearer abc="},
		{"Bearer abc=="},
		{"Token abc", "token  abc"},
		{"abc", "ABC", "abc "}, // a scheme without credentials
		{"Bearerabc"},
		{"Bearer a b", "bearer  a   b", "Bearer a\tb"}, // neither a token68 nor parameters
		{"Bearer abc, def", "bearer abc,  def"},

		// Basic: base64 of the user and password (RFC 7617).
		{"Basic YWxpY2U6eA==", "basic YWxpY2U6eA==", "BASIC  YWxpY2U6eA", "Basic YWxpY2U6eA=", "Basic YWxpY2U6eB==", "Basic YWxpY2U6eP"}, // alice:x
		{"Basic YWxpY2U6WA=="}, // alice:X
		{"Basic ???", "basic  ???"},
		{"Basic alice:x"}, // not base64

		// Parameters: names in any case, in any order, with or without quotes
		// (RFC 9110 section 11.2).
		{
			`Digest username="a", realm="r", response=1f`, `digest response=1f,realm=r,username=a`, `Digest USERNAME=a, Realm="r",response="1f"`,
			`Digest username = "a" ,realm ="r", response= 1f`, `Digest ,username="a",, realm="\r", response=1f,`,
		},
		{`Digest username="a, realm=\"r\"", response=1f`, `Digest response=1f,username="a, realm=\"\r\""`},
		{`Digest username="A", realm="r", response=1f`},
		{`Digest username="a", realm="", response=1f`, `Digest realm="",response=1f,username=a`},
		{`Digest username="a`, `digest  username="a`},
	} {
		first := ""
		for _, value := range spellings {
			r := request(stranger)
			r.Header["Authorization"] = []string{value}
			key := keyOf(t, ratelimit.ByAuthorization(), r)
			require.Len(t, key, 22, "%q: a hash of 128 bits", value)
			require.Equal(t, key, keyOf(t, ratelimit.ByHeader("authorization"), r), "%q", value)
			if first == "" {
				first = key
				require.Empty(t, seen[key], "%q", value)
				seen[key] = value
			}
			require.Equal(t, first, key, "%q", value)
		}
	}
	for _, value := range []string{"", " ", "\t"} {
		r := request(stranger)
		r.Header["Authorization"] = []string{value}
		require.Empty(t, keyOf(t, ratelimit.ByAuthorization(), r), "%q", value)
	}
	require.Empty(t, keyOf(t, ratelimit.ByAuthorization(), request(stranger)), "the shared bucket")
}

// TestSpellingsOfCredentials is the finding that twelve requests with one
// credential were admitted of two.
func TestSpellingsOfCredentials(t *testing.T) {
	h := ratelimit.Middleware(ratelimit.NewMemory(ratelimit.PerHour("p", 2)), ratelimit.ByAuthorization())(ok)
	admitted := 0
	for _, value := range []string{"Bearer abc", "bearer abc", "BEARER abc", "Bearer  abc", "bearer\tabc", " Bearer abc"} {
		for range 2 {
			r := request(stranger)
			r.Header["Authorization"] = []string{value}
			if get(h, r).StatusCode == 200 {
				admitted++
			}
		}
	}
	require.Equal(t, 2, admitted)
}

func FuzzByAuthorization(f *testing.F) {
	for _, s := range []string{"Bearer abc", "Basic YTpi", `Digest a="b", c=d`, `Digest a="\`, ",=,", `"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		key := func(value string) string {
			r := request(stranger)
			r.Header["Authorization"] = []string{value}
			return keyOf(t, ratelimit.ByAuthorization(), r)
		}
		scheme, rest, found := strings.Cut(value, " ")
		require.Equal(t, key(value), key(" "+value+"\t"))
		if found && isASCII(scheme) && !strings.Contains(scheme, "\t") {
			require.Equal(t, key(value), key(strings.ToUpper(scheme)+"  "+rest))
		}
	})
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c > 0x7f || c == utf8.RuneError })
}

func TestByContext(t *testing.T) {
	key := ratelimit.ByContext(principal)
	require.Equal(t, "alice", keyOf(t, key, as(request(stranger), "alice")))
	require.Empty(t, keyOf(t, key, request(stranger)), "the shared bucket")
}

// TestPerRoute spells the requests for a route in many ways, over a real
// connection: each is charged to a pattern of the server's.
func TestPerRoute(t *testing.T) {
	keys := map[string]bool{}
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { keys[keyOf(t, ratelimit.PerRoute(), r)] = true })
	mux := http.NewServeMux()
	for _, pattern := range []string{"GET /agents/{id}", "POST /agents/{id}", "GET example.com/agents/{id}"} {
		mux.Handle(pattern, h)
	}
	server := httptest.NewServer(mux)
	defer server.Close()
	for _, c := range []struct{ target, host, want string }{
		{"GET /agents/1", "api.test", "GET /agents/{id}"},
		{"GET /agents/2", "api.test", "GET /agents/{id}"},
		{"HEAD /agents/1", "api.test", "GET /agents/{id}"},
		{"GET /%61gents/1", "api.test", "GET /agents/{id}"},
		{"GET /%61%67%65%6e%74%73/%31", "api.test", "GET /agents/{id}"},
		{"GET /agents/a%2Fb", "api.test", "GET /agents/{id}"},
		{"GET /agents/1?a=b", "api.test", "GET /agents/{id}"},
		{"GET /agents/1;v=2", "api.test", "GET /agents/{id}"},
		{"GET http://other.test/agents/1", "api.test", "GET /agents/{id}"},
		{"POST /agents/1", "api.test", "POST /agents/{id}"},
		{"GET /agents/1", "example.com", "GET example.com/agents/{id}"},
		{"GET /agents/1", "example.com:80", "GET example.com/agents/{id}"},
		// Another spelling of the host is another route of the mux, which a
		// client may choose, but none is new.
		{"GET /agents/1", "example.com.", "GET /agents/{id}"},
		{"GET /agents/1", "EXAMPLE.com", "GET /agents/{id}"},
		// No route: the handler is not reached.
		{"GET /AGENTS/1", "api.test", ""},
		{"GET /agents/1/", "api.test", ""},
		{"GET //agents/1", "api.test", ""},
	} {
		clear(keys)
		send(t, server, c.target+" HTTP/1.1\r\nHost: "+c.host+"\r\nConnection: close\r\n\r\n")
		if c.want == "" {
			require.Empty(t, keys, "%v", c)
			continue
		}
		require.Equal(t, map[string]bool{c.want: true}, keys, "%v", c)
	}
	require.Empty(t, keyOf(t, ratelimit.PerRoute(), request(stranger)), "outside a mux")
}

// send writes a request as it is and waits for the end of the response.
func send(t *testing.T, server *httptest.Server, raw string) {
	t.Helper()
	c, err := net.Dial("tcp", server.Listener.Addr().String())
	require.NoError(t, err)
	defer c.Close()
	_, err = io.WriteString(c, raw)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, c)
	require.NoError(t, err)
}

func TestJoin(t *testing.T) {
	text := func(s string) ratelimit.KeyFunc { return func(*http.Request) (string, error) { return s, nil } }
	seen := map[string]bool{}
	for _, parts := range [][2]string{{"a", "b"}, {"ab", ""}, {"", "ab"}, {"1:a", "b"}, {"a1:", "b"}, {"a", "1:b"}, {"a:", "b"}, {"a", ":b"}} {
		k := keyOf(t, ratelimit.Join(text(parts[0]), text(parts[1])), request(stranger))
		require.False(t, seen[k], "%q", parts)
		seen[k] = true
	}
	fault := errors.New("no")
	_, err := ratelimit.Join(text("a"), func(*http.Request) (string, error) { return "", fault })(request(stranger))
	require.ErrorIs(t, err, fault)
}
