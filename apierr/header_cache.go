package apierr

import "strings"

// forbidsStoring reports whether a Cache-Control is at least as strict as
// no-store, RFC 9111 section 5.2.2.5. must-understand lets a cache ignore
// no-store (section 5.2.2.3), and what cannot be parsed forbids nothing.
func forbidsStoring(lines []string) (forbids bool) {
	for _, line := range lines {
		for line != "" {
			directive, rest, ok := cutDirective(line)
			if !ok {
				return false
			}
			switch {
			case strings.EqualFold(directive, "no-store"):
				forbids = true
			case strings.EqualFold(directive, "must-understand"):
				return false
			}
			line = rest
		}
	}
	return forbids
}

// cutDirective returns the first directive of a Cache-Control line, with its
// argument, and what follows its comma. It fails if a quoted argument has no
// end.
func cutDirective(line string) (directive, rest string, ok bool) {
	quoted := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			return trim(line[:i]), line[i+1:], true
		}
	}
	return trim(line), "", !quoted
}
