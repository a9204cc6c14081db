package telemetry

import (
	"context"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/failwell/failwell/internal/errtree"
	"github.com/failwell/failwell/internal/privatecause"
	"github.com/failwell/failwell/internal/text"
	"github.com/failwell/failwell/middleware"
)

// exceptionEvent is the name that the conventions give to the log record of an
// exception that a server has met. They no longer want it as an event of the
// span.
const exceptionEvent = "http.server.request.exception"

// maxMessage is the most bytes of an exception's message: texts of other
// libraries may quote the input.
const maxMessage = 4 << 10

type exceptions struct{ log.Logger }

func newExceptions(p log.LoggerProvider) exceptions {
	return exceptions{p.Logger(ScopeName, log.WithSchemaURL(schemaURL))}
}

// report makes the log record of a failure of the server that has a cause or a
// stack. An error that the handler has chosen to answer with, a declared 503 for
// example, is no exception, and neither is http.ErrAbortHandler, which is for
// aborts that nobody is to log.
func (x exceptions) report(ctx context.Context, o *middleware.Outcome, errorType string) {
	if errorType == "" {
		return
	}
	cause := privatecause.Of(o.Cause, o.Error)
	if cause == nil || errtree.Is(cause, http.ErrAbortHandler) {
		cause = o.WriteError
	}
	if cause == nil && o.Stack == "" || !x.Enabled(ctx, log.EnabledParameters{Severity: log.SeverityError, EventName: exceptionEvent}) {
		return
	}
	var rec log.Record
	rec.SetEventName(exceptionEvent)
	rec.SetTimestamp(time.Now())
	rec.SetSeverity(log.SeverityError)
	rec.SetSeverityText("ERROR")
	rec.AddAttributes(exceptionAttributes(o, cause, errorType)...)
	x.Emit(ctx, rec)
}

func exceptionAttributes(o *middleware.Outcome, cause error, errorType string) []attribute.KeyValue {
	attrs := append(make([]attribute.KeyValue, 0, 6),
		semconv.ErrorTypeKey.String(errorType), requestIDKey.String(o.RequestID))
	switch {
	case o.Stack != "":
		// The value was not an error that somebody returned; its type is lost.
		attrs = append(attrs, semconv.ExceptionType("panic"), semconv.ExceptionStacktrace(o.Stack))
	case cause != nil:
		attrs = append(attrs, semconv.ExceptionType(typeOf(cause)))
	}
	if cause != nil {
		attrs = append(attrs, semconv.ExceptionMessage(text.Clip(text.OfError(cause), maxMessage)))
	}
	return attrs
}

// typeOf returns the type of err, or of the error that it wraps with
// fmt.Errorf. The methods of an error may panic.
func typeOf(err error) (name string) {
	defer func() {
		if recover() != nil {
			name = other
		}
	}()
	return text.Clip(semconv.ErrorType(err).Value.AsString(), maxType)
}

// maxType is the most bytes of a type's name: that of an unnamed type is its
// whole text, and an error may name itself.
const maxType = 256
