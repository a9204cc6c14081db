package reference

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// object is a JSON object whose members have an order. Values are objects, []any,
// strings, ints, bools and jsontext.Values.
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

// maxLine is how long a line of a document is, but for the name in front of a value.
const maxLine = 100

// appendLines appends a value over several lines, at an indentation; what fits into
// a line is on one.
func appendLines(dst []byte, v any, newline, indent, unit string) []byte {
	if raw, ok := v.(jsontext.Value); ok {
		v = parseTree(raw)
	}
	if dst, fits := appendLine(dst, v, len(dst)+maxLine-len(indent)); fits {
		return dst
	}
	inner, end := newline+indent+unit, newline+indent
	switch v := v.(type) {
	case object:
		dst = append(dst, '{')
		for i, p := range v {
			dst = append(append(dst, comma(i)...), inner...)
			dst = append(appendText(dst, p.name), ": "...)
			dst = appendLines(dst, p.value, newline, indent+unit, unit)
		}
		return append(append(dst, end...), '}')
	case []any:
		dst = append(dst, '[')
		for i, e := range v {
			dst = append(append(dst, comma(i)...), inner...)
			dst = appendLines(dst, e, newline, indent+unit, unit)
		}
		return append(append(dst, end...), ']')
	}
	return appendJSON(dst, v)
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}

// appendLine appends a value with spaces between its parts. It gives up if dst is
// longer than max bytes then.
func appendLine(dst []byte, v any, max int) (_ []byte, fits bool) {
	start := len(dst)
	fits = true
	switch v := v.(type) {
	case object:
		dst = append(dst, '{')
		for i, p := range v {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = append(appendText(dst, p.name), ": "...)
			if dst, fits = appendLine(dst, p.value, max); !fits {
				return dst[:start], false
			}
		}
		dst = append(dst, '}')
	case []any:
		dst = append(dst, '[')
		for i, e := range v {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			if dst, fits = appendLine(dst, e, max); !fits {
				return dst[:start], false
			}
		}
		dst = append(dst, ']')
	case jsontext.Value:
		if k := v.Kind(); k == '{' || k == '[' {
			return appendLine(dst, parseTree(v), max)
		}
		dst = append(dst, v...)
	default:
		dst = appendJSON(dst, v)
	}
	if len(dst) > max {
		return dst[:start], false
	}
	return dst, true
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

// parseTree returns JSON as objects, arrays and scalars. Numbers and null are raw.
func parseTree(v jsontext.Value) any {
	tree, err := readTree(jsontext.NewDecoder(bytes.NewReader(v), jsontext.AllowDuplicateNames(true)))
	if err != nil { // then it is no JSON
		return v
	}
	return tree
}

func readTree(d *jsontext.Decoder) (any, error) {
	switch d.PeekKind() {
	case '{':
		return readObject(d)
	case '[':
		return readArray(d)
	}
	v, err := d.ReadValue()
	if err != nil {
		return nil, err
	}
	switch v.Kind() {
	case 't', 'f':
		return v.Kind() == 't', nil
	case '"':
		return textOf(v), nil
	}
	return v.Clone(), nil
}

func readObject(d *jsontext.Decoder) (object, error) {
	o := object{}
	d.ReadToken() // PeekKind has seen it
	for d.PeekKind() != '}' {
		name, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		p := property{name: textOf(name)}
		if p.value, err = readTree(d); err != nil {
			return nil, err
		}
		o = append(o, p)
	}
	_, err := d.ReadToken()
	return o, err
}

func readArray(d *jsontext.Decoder) ([]any, error) {
	list := []any{}
	d.ReadToken()
	for d.PeekKind() != ']' {
		v, err := readTree(d)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.ReadToken()
	return list, err
}

func textOf(v jsontext.Value) string {
	b, _ := jsontext.AppendUnquote(nil, v)
	return string(b)
}
