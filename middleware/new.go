package middleware

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/seam"
)

// New returns the middleware that answers the failures of everything inside it
// in the form of the contract. It belongs outermost:
//
//	http.ListenAndServe(addr, middleware.New(apierr.Standard)(mux))
//
// A New inside another one shares the IDs, the log record and the outcome of
// the outer one, and has its own contract: /v1 and /v2 can have different ones.
// Inside a compressor it also keeps failures whole, since it sees what was
// written before compression, which the outer one cannot: put one outside for
// the compressor's own failures, and one inside.
//
// New takes a private copy of the contract. It panics at start-up if
// Contract.Check finds a fault, and the middleware panics for a nil handler. The
// middleware is safe for use by several goroutines.
func New(contract apierr.Contract, opts ...Option) func(http.Handler) http.Handler {
	compiled, err := contract.Compile()
	if err != nil {
		panic("middleware.New: " + err.Error())
	}
	c := &config{
		contract: compiled,
		logger:   slog.Default(),
		level:    DefaultLevel,
		maxBody:  unset,
	}
	c.requestHeader, c.correlationHeader = compiled.IDHeaders()
	c.noExpose = contract.NoExposeHeaders
	for i, opt := range opts {
		if opt == nil {
			panic(fmt.Sprintf("middleware.New: option %d is nil", i+1))
		}
		opt.apply(c)
	}
	c.records = c.logger != nil || c.observer != nil || c.starts != nil
	return func(next http.Handler) http.Handler {
		mustHaveHandler("middleware.New", next)
		return &handler{c, next}
	}
}

// epoch is the time from which the start of a request is counted: a duration is a
// third of a time.Time, and the monotonic clock alone is read.
var (
	epoch      = time.Now()
	epochMilli = epoch.UnixMilli()
)

type handler struct {
	*config
	next http.Handler
}

// ServeHTTP implements http.Handler: it runs the handler in a new exchange.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ex := &exchange{Context: r.Context(), config: h.config, start: time.Since(epoch)}
	ex.outer = exchangeOf(ex.Context)
	ex.identify(r)
	if h.timeout > 0 {
		set := time.Now().Add(h.timeout)
		ctx, cancel := context.WithDeadline(ex.Context, set)
		defer cancel()
		ex.Context = &timed{ctx, ex.Context, set}
	}
	ex.request = *r.WithContext(ex)
	ex.parsed = r.MultipartForm != nil
	ex.limitBody(r)
	ex.writer.enter(ex, w)
	defer ex.end()
	h.next.ServeHTTP(ex.writer.handed(), &ex.request)
	ex.returned = true
}

// exchangeOf returns the innermost exchange of ctx, nil outside New.
func exchangeOf(ctx context.Context) *exchange {
	switch ex := ctx.Value(seam.Key{}).(type) {
	case *exchange:
		return ex
	case *answer:
		return ex.exchange
	}
	return nil
}
