package reference

import "github.com/go-json-experiment/json/jsontext"

// maxLine is how long a line of a document is, but for the name in front of a
// value.
const maxLine = 100

// appendLines appends a value over several lines, at an indentation; what fits
// into a line is on one.
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

// appendLine appends a value with spaces between its parts. It gives up if dst
// is longer than max bytes then.
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
