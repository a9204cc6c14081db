package middleware

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/contextattrs"
	"github.com/failwell/failwell/internal/privatecause"
	"github.com/failwell/failwell/internal/text"
)

// DefaultLevel is the level of a request's record unless [WithLevel] says
// otherwise:
//
//	error  a panic; a 5xx, also one that was delivered in a stream or not at all
//	warn   an answer that did not arrive whole, an abort, a secondary error;
//	         a 5xx that a layer answered because the client had left
//	info   all else, a client that left among it
func DefaultLevel(o Outcome) slog.Level {
	failed := o.Status >= 500 || o.Error != nil && o.Error.Status >= 500
	switch {
	case o.Stack != "", failed && !o.ClientGone:
		return slog.LevelError
	case o.Error != nil && o.Error.Code == apierr.ClientGone.Code:
		return slog.LevelInfo
	case failed, o.Cut, o.SecondaryError != nil, o.WriteError != nil && !o.ClientGone:
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

// report calls the observer and what WithStart has left to call, and makes the
// one record of the request.
func (ex *exchange) report(o *Outcome, now time.Time) {
	if ex.observer != nil {
		o.SecondaryError = join(o.SecondaryError, ex.observe(*o))
	}
	ex.callEnds(o)
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
	level := ex.levelOf(o)
	if ex.skipLog != nil && level < slog.LevelWarn && !o.failed() {
		if ex.skips(o) {
			return
		}
		if o.SecondaryError != nil {
			level = slog.LevelWarn
		}
	}
	h := ex.logger.Handler()
	if !h.Enabled(ex.request.Context(), level) {
		return
	}
	rec := slog.NewRecord(now, level, "request", 0)
	addOutcome(&rec, o)
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

// failed reports whether anything went wrong, on either side.
func (o *Outcome) failed() bool {
	return o.Status >= 400 || o.Status == 0 || o.Error != nil || o.Cause != nil ||
		o.WriteError != nil || o.SecondaryError != nil || o.Stack != "" || o.Cut
}

// skips asks the user's function. If it panics, the request is logged.
func (ex *exchange) skips(o *Outcome) (skip bool) {
	defer func() {
		if v := recover(); v != nil {
			o.SecondaryError = join(o.SecondaryError, panicOf("the function of WithSkipLog", v))
		}
	}()
	return ex.skipLog(&ex.request)
}

// observe calls the user's function. Its panic does not reach the answer.
func (ex *exchange) observe(o Outcome) (secondary error) {
	defer func() {
		if v := recover(); v != nil {
			secondary = panicOf("the function of WithObserver", v)
		}
	}()
	ex.observer(ex.request.Context(), o)
	return nil
}

// Keys of the record, and of [LogHandler]. The package comment has the table of
// all attributes, which a test compares with the records.
const (
	requestIDKey     = "request_id"
	correlationIDKey = "correlation_id"
)

// maxAttrs is the most attributes of a record.
const maxAttrs = 18

// addOutcome adds the attributes in one call, which allocates once for those
// that a record has no room for.
func addOutcome(rec *slog.Record, o *Outcome) {
	attrs := append(make([]slog.Attr, 0, maxAttrs),
		slog.String("method", o.Method),
		slog.String("path", o.Path),
		slog.Int("status", o.Status),
		slog.Int64("bytes", o.Bytes),
		slog.Float64("duration_ms", milliseconds(o.Duration)),
		slog.String(requestIDKey, o.RequestID),
		slog.String(correlationIDKey, o.CorrelationID),
	)
	if o.Route != "" {
		attrs = append(attrs, slog.String("route", o.Route))
	}
	if o.failed() || o.ClientGone || o.Hijacked {
		attrs = appendTrouble(attrs, o)
	}
	rec.AddAttrs(attrs...)
}

// milliseconds returns d with three digits after the point, whole microseconds.
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// maxText is the most bytes of an error's text in a record: texts of other
// libraries may quote the input.
const maxText = 4 << 10

// appendTrouble appends what a request has that did not go well.
func appendTrouble(attrs []slog.Attr, o *Outcome) []slog.Attr {
	if o.Error != nil {
		attrs = append(attrs, slog.String("code", o.Error.Code))
		if len(o.Error.Violations) > 0 {
			attrs = append(attrs, slog.Any("violations", brokenRules(o.Error.Violations)))
		}
	}
	if cause := privatecause.Of(o.Cause, o.Error); cause != nil {
		attrs = append(attrs, errorAttr("cause", cause))
	}
	if o.WriteError != nil {
		attrs = append(attrs, errorAttr("write_error", o.WriteError))
	}
	if o.SecondaryError != nil {
		attrs = append(attrs, errorAttr("secondary_error", o.SecondaryError))
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
	return attrs
}

func errorAttr(key string, err error) slog.Attr {
	return slog.String(key, text.Clip(text.OfError(err), maxText))
}

// Bounds of the violations in a record. A client chooses how many there are,
// and the names of unknown fields.
const (
	maxViolations    = 16
	maxViolationPath = 128
	maxViolationRule = 64
)

// brokenRules returns the field and the rule of each violation: "email
// required", "query limit max". Parameters and messages are left out, since a
// message may quote the value.
func brokenRules(violations []apierr.Violation) []string {
	rules := make([]string, 0, min(len(violations), maxViolations+1))
	for i, v := range violations {
		if i == maxViolations {
			return append(rules, fmt.Sprintf("%d more", len(violations)-i))
		}
		rule := text.Clip(v.Path, maxViolationPath) + " " + text.Clip(v.Rule, maxViolationRule)
		if v.In != "" {
			rule = text.Clip(v.In, maxViolationRule) + " " + rule
		}
		rules = append(rules, rule)
	}
	return rules
}

// serverLog writes a line to the server's ErrorLog where the record cannot say
// it. ErrorLog does not escape, so the text, which may quote a client, is quoted
// and bounded.
func (ex *exchange) serverLog(what, why string) {
	line := fmt.Sprintf("middleware: request %s: %s: %q", ex.id[0], what, text.Clip(why, maxText))
	if srv, ok := ex.Context.Value(http.ServerContextKey).(*http.Server); ok && srv.ErrorLog != nil {
		srv.ErrorLog.Print(line)
		return
	}
	log.Print(line)
}

// LogHandler returns a handler that adds the request ID and the correlation ID
// of the context to every record, as request_id and correlation_id at the top
// level, and passes it to h. Records outside a request pass unchanged, and so do
// records that have a request_id. The handler is safe for use by several
// goroutines if h is.
//
//	slog.SetDefault(slog.New(middleware.LogHandler(slog.NewJSONHandler(os.Stderr, nil))))
func LogHandler(h slog.Handler) slog.Handler {
	return contextattrs.New(h, func(ctx context.Context) (ids [2]slog.Attr, ok bool) {
		ex := exchangeOf(ctx)
		if ex == nil {
			return ids, false
		}
		return [2]slog.Attr{slog.String(requestIDKey, ex.id[0]), slog.String(correlationIDKey, ex.correlation[0])}, true
	})
}
