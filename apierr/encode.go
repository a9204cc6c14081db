package apierr

import (
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
		dst, _ = jsontext.AppendQuote(dst, s) // the error tells of the U+FFFD only
		return dst
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

// isPlain reports whether s is ASCII without anything that JSON escapes. Most
// codes and messages are, and looking costs less than quoting: eight bytes are
// looked at in one word, by the arithmetic that finds a zero byte in it.
func isPlain(s string) bool {
	const (
		ones  = 0x0101010101010101
		highs = 0x8080808080808080
	)
	for len(s) >= 8 {
		w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		quote, slash := w^(ones*'"'), w^(ones*'\\')
		found := w | (w-ones*' ')&^w | (quote-ones)&^quote | (slash-ones)&^slash
		if found&highs != 0 {
			return false
		}
		s = s[8:]
	}
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// detailOptions encode what handlers put into Details: equal errors give equal
// bytes, bytes that are no UTF-8 do not cost the details, and a time.Duration,
// for which v2 has no form of its own, is what its String method says.
var detailOptions = json.JoinOptions(
	json.Deterministic(true),
	jsontext.AllowInvalidUTF8(true),
	json.WithMarshalers(json.MarshalToFunc(func(enc *jsontext.Encoder, d time.Duration) error {
		return enc.WriteToken(jsontext.String(d.String()))
	})),
)

// appendValue appends v as JSON. It stops soon after maxBody bytes, also where
// many values, each of them short, have come to so much.
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
	}
	w := bounded{dst, len(dst) + maxBody}
	err := json.MarshalWrite(&w, v, detailOptions)
	return w.b, err
}

// bounded is a slice that takes no more than max bytes, so that a value of
// 100 MB is given up early.
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

// appendDetailsMap appends one object: the violations by path, then the
// details by key in sorted order, each name once.
func appendDetailsMap(dst []byte, e *Error) (_ []byte, err error) {
	var seen nameSet
	dst = append(dst, '{')
	for _, v := range e.Violations {
		if len(dst) > maxBody {
			return dst, errTooLong
		}
		if name, fresh := seen.add(v.Path); fresh {
			dst = appendName(dst, name)
			dst = appendString(dst, v.Message)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(e.Details)) {
		if name, fresh := seen.add(key); fresh {
			dst = appendName(dst, name)
			if dst, err = appendValue(dst, e.Details[key]); err != nil {
				return dst, err
			}
		}
	}
	return append(dst, '}'), nil
}

// appendDetailsList appends one array: the violations, then the details by key
// in sorted order.
func appendDetailsList(dst []byte, e *Error) (_ []byte, err error) {
	dst = append(dst, '[')
	start := len(dst)
	item := func(name string) {
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"field":`...)
		dst = appendString(dst, name)
	}
	for _, v := range e.Violations {
		if len(dst) > maxBody {
			return dst, errTooLong
		}
		item(v.Path)
		dst = append(dst, `,"message":`...)
		dst = append(appendString(dst, v.Message), '}')
	}
	for _, key := range slices.Sorted(maps.Keys(e.Details)) {
		item(key)
		dst = append(dst, `,"value":`...)
		if dst, err = appendValue(dst, e.Details[key]); err != nil {
			return dst, err
		}
		dst = append(dst, '}')
	}
	return append(dst, ']'), nil
}

// appendName appends the name of a member, and a comma unless it is the first
// of its object.
func appendName(dst []byte, name string) []byte {
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	return append(appendString(dst, name), ':')
}

// nameSet holds the names that an object has already. A few need no map.
type nameSet struct {
	few  [8]string
	n    int
	many map[string]bool
}

// add returns name as it is sent and whether it is new. Two names that differ
// in bytes that are no UTF-8 are the same one on the wire.
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
