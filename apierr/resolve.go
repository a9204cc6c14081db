package apierr

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"

	"github.com/failwell/failwell/internal/errtree"
	"github.com/failwell/failwell/internal/text"
)

// Resolve returns the error that [Write] answers err with, for what is not an
// HTTP response: a log, a message queue, a test. ctx is the context of a
// request: within middleware.New, its error mappers and its contract apply, and
// outside it [Standard] does. The result has err as its cause unless it has
// another one. It is nil if err is nil or a nil *Error.
func Resolve(ctx context.Context, err error) *Error {
	if isNil(err) {
		return nil
	}
	ex, cc := exchangeOf(ctx), standard
	if ex != nil {
		cc = ex.Contract()
	}
	e, _, _ := resolve(ctx, ex, cc, err)
	e, _ = cc.answered(ex, e)
	return withCause(e, err)
}

// answered returns what is answered for the resolved error e. [ClientGone] is
// not mapped inside an exchange, which sends nothing for it.
func (cc *CompiledContract) answered(ex exchange, e *Error) (_ *Error, folded error) {
	if ex != nil && e.declared() == ClientGone {
		return e, nil
	}
	return cc.mapped(e)
}

// resolve returns the one Error for err, as the table at [Write] says. known is
// false if nothing knew err and it became Internal. secondary reports panics of
// the methods and mappers that were called.
func resolve(ctx context.Context, ex exchange, cc *CompiledContract, err error) (e *Error, known bool, secondary error) {
	if e, ok := err.(*Error); ok && e.complete() {
		return e, true, nil
	}
	e, secondary = inTree(cc, err)
	if e == nil && ex != nil {
		var panicked error
		if e, panicked = askMappers(ctx, ex, err); panicked != nil {
			return Internal, false, errors.Join(secondary, panicked)
		}
	}
	if e != nil {
		if e.complete() {
			return e, true, secondary
		}
		return Internal, false, secondary
	}
	e, panicked := standardLibrary(ctx, ex, err)
	if secondary == nil { // else it is the same panic
		secondary = panicked
	}
	if e != nil {
		return e, true, secondary
	}
	return Internal, false, secondary
}

// complete reports whether e can be answered as it is.
func (e *Error) complete() bool { return e != nil && e.Code != "" && answerable(e.Status) }

// inTree returns the first error of the tree, depth first, that is an Error,
// offers one, or offers the code of a declared one.
func inTree(cc *CompiledContract, err error) (found *Error, panicked error) {
	panicked = errtree.Walk(err, func(err error) bool {
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
	return found, resolving(panicked)
}

// askMappers returns what the mappers of the layer above make of err, nil if
// none of them knows it.
func askMappers(ctx context.Context, ex exchange, err error) (e *Error, panicked error) {
	defer func() {
		if v := recover(); v != nil {
			e, panicked = nil, fmt.Errorf("apierr: an error mapper panicked: %s", text.OfPanic(v))
		}
	}()
	if e = ex.Map(ctx, err); e != nil {
		e = withCause(e, err)
	}
	return e, nil
}

// standardLibrary returns the error for what the standard library makes, nil
// for others.
func standardLibrary(ctx context.Context, ex exchange, err error) (e *Error, panicked error) {
	var large, timeout, canceled bool
	panicked = errtree.Walk(err, func(err error) bool {
		switch x := err.(type) {
		case *http.MaxBytesError:
			large = true
		case *net.OpError: // a broken connection: the client's, if that has left
			canceled = true
			timeout = timeout || x.Timeout()
		case interface{ Timeout() bool }:
			timeout = timeout || x.Timeout()
		case interface{ Is(error) bool }: // as drivers report a canceled context
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
	panicked = resolving(panicked)
	switch {
	case large:
		return BodyTooLarge, panicked
	case canceled && clientGone(ctx, ex):
		return ClientGone, panicked
	case timeout:
		return GatewayTimeout, panicked
	}
	return nil, panicked
}

func resolving(panicked error) error {
	if panicked == nil {
		return nil
	}
	return fmt.Errorf("apierr: resolving an error: %w", panicked)
}

func clientGone(ctx context.Context, ex exchange) bool {
	if ex != nil {
		return ex.ClientGone()
	}
	return ctx.Err() == context.Canceled
}

// isNil reports whether err is nil or a nil *Error, which is no error either.
func isNil(err error) bool {
	if err == nil {
		return true
	}
	e, ok := err.(*Error)
	return ok && e == nil
}

// withCause returns e with the cause, or e itself if it has a cause or is the
// cause.
func withCause(e *Error, cause error) *Error {
	if e == cause || e.cause != nil {
		return e
	}
	return e.Wrap(cause)
}
