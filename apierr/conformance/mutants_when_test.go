package conformance_test

import (
	"net/http"
	"strings"
)

// The situations in which mutants break.

// at chooses requests by the beginning of their path.
func at(prefix string) when {
	return func(r *http.Request, _ int, _ http.Header) bool { return strings.HasPrefix(r.URL.Path, prefix) }
}

// status chooses responses by their status.
func status(statuses ...int) when {
	return func(_ *http.Request, status int, _ http.Header) bool {
		for _, s := range statuses {
			if s == status {
				return true
			}
		}
		return false
	}
}

// to chooses requests by their method.
func to(method string) when {
	return func(r *http.Request, _ int, _ http.Header) bool { return r.Method == method }
}

// not chooses what the other does not.
func not(other when) when {
	return func(r *http.Request, status int, h http.Header) bool { return !other(r, status, h) }
}

// bearing chooses requests that have a header field.
func bearing(name string) when {
	return func(r *http.Request, _ int, _ http.Header) bool { return r.Header.Get(name) != "" }
}

// lacking chooses requests that have none of the header fields.
func lacking(names ...string) when {
	return func(r *http.Request, _ int, _ http.Header) bool {
		for _, name := range names {
			if r.Header.Get(name) != "" {
				return false
			}
		}
		return true
	}
}

// long chooses requests by the size of their body in bytes.
func long(from, to int64) when {
	return func(r *http.Request, _ int, _ http.Header) bool {
		return r.ContentLength >= from && r.ContentLength <= to
	}
}

var (
	// unknownRoute is a path that no server has.
	unknownRoute = at("/conformance-")
	// nowhere is a plain GET of it.
	nowhere = unknownRoute.and(to("GET"), lacking("Accept", "Origin", "X-Request-Id", "X-Correlation-Id"))

	malformedThing = at("/things").and(status(400), long(1, 99_999))
	deepThing      = at("/things").and(long(100_000, 1<<20))
	emptyThing     = at("/things").and(long(0, 0))
	wrongMethod    = at("/healthz").and(status(405))
)
