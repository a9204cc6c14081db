package client

import (
	"strings"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/fieldpath"
	"github.com/failwell/failwell/internal/placeholder"
)

// text reads a string by a text with {sources}, as Member.Text has it. Each
// source is the shortest that fits, the last one the rest. It reports false if
// the constant parts are not there.
func (r *envelopeReader) text(pattern, s string) bool {
	constant, name, pattern, more := placeholder.Cut(pattern, placeholder.IsSource)
	s, ok := strings.CutPrefix(s, constant)
	var from, values []string
	for ok && more {
		from = append(from, name)
		constant, name, pattern, more = placeholder.Cut(pattern, placeholder.IsSource)
		end := len(s) - len(constant)
		if more {
			end = strings.Index(s, constant) // 0 where two sources meet, which is not known
		}
		if ok = end >= 0 && strings.HasSuffix(s[:end+len(constant)], constant); ok {
			values, s = append(values, s[:end]), s[end+len(constant):]
		}
	}
	if !ok || s != "" {
		return false
	}
	for i, name := range from {
		if !r.word(name, values[i]) {
			return false
		}
	}
	return true
}

// textSources returns the sources of a text.
func textSources(text string) (sources []apierr.Source) {
	for {
		_, name, after, found := placeholder.Cut(text, placeholder.IsSource)
		if !found {
			return sources
		}
		sources, text = append(sources, apierr.Source(name)), after
	}
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
			n, ok := whole(step)
			if !ok || n < 0 {
				return false
			}
			path = fieldpath.AppendIndex(path, n)
		default:
			return false
		}
	}
	if len(path) > 0 {
		v.Path = string(path)
	}
	return true
}
