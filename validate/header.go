package validate

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/failwell/failwell/validate/internal/schema"
)

// Header reads header fields of a request into a new T, whose fields are named
// by header tags in any case, and applies its rules, as [Query] does. Host is the
// request's.
//
// A slice or an array has the elements of a list (RFC 9110 sections 5.3 and
// 5.6.1): those of all lines, without empty ones. A quoted string is kept whole,
// with its quotes, as is each line for elements of type [time.Time], whose HTTP
// dates hold a comma. For any other field, a second line breaks the rule
// "repeated". A time.Time is an HTTP date (section 5.6.7) or has the form of RFC
// 3339.
func Header[T any](r *http.Request, opts ...Option) (T, error) {
	return params[T](r, schema.Header, opts, func(_ *config, t *schema.Type) (url.Values, error) {
		values := make(url.Values, len(t.Members))
		for _, m := range t.Members {
			lines := r.Header.Values(m.Name)
			if http.CanonicalHeaderKey(m.Name) == "Host" && r.Host != "" {
				lines = []string{r.Host}
			}
			if isListField(schema.Header.Of(m.Go)) {
				lines = listElements(lines)
			}
			if len(lines) > 0 {
				values[m.Name] = lines
			}
		}
		return values, nil
	})
}

// isListField reports whether commas in a header field separate elements of t.
func isListField(t *schema.Type) bool {
	for t.Kind == schema.Pointer || t.Kind == schema.Optional {
		t = t.Elem()
	}
	return t.Kind == schema.List && schema.Pointee(t.Go.Elem()) != schema.TimeType
}

// listElements takes the lines of a list apart (RFC 9110 section 5.6.1.2).
func listElements(lines []string) []string {
	commas := 0
	for _, line := range lines {
		commas += strings.Count(line, ",")
	}
	elements := make([]string, 0, commas+len(lines))
	for _, line := range lines {
		for line != "" {
			end := elementEnd(line)
			if element := strings.Trim(line[:end], " \t"); element != "" {
				elements = append(elements, element)
			}
			line = line[min(end+1, len(line)):]
		}
	}
	return elements
}

// elementEnd is the index of the first comma outside a quoted string (RFC 9110
// section 5.6.4), or the length of the line.
func elementEnd(line string) int {
	quoted := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case c == ',' && !quoted:
			return i
		}
	}
	return len(line)
}
