package reference

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// object is a JSON object whose members have an order. Values are objects,
// []any, strings, ints, bools and jsontext.Values.
type object []property

type property struct {
	name  string
	value any
}

// get returns the value of a member, nil if there is none.
func (o object) get(name string) any {
	for _, p := range o {
		if p.name == name {
			return p.value
		}
	}
	return nil
}

// with returns o with one more member.
func (o object) with(name string, value any) object {
	return append(slices.Clip(o), property{name, value})
}

// unique returns o with each name once: the first member with it.
func (o object) unique() object {
	var u object
	seen := map[string]bool{}
	for _, p := range o {
		if !seen[p.name] {
			u = append(u, p)
		}
		seen[p.name] = true
	}
	return u
}

// encoded returns a value as JSON on one line.
func encoded(v any) jsontext.Value { return appendJSON(nil, v) }

func appendJSON(dst []byte, v any) []byte {
	switch v := v.(type) {
	case object:
		dst = append(dst, '{')
		for i, p := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendText(dst, p.name), ':')
			dst = appendJSON(dst, p.value)
		}
		return append(dst, '}')
	case []any:
		dst = append(dst, '[')
		for i, e := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, e)
		}
		return append(dst, ']')
	case string:
		return appendText(dst, v)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case bool:
		return strconv.AppendBool(dst, v)
	case jsontext.Value:
		return append(dst, v...)
	}
	return append(dst, "null"...)
}

// appendText appends a string; invalid UTF-8 becomes U+FFFD.
func appendText(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s) // its error reports the U+FFFD
	return dst
}

// equal reports whether two values have the same text.
func equal(a, b any) bool { return bytes.Equal(encoded(a), encoded(b)) }

// same reports whether two JSON values are equal, whatever the order of their
// members.
func same(a, b jsontext.Value) bool {
	a, b = a.Clone(), b.Clone()
	return a.Canonicalize() == nil && b.Canonicalize() == nil && string(a) == string(b)
}
