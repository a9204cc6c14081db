package validate

import (
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/failwell/failwell/apierr"
)

// panicked is the cause of an Internal error that a panic in a rule, an
// UnmarshalJSON or a malformed struct tag made. It is for the log.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string {
	return fmt.Sprintf("panic while validating: %v\n%s", p.value, p.stack)
}

// Unwrap returns the panic value where it is an error.
func (p *panicked) Unwrap() error {
	err, _ := p.value.(error)
	return err
}

// recovered turns a panic into an Internal error. It is deferred. A panic with
// http.ErrAbortHandler is no fault and continues.
func recovered(err *error) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler {
		panic(v)
	}
	*err = apierr.Internal.Wrap(&panicked{v, debug.Stack()})
}
