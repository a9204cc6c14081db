package middleware

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/text"
)

// DefaultLevel is the level of a request's record unless [WithLevel] says
// otherwise: error for a panic and for a 5xx, also one that could only be told
// in a stream or not at all, warn for what the handler broke off and for a
// Fault, else info. A client that has gone is no failure of the server's: info,
// or warn where a 5xx was meant for it, as a proxy or http.TimeoutHandler means
// one when the request is canceled.
func DefaultLevel(o Outcome) slog.Level {
	failed := o.Status >= 500 || o.Error != nil && o.Error.Status >= 500
	switch {
	case o.Stack != "", failed && !o.ClientGone:
		return slog.LevelError
	case o.Error != nil && o.Error.Code == apierr.ClientGone.Code:
		return slog.LevelInfo
	case failed, o.Cut, o.SecondaryError != nil:
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

// tell calls the observer and makes the one record of the request.
func (ex *exchange) tell(n notes) {
	var o Outcome
	now := time.Now()
	ex.outcome(&o, n, now.Sub(epoch)-ex.start)
	if ex.observer != nil {
		o.SecondaryError = join(o.SecondaryError, ex.observe(o))
	}
	if ex.logger == nil {
		if o.SecondaryError != nil {
			ex.serverLog("a secondary error", text.OfError(o.SecondaryError))
		}
		return
	}
	defer func() {
		if v := recover(); v != nil {
			ex.serverLog("the logger panicked", text.OfPanic(v))
		}
	}()
	level := ex.levelOf(&o)
	h := ex.logger.Handler()
	if !h.Enabled(ex.request.Context(), level) {
		return
	}
	rec := slog.NewRecord(now, level, "request", 0)
	addOutcome(&rec, &o)
	if err := h.Handle(ex.request.Context(), rec); err != nil {
		ex.serverLog("the logger failed", text.OfError(err))
	}
}

// levelOf asks the user's function, or the default where it panics.
func (ex *exchange) levelOf(o *Outcome) (level slog.Level) {
	defer func() {
		if v := recover(); v != nil {
			o.SecondaryError = join(o.SecondaryError, panicOf("the function of WithLevel", v))
			level = DefaultLevel(*o)
		}
		if ex.slow > 0 && o.Duration >= ex.slow {
			level = max(level, slog.LevelWarn)
		}
	}()
	return ex.level(*o)
}

// observe guards the answer against the user's function.
func (ex *exchange) observe(o Outcome) (secondary error) {
	defer func() {
		if v := recover(); v != nil {
			secondary = panicOf("the function of WithObserver", v)
		}
	}()
	ex.observer(ex.request.Context(), o)
	return nil
}

// Keys of the record, and of [LogHandler].
const (
	requestIDKey     = "request_id"
	correlationIDKey = "correlation_id"
)

func addOutcome(rec *slog.Record, o *Outcome) {
	rec.AddAttrs(
		slog.String("method", o.Method),
		slog.String("path", o.Path),
		slog.Int("status", o.Status),
		slog.Int64("bytes", o.Bytes),
		slog.Duration("duration", o.Duration),
		slog.String(requestIDKey, o.RequestID),
		slog.String(correlationIDKey, o.CorrelationID),
	)
	if o.Route != "" {
		rec.AddAttrs(slog.String("route", o.Route))
	}
	if o.Error != nil || o.Cause != nil || o.SecondaryError != nil || o.ClientGone || o.Cut || o.Hijacked {
		addTrouble(rec, o)
	}
}

// maxText is the most bytes of an error's text in a record: texts of other
// libraries may quote the input.
const maxText = 4 << 10

// addTrouble adds what a request has that did not go well.
func addTrouble(rec *slog.Record, o *Outcome) {
	attrs := make([]slog.Attr, 0, 8)
	if o.Error != nil {
		attrs = append(attrs, slog.String("code", o.Error.Code))
	}
	if cause := privateCause(o.Cause, o.Error); cause != nil {
		attrs = append(attrs, slog.String("cause", clip(text.OfError(cause), maxText)))
	}
	if o.SecondaryError != nil {
		attrs = append(attrs, slog.String("secondary_error", clip(text.OfError(o.SecondaryError), maxText)))
	}
	if o.ClientGone {
		attrs = append(attrs, slog.Bool("client_gone", true))
	}
	if o.Cut {
		attrs = append(attrs, slog.Bool("cut", true))
	}
	if o.Hijacked {
		attrs = append(attrs, slog.Bool("hijacked", true))
	}
	if o.Stack != "" {
		attrs = append(attrs, slog.String("stack", o.Stack))
	}
	rec.AddAttrs(attrs...)
}

// privateCause is what the cause tells beyond the error that the client was
// told: an Error's own cause where both are of one code, nil where that has
// none.
func privateCause(cause error, told *apierr.Error) error {
	if e, ok := cause.(*apierr.Error); ok && told != nil && e.Code == told.Code {
		return e.Unwrap()
	}
	return cause
}

// serverLog is the last resort: the server's own ErrorLog. It writes lines as
// they are, so the text, which may quote a client, is quoted and bounded.
func (ex *exchange) serverLog(what, why string) {
	line := fmt.Sprintf("middleware: request %s: %s: %q", ex.id[0], what, clip(why, maxText))
	if srv, ok := ex.Context.Value(http.ServerContextKey).(*http.Server); ok && srv.ErrorLog != nil {
		srv.ErrorLog.Print(line)
		return
	}
	log.Print(line)
}

// LogHandler returns a handler that adds the request ID and the correlation ID
// of the context to every record, as request_id and correlation_id at the top
// level, and hands it on to h. Records outside a request pass unchanged.
//
//	slog.SetDefault(slog.New(middleware.LogHandler(slog.NewJSONHandler(os.Stderr, nil))))
func LogHandler(h slog.Handler) slog.Handler { return &logHandler{base: h, top: h} }

// logHandler keeps what was said after a group was opened apart, so that the
// IDs still go to the top level.
type logHandler struct {
	base   slog.Handler                      // before the first group
	top    slog.Handler                      // base with all of it
	groups []func(slog.Handler) slog.Handler // what leads from base to top
}

func (l *logHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return l.top.Enabled(ctx, level)
}

func (l *logHandler) Handle(ctx context.Context, rec slog.Record) error {
	ex := exchangeOf(ctx)
	if ex == nil || hasAttr(rec, requestIDKey) {
		return l.top.Handle(ctx, rec)
	}
	ids := [...]slog.Attr{slog.String(requestIDKey, ex.id[0]), slog.String(correlationIDKey, ex.correlation[0])}
	if len(l.groups) == 0 {
		rec = rec.Clone()
		rec.AddAttrs(ids[:]...)
		return l.top.Handle(ctx, rec)
	}
	h := l.base.WithAttrs(ids[:])
	for _, group := range l.groups {
		h = group(h)
	}
	return h.Handle(ctx, rec)
}

func (l *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	if len(l.groups) == 0 {
		h := l.top.WithAttrs(attrs)
		return &logHandler{base: h, top: h}
	}
	return l.then(func(h slog.Handler) slog.Handler { return h.WithAttrs(attrs) })
}

func (l *logHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return l
	}
	return l.then(func(h slog.Handler) slog.Handler { return h.WithGroup(name) })
}

func (l *logHandler) then(step func(slog.Handler) slog.Handler) slog.Handler {
	return &logHandler{l.base, step(l.top), append(l.groups[:len(l.groups):len(l.groups)], step)}
}

func hasAttr(rec slog.Record, key string) (has bool) {
	rec.Attrs(func(a slog.Attr) bool {
		has = a.Key == key
		return !has
	})
	return has
}
