package validate

import (
	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/fieldpath"
	"github.com/failwell/failwell/validate/internal/message"
	"github.com/failwell/failwell/validate/internal/violation"
)

// maxReported is about how many bytes of an answer all violations together may
// take, so that it stays under 64 KiB in every format.
const maxReported = 48 << 10

// report is the error with the violations that were found, nil if there are
// none. in is that of [apierr.Violation].
func (w *work) report(as *apierr.Error, in string) error {
	if len(w.found) == 0 {
		return nil
	}
	return reportOf(as, in, w.found, w.config.maxViolations, w.partial)
}

// reportOf is the error with at most limit violations. partial reports that
// there may be others than those found.
func reportOf(as *apierr.Error, in string, found []violation.Violation, limit int, partial bool) *apierr.Error {
	reported := make([]apierr.Violation, 0, min(len(found), limit)+1)
	size, large := 0, mayBeLarge(found)
	more := partial
	for _, f := range found {
		v := f.Violation
		v.In, v.Path = in, fieldpath.Shorten(v.Path)
		if large {
			size += maxSize(v)
		}
		if len(reported) == limit || size > maxReported {
			more = true
			break
		}
		reported = append(reported, v)
	}
	if more {
		reported = append(reported, apierr.Violation{In: in, Path: fieldpath.Root, Rule: violation.More, Message: message.More})
	}
	e := as.WithViolations() // a copy that shares nothing
	e.Violations = reported
	return e
}

// mayBeLarge reports whether violations may take more than maxReported bytes,
// by a rough estimate.
func mayBeLarge(found []violation.Violation) bool {
	size := 0
	for i := range found {
		size += 6*rawSize(found[i].Violation) + 100
	}
	return size > maxReported
}

func rawSize(v apierr.Violation) int {
	return 2*(len(v.Path)+len(v.Message)) + len(v.Rule) + len(v.Param)
}

// maxSize is at most how many bytes a violation takes in an answer, with the
// path and the message given twice and the names of the members around them. A
// byte may be escaped as six.
func maxSize(v apierr.Violation) int {
	raw := rawSize(v)
	if isUnescaped(v.Path) && isUnescaped(v.Message) && isUnescaped(v.Param) {
		return raw + 100
	}
	return 6*raw + 100
}

// isUnescaped reports whether a JSON string holds s without escapes.
func isUnescaped(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c >= 0x7f {
			return false
		}
	}
	return true
}
