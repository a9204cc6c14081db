package client

import (
	"strings"

	"github.com/failwell/failwell/internal/fieldpath"
)

// text reads a string by a text with {sources}, as Member.Text has it. Each
// source is the shortest that fits, the last one the rest. It reports false if
// the constant parts are not there.
func (r *envelopeReader) text(pattern, s string) bool {
	var from []string
	var values []string
	for {
		constant, rest, found := strings.Cut(pattern, "{")
		if !strings.HasPrefix(s, constant) {
			return false
		}
		s = s[len(constant):]
		if !found {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		next, _, more := strings.Cut(after, "{")
		end := len(s)
		switch {
		case next == "" && more:
			end = 0 // nothing tells where two neighbours meet
		case more:
			end = strings.Index(s, next)
		default:
			if !strings.HasSuffix(s, next) {
				return false
			}
			end -= len(next)
		}
		if end < 0 {
			return false
		}
		from, values = append(from, name), append(values, s[:end])
		s, pattern = s[end:], after
	}
	if s != "" {
		return false
	}
	for i, name := range from {
		r.word(name, values[i])
	}
	return true
}

// location reads {in} and the steps of a path.
func (r *envelopeReader) location(steps []any) bool {
	if len(steps) == 0 {
		return false
	}
	where, ok := steps[0].(string)
	if !ok {
		return false
	}
	v := r.first()
	v.In, v.Path = in(where), "$"
	var path []byte
	for _, step := range steps[1:] {
		switch step := step.(type) {
		case string:
			path = fieldpath.AppendName(path, step)
		case float64:
			path = fieldpath.AppendIndex(path, int(step))
		default:
			return false
		}
	}
	if len(path) > 0 {
		v.Path = string(path)
	}
	return true
}
