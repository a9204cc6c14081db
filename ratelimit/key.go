package ratelimit

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
)

// KeyFunc says whose limits a request is charged to. Requests with the same
// key share them; the empty key is the bucket that all share of whom nothing is
// known. An error is a failure of the server: it is answered as
// [apierr.Internal], and the request goes no further.
type KeyFunc func(*http.Request) (string, error)

// ByHeader keys requests by the first value of a header. The value is hashed
// (SHA-256), so that a credential reaches neither a store nor a log. Requests
// without the header share one bucket.
//
// A header says what the client wants it to say: whoever sends another value
// with each request is never limited, and fills the table of keys. Use it only
// where a layer further out has checked the value already, or beside a limit
// by address. For callers who have been authenticated there is [ByContext].
func ByHeader(name string) KeyFunc {
	if name == "" {
		panic("ratelimit: ByHeader needs the name of a header")
	}
	name = http.CanonicalHeaderKey(name)
	return func(r *http.Request) (string, error) {
		v := r.Header[name]
		if len(v) == 0 || v[0] == "" {
			return "", nil
		}
		sum := sha256.Sum256([]byte(v[0]))
		return base64.RawURLEncoding.EncodeToString(sum[:16]), nil
	}
}

// ByContext keys requests by what an authenticating layer further out has put
// into the request's context: an account, a user, the ID of an API key. Where
// principal returns the empty string the request is charged to the bucket that
// all such requests share; it is not unlimited.
func ByContext(principal func(context.Context) string) KeyFunc {
	if principal == nil {
		panic("ratelimit: ByContext needs a function")
	}
	return func(r *http.Request) (string, error) { return principal(r.Context()), nil }
}

// PerRoute keys requests by the pattern that http.ServeMux has matched, for
// use in [Join]. It is known only further in than the mux: wrap the handlers
// of the routes, not the mux. Outside, all requests share one bucket.
func PerRoute() KeyFunc {
	return func(r *http.Request) (string, error) { return r.Pattern, nil }
}

// Join keys requests by several keys together: Join(ByIP(), PerRoute()) gives
// every address its own limits on every route. The parts cannot run into each
// other, whatever they hold. The first error ends it.
func Join(keys ...KeyFunc) KeyFunc {
	if len(keys) == 0 {
		panic("ratelimit: Join needs a key")
	}
	for _, k := range keys {
		if k == nil {
			panic("ratelimit: Join: a key is nil")
		}
	}
	return func(r *http.Request) (string, error) {
		var room [96]byte
		b := room[:0]
		for _, k := range keys {
			s, err := k(r)
			if err != nil {
				return "", err
			}
			b = strconv.AppendInt(b, int64(len(s)), 10)
			b = append(b, ':')
			b = append(b, s...)
		}
		return string(b), nil
	}
}
