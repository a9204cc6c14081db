package apierr

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Problem is the [Format] of problem details, RFC 9457:
//
//	{"type":"about:blank","title":"Bad Request","status":400,"detail":"Invalid request","instance":"/orders",
//	 "code":"VALIDATION_INVALID_BODY","request_id":"…","correlation_id":"…",
//	 "errors":[{"detail":"Required","pointer":"#/items/0/name"}]}
//
// The message is the detail, the path of the request the instance. The code,
// its id, the request's IDs and the Violations are extension members, and so
// are the Details by their keys, except those that have the name of a member
// above: these are left out, whether or not the member is there. A pointer is
// a JSON Pointer in the form of a URI fragment (RFC 6901 section 6), as in the
// example of RFC 9457 section 3.
//
// The zero value is ready; a Problem may be used by several goroutines at once.
type Problem struct {
	// Types is what the URI of every problem type begins with; the code comes
	// behind it, as in https://api.example.com/problems/ORDER_NOT_FOUND. The
	// title is then the declared error's message. Empty: the type is
	// about:blank and the title the status phrase, RFC 9457 section 4.2.1.
	Types string
}

// Name returns "problem".
func (Problem) Name() string { return "problem" }

// ContentType returns "application/problem+json".
func (Problem) ContentType() string { return "application/problem+json" }

// problemMembers are the names that no key of the Details takes.
var problemMembers = []string{
	"type", "title", "status", "detail", "instance", "code", "id", "request_id", "correlation_id", "errors",
}

// Append implements [Format].
func (f Problem) Append(dst []byte, e *Error, info Info) (_ []byte, err error) {
	uri, title := "about:blank", phrase(e.Status)
	if f.Types != "" {
		uri = f.Types + url.PathEscape(e.Code)
		if m := e.declared().Message; m != "" {
			title = m
		}
	}
	dst = append(dst, '{')
	dst = appendString(appendName(dst, "type"), uri)
	dst = appendString(appendName(dst, "title"), title)
	dst = strconv.AppendInt(appendName(dst, "status"), int64(e.Status), 10)
	dst = appendString(appendName(dst, "detail"), e.Message)
	if isInstance(info.Path) {
		dst = appendString(appendName(dst, "instance"), info.Path)
	}
	dst = appendString(appendName(dst, "code"), e.Code)
	if e.ID != 0 {
		dst = strconv.AppendInt(appendName(dst, "id"), int64(e.ID), 10)
	}
	if info.RequestID != "" {
		dst = appendString(appendName(dst, "request_id"), info.RequestID)
	}
	if info.CorrelationID != "" {
		dst = appendString(appendName(dst, "correlation_id"), info.CorrelationID)
	}
	if len(e.Violations) > 0 {
		if dst, err = appendProblemErrors(appendName(dst, "errors"), e.Violations); err != nil {
			return dst, err
		}
	}
	if len(e.Details) > 0 {
		if dst, err = appendExtensions(dst, e.Details); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

func appendProblemErrors(dst []byte, violations []Violation) ([]byte, error) {
	dst = append(dst, '[')
	for i, v := range violations {
		if len(dst) > maxBody {
			return dst, errTooLong
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"detail":`...)
		dst = appendString(dst, v.Message)
		dst = append(dst, `,"pointer":`...)
		dst = append(appendString(dst, pointer(v.Path)), '}')
	}
	return append(dst, ']'), nil
}

func appendExtensions(dst []byte, details map[string]any) (_ []byte, err error) {
	var seen nameSet
	for _, key := range slices.Sorted(maps.Keys(details)) {
		name, fresh := seen.add(key)
		if !fresh || slices.Contains(problemMembers, name) {
			continue
		}
		if dst, err = appendValue(appendName(dst, name), details[key]); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// maxInstance is the longest path in bytes that is told as the instance: a
// client knows what it asked for.
const maxInstance = 2 << 10

// isInstance reports whether a path is a URI reference that means itself: two
// slashes would begin a host.
func isInstance(path string) bool {
	return strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && len(path) <= maxInstance
}
