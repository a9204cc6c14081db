package apierr

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// appendString appends s as a JSON string. Invalid UTF-8 becomes U+FFFD.
func appendString(dst []byte, s string) []byte {
	if !isPlain(s) {
		dst, _ = jsontext.AppendQuote(dst, s) // its error reports the U+FFFD
		return dst
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

// isPlain reports whether s is ASCII without anything that JSON escapes. Most
// codes and messages are, and looking costs less than quoting.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// appendQuoted appends s as part of a JSON string, without the quotes.
func appendQuoted(dst []byte, s string) []byte {
	if isPlain(s) {
		return append(dst, s...)
	}
	start := len(dst)
	dst = appendString(dst, s)
	return append(dst[:start], dst[start+1:len(dst)-1]...)
}

// detailOptions encode what handlers put into Details: equal errors give equal
// bytes, invalid UTF-8 becomes U+FFFD, and a time.Duration, for which v2 has no
// form of its own, is the text of its String method. An error is refused at any
// depth: it is a cause, and its fields are addresses and file names.
var detailOptions = json.JoinOptions(
	json.Deterministic(true),
	jsontext.AllowInvalidUTF8(true),
	json.WithMarshalers(json.JoinMarshalers(
		json.MarshalToFunc(func(enc *jsontext.Encoder, d time.Duration) error {
			return enc.WriteToken(jsontext.String(d.String()))
		}),
		json.MarshalToFunc(func(_ *jsontext.Encoder, err error) error {
			return fmt.Errorf("%T is an error, and a cause is not sent: use Wrap", err)
		}),
	)),
)

// encoded is a detail that was encoded before.
type encoded []byte

// appendValue appends v as JSON. It gives up soon after maxBody bytes, also if
// many short values together are that long.
func appendValue(dst []byte, v any) ([]byte, error) {
	if len(dst) > maxBody {
		return dst, errTooLong
	}
	switch v := v.(type) {
	case string:
		if len(v) > maxBody {
			return dst, errTooLong
		}
		return appendString(dst, v), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case encoded:
		return append(dst, v...), nil
	}
	w := bounded{dst, len(dst) + maxBody}
	err := json.MarshalWrite(&w, v, detailOptions)
	return w.b, err
}

// bounded is a slice that accepts up to max bytes, so that a value of 100 MB is
// given up early.
type bounded struct {
	b   []byte
	max int
}

func (w *bounded) Write(p []byte) (int, error) {
	if len(w.b)+len(p) > w.max {
		return 0, errTooLong
	}
	w.b = append(w.b, p...)
	return len(p), nil
}

// appendDetails appends the Details of e by key in sorted order, as members of
// the object around them: after the messages of the violations by path if these
// are asked for, without the keys that are picked and the names that the object
// has elsewhere, and each name once.
func appendDetails(dst []byte, e *Error, violations bool, picked, names []string) (_ []byte, err error) {
	var seen nameSet
	if violations {
		for _, v := range e.Violations {
			if len(dst) > maxBody {
				return dst, errTooLong
			}
			if name, fresh := seen.add(v.Path); fresh && !slices.Contains(names, name) {
				dst = appendName(dst, name)
				dst = appendString(dst, v.Message)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(e.Details)) {
		name, fresh := seen.add(key)
		if !fresh || slices.Contains(names, name) || slices.Contains(picked, key) {
			continue
		}
		if dst, err = appendValue(appendName(dst, name), e.Details[key]); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// appendMessages appends the lists of messages by path, in the order of the
// violations, as members of the object around them, but for the names that it
// has elsewhere.
func appendMessages(dst []byte, violations []Violation, names []string) ([]byte, error) {
	messages := make(map[string][]string)
	var paths nameSet
	var order []string
	for i := range violations {
		name, fresh := paths.add(violations[i].Path)
		if slices.Contains(names, name) {
			continue
		}
		if fresh {
			order = append(order, name)
		}
		messages[name] = append(messages[name], violations[i].Message)
	}
	for _, name := range order {
		dst = append(appendName(dst, name), '[')
		for _, m := range messages[name] {
			if len(dst) > maxBody {
				return dst, errTooLong
			}
			dst = appendString(appendComma(dst), m)
		}
		dst = append(dst, ']')
	}
	return dst, nil
}

// appendName appends the name of a member, and a comma unless it is the first
// of its object.
func appendName(dst []byte, name string) []byte {
	return append(appendString(appendComma(dst), name), ':')
}

// nameSet is the set of the names that an object has already. A few need no
// map.
type nameSet struct {
	few  [8]string
	n    int
	many map[string]bool
}

// add returns name as it is sent and whether it is new. Names that differ in
// invalid UTF-8 only are the same on the wire.
func (s *nameSet) add(name string) (sent string, fresh bool) {
	if !utf8.ValidString(name) {
		name = string([]rune(name))
	}
	if slices.Contains(s.few[:min(s.n, len(s.few))], name) || s.many[name] {
		return name, false
	}
	if s.n < len(s.few) {
		s.few[s.n] = name
	} else {
		if s.many == nil {
			s.many = make(map[string]bool)
		}
		s.many[name] = true
	}
	s.n++
	return name, true
}
