package routers

import (
	"context"
	"errors"
	"net/http"
	"os"

	"github.com/failwell/failwell/apierr"
)

// builtin finds the built-in error of a status. The contract in force maps it
// further, as it maps any built-in error.
var builtin = func() *apierr.CompiledContract {
	c, err := apierr.Standard.Compile()
	if err != nil {
		panic(err)
	}
	return c
}()

// byStatus returns the built-in error of a status, with text as its message
// where that is for the client and says more than the status phrase. It returns
// nil for a status that is no failure. The text of a 5xx is for the log.
func byStatus(status int, text string) *apierr.Error {
	if status < 400 || status > 599 {
		return nil
	}
	e := builtin.ForStatus(status)
	if status >= 500 || text == "" || text == http.StatusText(status) {
		return e
	}
	return e.WithMessage(text)
}

// mapSeats maps the errors of another package by their methods, so that the
// package need not import failwell and is not imported here. The original error
// stays as the cause, for the log.
func mapSeats(_ context.Context, err error) *apierr.Error {
	var failed interface {
		HTTPStatus() int
		PublicText() string
	}
	if !errors.As(err, &failed) {
		return nil
	}
	return byStatus(failed.HTTPStatus(), failed.PublicText())
}

// readFailed reports whether a binding error is about reading the body and not
// about what the body says: too large, too slow, cut off. apierr.Write answers
// those by itself, as 413 or 408; mapped by the status that the framework gives
// them, they would be a 400.
func readFailed(err error) bool {
	var tooLarge *http.MaxBytesError
	var own *apierr.Error
	return errors.As(err, &tooLarge) || errors.As(err, &own) || errors.Is(err, os.ErrDeadlineExceeded)
}
