package validate

import (
	"github.com/failwell/failwell/apierr"
)

// tellLimit is about how many bytes of an answer all violations together may
// take, so that every format stays under 64 KiB.
const tellLimit = 48 << 10

// report is the error that tells what was found, nil if nothing was.
func (c *config) report(body []byte, found []finding, as *apierr.Error) error {
	if len(found) == 0 {
		return nil
	}
	return c.summary(body, found, as)
}

// summary is report for findings that there are.
func (c *config) summary(body []byte, found []finding, as *apierr.Error) *apierr.Error {
	sortByPlace(body, found)
	told := make([]apierr.Violation, 0, min(len(found), c.maxViolations+1))
	size, tight := 0, crowded(found)
	for _, f := range found {
		v := f.Violation
		v.Path = shortened(v.Path)
		if tight {
			size += sizeOf(v)
		}
		if len(told) == c.maxViolations || size > tellLimit {
			told = append(told, apierr.Violation{Path: root, Rule: ruleMore, Message: msgMore})
			break
		}
		told = append(told, v)
	}
	e := as.WithViolations() // a copy of ours alone
	e.Violations = told
	return e
}

// crowded reports whether findings may take more than tellLimit, at first sight.
func crowded(found []finding) bool {
	size := 0
	for i := range found {
		size += 6*rawSize(found[i].Violation) + 100
	}
	return size > tellLimit
}

func rawSize(v apierr.Violation) int {
	return 2*(len(v.Path)+len(v.Message)) + len(v.Rule) + len(v.Param)
}

// shortened is a path, or if it is too long its nearest ancestor that is not.
func shortened(path string) string {
	if len(path) <= pathLimit {
		return path
	}
	fits := 0
	for rest := path; ; {
		_, after, ok := cutStep(rest)
		if at := len(path) - len(after); !ok || at > pathLimit {
			break
		} else {
			fits, rest = at, after
		}
	}
	if fits == 0 {
		return root
	}
	return path[:fits]
}

// sizeOf is at most how many bytes a violation takes in an answer, with the
// path and the message given twice and the names of the members around them.
// A byte may be escaped as six.
func sizeOf(v apierr.Violation) int {
	raw := rawSize(v)
	if simple(v.Path) && simple(v.Message) && simple(v.Param) {
		return raw + 100
	}
	return 6*raw + 100
}

// simple reports whether s stands in a JSON string as it is.
func simple(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c >= 0x7f {
			return false
		}
	}
	return true
}
