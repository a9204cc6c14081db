package apierr

import (
	"maps"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// appendString appends s as a JSON string. Invalid UTF-8 becomes U+FFFD.
func appendString(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s) // the error tells of the U+FFFD only
	return dst
}

// detailOptions encode what handlers put into Details: any order of maps would
// be a golden file's end, foreign bytes must not cost the details, and v2
// leaves time.Duration to the caller.
var detailOptions = json.JoinOptions(
	json.Deterministic(true),
	jsontext.AllowInvalidUTF8(true),
	json.WithMarshalers(json.MarshalToFunc(func(enc *jsontext.Encoder, d time.Duration) error {
		return enc.WriteToken(jsontext.String(d.String()))
	})),
)

// appendValue appends v as JSON.
func appendValue(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case string:
		return appendString(dst, v), nil
	case bool:
		if v {
			return append(dst, "true"...), nil
		}
		return append(dst, "false"...), nil
	}
	b, err := json.Marshal(v, detailOptions)
	if err != nil {
		return dst, err
	}
	return append(dst, b...), nil
}

// appendDetails appends one object: the violations by path, then the details
// by key in sorted order, each name once.
func appendDetails(dst []byte, e *Error) ([]byte, error) {
	dst = append(dst, '{')
	start := len(dst)
	comma := func() {
		if len(dst) > start {
			dst = append(dst, ',')
		}
	}
	var seen map[string]bool // only where a scan of the violations would be quadratic
	if len(e.Violations) > 8 {
		seen = make(map[string]bool, len(e.Violations))
	}
	for i, v := range e.Violations {
		if seen != nil {
			if seen[v.Path] {
				continue
			}
			seen[v.Path] = true
		} else if hasPath(e.Violations[:i], v.Path) {
			continue
		}
		comma()
		dst = appendString(dst, v.Path)
		dst = append(dst, ':')
		dst = appendString(dst, v.Message)
	}
	var err error
	for _, k := range slices.Sorted(maps.Keys(e.Details)) {
		if seen[k] || seen == nil && hasPath(e.Violations, k) {
			continue
		}
		comma()
		dst = appendString(dst, k)
		dst = append(dst, ':')
		if dst, err = appendValue(dst, e.Details[k]); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

func hasPath(vs []Violation, path string) bool {
	return slices.ContainsFunc(vs, func(v Violation) bool { return v.Path == path })
}
