package middleware

import (
	"context"
	"errors"
	"net/http"

	"github.com/failwell/failwell/internal/seam"
)

// start is the type of a function of WithStart.
type start func(*http.Request) (context.Context, func(Outcome))

// started is the context that the functions of WithStart derive theirs from. It
// has the exchange, as the context of the handler has, and is not the exchange:
// what they return becomes the exchange's own context, and would otherwise be
// derived from itself.
type started struct {
	context.Context // the request's as it came in
	ex              *exchange
	ends            []func(Outcome)
	one             [1]func(Outcome) // the memory of ends where there is one function
}

// Value implements context.Context.
func (s *started) Value(key any) any {
	if key == (seam.Key{}) {
		return s.ex
	}
	return s.Context.Value(key)
}

// begin calls the functions of WithStart, each with the context of the one
// before. It returns the request with the last context, for WithCorrelationID.
func (ex *exchange) begin(r *http.Request) *http.Request {
	s := &started{Context: ex.Context, ex: ex}
	s.ends = s.one[:0]
	ex.started = s
	ex.Context = s
	for _, f := range ex.starts {
		ex.request = *r.WithContext(ex.Context)
		ctx, end := ex.callStart(f)
		if end != nil {
			s.ends = append(s.ends, end)
		}
		switch {
		case ctx == nil:
		case exchangeOf(ctx) != ex:
			ex.secondaryError(errNotDerived)
		default:
			ex.Context = ctx
		}
	}
	ex.request = *r.WithContext(ex.Context)
	return &ex.request
}

var errNotDerived = errors.New("middleware: the function of WithStart returned a context that is not derived from the request's")

// callStart calls the user's function. If it panics, the request goes on
// without it.
func (ex *exchange) callStart(f start) (ctx context.Context, end func(Outcome)) {
	defer func() {
		if v := recover(); v != nil {
			ctx, end = nil, nil
			ex.secondaryError(panicOf("the function of WithStart", v))
		}
	}()
	return f(&ex.request)
}

// callEnds calls what the functions of WithStart have returned, the last first.
func (ex *exchange) callEnds(o *Outcome) {
	if ex.started == nil {
		return
	}
	ends := ex.started.ends
	for i := len(ends) - 1; i >= 0; i-- {
		o.SecondaryError = join(o.SecondaryError, callEnd(ends[i], *o))
	}
}

func callEnd(end func(Outcome), o Outcome) (secondary error) {
	defer func() {
		if v := recover(); v != nil {
			secondary = panicOf("the function returned to WithStart", v)
		}
	}()
	end(o)
	return nil
}
