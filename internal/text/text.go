// Package text tells errors and panics for a log, where nothing may go wrong
// any more: their own methods come from anywhere, and may panic themselves.
package text

import "fmt"

// OfError is err.Error(), or what kind of error it is where that panics.
func OfError(err error) (s string) {
	defer func() {
		if recover() != nil {
			s = fmt.Sprintf("(%T: its Error method panicked)", err)
		}
	}()
	return err.Error()
}

// OfPanic is the value of a panic as text, or its type where its methods panic.
func OfPanic(v any) (s string) {
	defer func() {
		if recover() != nil {
			s = fmt.Sprintf("(%T)", v)
		}
	}()
	switch v := v.(type) {
	case string:
		return v
	case error:
		return OfError(v)
	}
	return fmt.Sprint(v)
}
