package apierr

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/failwell/failwell/internal/fieldpath"
)

// Problem is the [Format] of problem details, RFC 9457:
//
//	{"type":"about:blank","title":"Bad Request","status":400,"detail":"Invalid request","instance":"/orders",
//	 "code":"VALIDATION_INVALID_BODY","request_id":"…","correlation_id":"…",
//	 "errors":[{"detail":"Required","pointer":"#/items/0/name"},{"detail":"Must be at most 100","parameter":"limit"}]}
//
// The message is the detail, the path of the request the instance. The code, its
// ID, the IDs of the request and the Violations are extension members. So are
// the Details by key, except those that have the name of a member above: these
// are left out, whether or not that member is present.
//
// A violation in the body has a pointer, a JSON Pointer in the form of a URI
// fragment (RFC 6901 section 6), as in the example of RFC 9457 section 3. One in
// the query, the path or a form has the name of the parameter, one in the header
// the name of the header field as "header".
//
// The zero value is ready. A Problem may be used by several goroutines at once.
type Problem struct {
	// Types is the beginning of the URI of every problem type. The code is
	// added, as in https://api.example.com/problems/ORDER_NOT_FOUND, and the
	// title is the declared error's message. Empty: the contract's DocURL is
	// used in the same way; if that is empty too, the type is about:blank and
	// the title the status phrase, RFC 9457 section 4.2.1.
	Types string
}

// Name returns "problem".
func (Problem) Name() string { return "problem" }

// ContentType returns "application/problem+json".
func (Problem) ContentType() string { return "application/problem+json" }

// problemMembers are the names that no key of the Details can have.
var problemMembers = []string{
	"type", "title", "status", "detail", "instance", "code", "id", "request_id", "correlation_id", "errors",
}

// Append implements [Format].
func (f Problem) Append(dst []byte, e *Error, info Info) (_ []byte, err error) {
	uri, title := f.problemType(e, info)
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
		if dst, err = appendDetails(dst, e, false, nil, problemMembers); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// problemType returns the URI and the title of the problem type.
func (f Problem) problemType(e *Error, info Info) (uri, title string) {
	uri = info.DocURL
	if f.Types != "" {
		uri = f.Types + url.PathEscape(e.Code)
	}
	if uri == "" {
		return "about:blank", phrase(e.Status)
	}
	if title = info.title; title == "" {
		title = e.declared().Message
	}
	if title == "" {
		title = phrase(e.Status)
	}
	return uri, title
}

func appendProblemErrors(dst []byte, violations []Violation) ([]byte, error) {
	dst = append(dst, '[')
	for i := range violations {
		if len(dst) > maxBody {
			return dst, errTooLong
		}
		v := &violations[i]
		dst = append(appendComma(dst), '{')
		dst = appendString(appendName(dst, "detail"), v.Message)
		switch {
		case v.In == "" || v.In == "body":
			dst = appendString(appendName(dst, "pointer"), pointer(v.Path))
		case v.Path == fieldpath.Root: // all of the parameters
		case v.In == "header":
			dst = appendString(appendName(dst, "header"), v.Path)
		default:
			dst = appendString(appendName(dst, "parameter"), v.Path)
		}
		dst = append(dst, '}')
	}
	return append(dst, ']'), nil
}

// maxInstance is the longest path in bytes that is sent as the instance: a
// client knows its own request.
const maxInstance = 2 << 10

// isInstance reports whether a path is a URI reference that means itself: two
// slashes would begin a host.
func isInstance(path string) bool {
	return strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && len(path) <= maxInstance
}
