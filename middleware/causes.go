package middleware

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/failwell/failwell/internal/text"
)

// maxCauses is how many errors of one exchange are kept. A loop that calls
// apierr.Write without end must not fill the memory and the log.
const maxCauses = 4

// causes is the first few of several errors, and how many there were besides.
type causes struct {
	errs []error
	more int
}

// join is errors.Join, bounded, and without a wrapper around a single error. Of
// an error that is there already, a second one says nothing.
func join(a, b error) error {
	switch {
	case b == nil || sameError(a, b):
		return a
	case a == nil:
		return b
	}
	c, joined := a.(*causes)
	if !joined {
		return &causes{errs: []error{a, b}}
	}
	if sameError(c.errs[len(c.errs)-1], b) {
		return c
	}
	if len(c.errs) == maxCauses {
		return &causes{c.errs, c.more + 1}
	}
	return &causes{append(c.errs[:len(c.errs):len(c.errs)], b), c.more}
}

// sameError compares two errors, which may not be comparable.
func sameError(a, b error) bool {
	if a == nil || b == nil {
		return a == b
	}
	return reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable() && a == b
}

// Error returns the texts, one a line.
func (c *causes) Error() string {
	var s strings.Builder
	for i, err := range c.errs {
		if i > 0 {
			s.WriteByte('\n')
		}
		s.WriteString(text.OfError(err))
	}
	if c.more > 0 {
		fmt.Fprintf(&s, "\nand %d more", c.more)
	}
	return s.String()
}

// Unwrap is for package errors.
func (c *causes) Unwrap() []error { return c.errs }
