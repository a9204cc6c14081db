package apierr

import (
	"context"
	"fmt"
	"net"
	"net/http"

	"github.com/failwell/failwell/internal/text"
)

// maxErrors bounds how many errors of a tree are looked at: an Unwrap may
// return its own receiver, or a chain 10,000 long.
const maxErrors = 1000

// resolve finds the one Error that tells err; see the table at [Write]. known
// is false where nobody knew it and it became Internal. fault is a panic in
// code that was asked about it.
func resolve(ctx context.Context, ex exchange, cc *CompiledContract, err error) (e *Error, known bool, fault error) {
	defer func() {
		if v := recover(); v != nil {
			e, known, fault = Internal, false, fmt.Errorf("apierr: resolving an error panicked: %s", text.OfPanic(v))
		}
	}()
	if e = ours(cc, err); e == nil && ex != nil {
		if e = ex.Map(ctx, err); e != nil {
			e = withCause(e, err)
		}
	}
	if e != nil {
		if e.complete() {
			return e, true, nil
		}
		return Internal, false, nil
	}
	if e = standardLibrary(ctx, ex, err); e != nil {
		return e, true, nil
	}
	return Internal, false, nil
}

// complete reports whether e can be answered as it is.
func (e *Error) complete() bool { return e != nil && e.Code != "" && answerable(e.Status) }

// ours returns the first error of the tree, depth first, that is an Error,
// offers one, or offers the code of a declared one.
func ours(cc *CompiledContract, err error) (found *Error) {
	walk(err, func(err error) bool {
		switch x := err.(type) {
		case *Error:
			found = x
		case interface{ APIError() *Error }:
			if e := x.APIError(); e != nil {
				found = withCause(e, err)
			}
		case interface{ APIErrorCode() string }:
			if e := cc.codes[x.APIErrorCode()]; e != nil {
				found = withCause(e, err)
			}
		}
		return found != nil
	})
	return found
}

// standardLibrary tells the errors that the standard library makes.
func standardLibrary(ctx context.Context, ex exchange, err error) *Error {
	var large, timeout, canceled bool
	walk(err, func(err error) bool {
		switch x := err.(type) {
		case *http.MaxBytesError:
			large = true
		case *net.OpError: // a connection that failed: the client's, if that has gone
			canceled = true
			timeout = timeout || x.Timeout()
		case interface{ Timeout() bool }:
			timeout = timeout || x.Timeout()
		case interface{ Is(error) bool }: // as drivers have it for a cancelation of theirs
			canceled = canceled || x.Is(context.Canceled)
		}
		switch err {
		case context.Canceled:
			canceled = true
		case http.ErrHandlerTimeout:
			timeout = true
		}
		return large
	})
	switch {
	case large:
		return BodyTooLarge
	case canceled && clientGone(ctx, ex):
		return ClientGone
	case timeout:
		return GatewayTimeout
	}
	return nil
}

func clientGone(ctx context.Context, ex exchange) bool {
	if ex != nil {
		return ex.ClientGone()
	}
	return ctx.Err() == context.Canceled
}

// walk visits the tree of err depth first until visit says stop or maxErrors
// were seen. A nil *Error is passed over.
func walk(err error, visit func(error) (stop bool)) {
	left := maxErrors
	var step func(error) bool
	step = func(err error) bool {
		if left--; left < 0 {
			return true
		}
		if isNil(err) {
			return false
		}
		if visit(err) {
			return true
		}
		switch x := err.(type) {
		case interface{ Unwrap() error }:
			return step(x.Unwrap())
		case interface{ Unwrap() []error }:
			for _, err := range x.Unwrap() {
				if step(err) {
					return true
				}
			}
		}
		return false
	}
	step(err)
}

// isNil reports whether err is nil or a nil *Error, which is no error either.
func isNil(err error) bool {
	if err == nil {
		return true
	}
	e, ok := err.(*Error)
	return ok && e == nil
}

// withCause gives e the cause unless it has one.
func withCause(e *Error, cause error) *Error {
	if e == cause || e.cause != nil {
		return e
	}
	return e.Wrap(cause)
}
