package ratelimit

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
)

// KeyFunc returns the key that a request is charged to. Requests with the same
// key share the limits of a limiter. The empty key is a key like any other:
// requests about which nothing is known share it. An error is a failure of the
// server: it is answered with [apierr.Internal], and the request does not reach
// the handler. It must be safe for concurrent use.
//
// A KeyFunc must not copy text that the client may spell in several ways: each
// spelling is a new key, with limits of its own. Paths differ in case and
// percent-encoding, hosts in case, port and a trailing dot, credentials in the
// case of their scheme. Return what the server has made of the text: the
// pattern of the route, the ID of the account, the parsed address.
type KeyFunc func(*http.Request) (string, error)

// ByHeader keys requests by the first value of a header. The key is a hash of
// the value (SHA-256), so that a secret reaches neither a store nor a log.
// Requests without the header share the empty key.
//
// The value is compared byte by byte. If the code that reads the header ignores
// case, spaces or encoding, a client has as many keys as the value has
// spellings. And a client that sends a new value with each request has a new
// key each time, and fills the limiter's table: use ByHeader only if an outer
// layer has checked the value, or beside a limit by address. For callers who
// are authenticated use [ByContext]. Authorization and Proxy-Authorization are
// normalized as in [ByAuthorization].
//
// It panics if name is empty.
func ByHeader(name string) KeyFunc {
	if name == "" {
		panic("ratelimit: ByHeader needs the name of a header")
	}
	name = http.CanonicalHeaderKey(name)
	credentials := name == authorization || name == "Proxy-Authorization"
	return func(r *http.Request) (string, error) {
		v := r.Header[name]
		if len(v) == 0 {
			return "", nil
		}
		value := v[0]
		if credentials {
			value = normalizeCredentials(value)
		}
		return hashed(value), nil
	}
}

// ByAuthorization keys requests by the credentials in the header Authorization,
// for limits on callers that are not authenticated yet. Different spellings of
// the same credentials have one key (RFC 9110 section 11): the scheme and the
// names of parameters in any case, any white space, parameters in any order and
// with or without quotes, and for Basic (RFC 7617) any base64 of the same user
// and password. The key is a hash (SHA-256). Requests without credentials share
// the empty key.
//
// The credentials are not verified: a client that invents new ones has a new key
// each time. Use it beside a limit by address, and [ByContext] for callers who
// are authenticated.
func ByAuthorization() KeyFunc { return ByHeader(authorization) }

// hashed returns the key of a value; that of the empty value is empty.
func hashed(value string) string {
	if value == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(value))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// ByContext keys requests by what an authenticating outer layer has put into
// the request's context: an account, a user, the ID of an API key. Requests for
// which principal returns the empty string share the empty key; they are not
// unlimited. It panics if principal is nil.
func ByContext(principal func(context.Context) string) KeyFunc {
	if principal == nil {
		panic("ratelimit: ByContext needs a function")
	}
	return func(r *http.Request) (string, error) { return principal(r.Context()), nil }
}

// PerRoute keys requests by the pattern that [http.ServeMux] has matched
// ([http.Request].Pattern), for use in [Join]. The text is the server's: a
// client that spells a path or host in another way either matches the same
// pattern or gets another route, and makes no new key. The pattern is known only
// inside the mux: wrap the handlers of the routes, not the mux. Outside, all
// requests share the empty key.
func PerRoute() KeyFunc {
	return func(r *http.Request) (string, error) { return r.Pattern, nil }
}

// Join keys requests by several keys together: Join(ByIP(), PerRoute()) gives
// every address its own limits on every route. Different lists of keys never
// have the same joined key. The first error ends it. It panics without keys, and
// if one is nil.
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
