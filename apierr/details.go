package apierr

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/failwell/failwell/internal/text"
)

// withEncodableDetails returns e without the Details that cannot be encoded,
// and what was wrong with them. Values that are themselves errors, or that
// contain one which package json can see, are among these: a cause never
// reaches a client. If keepEncoded, what was encoded to find out is kept, so
// that it is not encoded again.
func withEncodableDetails(e *Error, keepEncoded bool) (*Error, error) {
	simple := true
	for _, v := range e.Details {
		simple = simple && isSimple(v)
	}
	if simple {
		return e, nil
	}
	c := *e
	c.Details = make(map[string]any, len(e.Details))
	var faults []error
	size := 0
	for _, key := range slices.Sorted(maps.Keys(e.Details)) {
		v := e.Details[key]
		if isSimple(v) {
			c.Details[key] = v
			continue
		}
		b, err := encodeDetail(v)
		if err != nil {
			faults = append(faults, fmt.Errorf("apierr: the detail %q is not sent: %w", key, err))
			continue
		}
		if size += len(b); size > maxBody {
			c.Details = nil
			return &c, errors.Join(append(faults, errTooLong)...)
		}
		c.Details[key] = v
		if keepEncoded {
			c.Details[key] = encoded(b)
		}
	}
	return &c, errors.Join(faults...)
}

// isSimple reports whether v can certainly be encoded.
func isSimple(v any) bool {
	switch v := v.(type) {
	case string:
		return len(v) <= maxBody
	case float64:
		return !math.IsNaN(v) && !math.IsInf(v, 0)
	case bool, int, int64, nil:
		return true
	}
	return false
}

// encodeDetail returns v as JSON. A panic of a method of v is an error.
func encodeDetail(v any) (b []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			b, err = nil, fmt.Errorf("encoding it panicked: %s", text.OfPanic(p))
		}
	}()
	return appendValue(nil, v)
}
