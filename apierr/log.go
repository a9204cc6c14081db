package apierr

import (
	"log/slog"
	"net/http"

	"github.com/failwell/failwell/internal/text"
)

// Most bytes of a text in a log record: of errors, which may quote the input,
// and of the path.
const (
	maxLogText = 4 << 10
	maxLogPath = 1 << 10
)

// logOutside logs an answer with a 5xx outside middleware.New, which logs the
// requests inside it. Without this record its cause would be lost. A log handler
// that panics costs the record, not the answer.
func logOutside(r *http.Request, e *Error, err, secondary error) {
	defer func() { recover() }()
	log, ctx := slog.Default(), r.Context()
	if !log.Enabled(ctx, slog.LevelError) {
		return
	}
	attrs := make([]slog.Attr, 0, 6)
	attrs = append(attrs, slog.String("method", r.Method))
	if r.URL != nil {
		attrs = append(attrs, slog.String("path", cut(r.URL.EscapedPath(), maxLogPath)))
	}
	attrs = append(attrs, slog.Int("status", e.Status), slog.String("code", e.Code))
	if cause := causeBeyond(e, err); cause != nil {
		attrs = append(attrs, slog.String("cause", cut(text.OfError(cause), maxLogText)))
	}
	if secondary != nil {
		attrs = append(attrs, slog.String("secondary_error", cut(text.OfError(secondary), maxLogText)))
	}
	log.LogAttrs(ctx, slog.LevelError, "apierr: a 5xx outside middleware.New", attrs...)
}

// causeBeyond returns what err reports beyond the error e that answers it: its
// private cause if it is an Error with the same code, else all of it.
func causeBeyond(e *Error, err error) error {
	if x, ok := err.(*Error); ok && x.Code == e.Code {
		return x.cause
	}
	return err
}
