package telemetry

import (
	"net"
	"net/http"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/failwell/failwell/internal/text"
	"github.com/failwell/failwell/middleware"
)

// begin starts the span of the request, or takes that of a layer outside New. A
// provider that makes no spans is not asked for one, which costs as much as all
// else; the trace of the client goes on.
func (q *request) begin(r *http.Request) {
	if span := trace.SpanFromContext(q.ctx); isServerSpan(span) {
		q.span = span
		return
	}
	ctx := q.propagator.Extract(q.ctx, propagation.HeaderCarrier(r.Header))
	if q.silent {
		q.ctx, q.span = ctx, trace.SpanFromContext(ctx)
		return
	}
	q.own = true
	opts := append(make([]trace.SpanStartOption, 0, 5),
		trace.WithSpanKind(trace.SpanKindServer),
		trace.WithTimestamp(q.start),
		trace.WithAttributes(q.attributes(r)...),
	)
	if q.public != nil && q.public(r) {
		opts = append(opts, trace.WithNewRoot())
		if client := trace.SpanContextFromContext(ctx); client.IsValid() && client.IsRemote() {
			opts = append(opts, trace.WithLinks(trace.Link{SpanContext: client}))
		}
	}
	q.ctx, q.span = q.tracer.Start(ctx, q.name(""), opts...)
}

// isServerSpan reports whether a layer outside New has started span for the
// request. A span of another kind, such as one around the whole program that
// Server.BaseContext has handed on, is the parent of the request's. The kind of
// a span that is not sampled is unknown, and it is taken for the request's.
func isServerSpan(span trace.Span) bool {
	if sc := span.SpanContext(); !sc.IsValid() || sc.IsRemote() {
		return false
	}
	of, ok := span.(interface{ SpanKind() trace.SpanKind })
	return !ok || of.SpanKind() == trace.SpanKindServer
}

// name returns the name of the span, which has no path.
func (q *request) name(route string) string {
	method := q.method
	if method == other {
		method = "HTTP"
	}
	if route == "" {
		return method
	}
	return method + " " + route
}

// Bounds of what a client chooses, in bytes.
const (
	maxMethod    = 32
	maxPath      = 512
	maxHost      = 255 // RFC 1035 section 2.3.4
	maxUserAgent = 256
)

// attributes returns what is known of the request before it is handled, for
// samplers too. The query is left out, since it may hold keys, and so are
// headers that proxies add, since clients can send them.
func (q *request) attributes(r *http.Request) []attribute.KeyValue {
	attrs := append(make([]attribute.KeyValue, 0, 12),
		semconv.HTTPRequestMethodKey.String(q.method),
		schemeOf(q.secure),
		semconv.URLPath(text.Clip(r.URL.EscapedPath(), maxPath)),
	)
	if q.method == other {
		attrs = append(attrs, semconv.HTTPRequestMethodOriginal(text.Clip(r.Method, maxMethod)))
	}
	if q.version != "" {
		attrs = append(attrs, semconv.NetworkProtocolVersion(q.version))
	}
	if host, port := splitHostPort(r.Host); host != "" {
		attrs = append(attrs, semconv.ServerAddress(text.Clip(host, maxHost)))
		if port > 0 {
			attrs = append(attrs, semconv.ServerPort(port))
		}
	}
	if peer, port := splitHostPort(r.RemoteAddr); peer != "" {
		attrs = append(attrs, semconv.NetworkPeerAddress(peer), semconv.ClientAddress(peer))
		if port > 0 {
			attrs = append(attrs, semconv.NetworkPeerPort(port))
		}
	}
	if agent := r.Header["User-Agent"]; len(agent) > 0 && agent[0] != "" {
		attrs = append(attrs, semconv.UserAgentOriginal(text.Clip(agent[0], maxUserAgent)))
	}
	return attrs
}

// splitHostPort returns the host without the brackets of an IPv6 address, and
// the port, 0 for none.
func splitHostPort(s string) (host string, port int) {
	h, p, err := net.SplitHostPort(s)
	if err != nil {
		if len(s) > 2 && s[0] == '[' && s[len(s)-1] == ']' {
			s = s[1 : len(s)-1]
		}
		return s, 0
	}
	n, err := strconv.ParseUint(p, 10, 16)
	if err != nil {
		return h, 0
	}
	return h, int(n)
}

// finish completes the span, and ends it if it was started here: after exactly
// the duration that the metric has.
func (q *request) finish(o *middleware.Outcome, errorType string) {
	if q.own {
		defer q.span.End(trace.WithTimestamp(q.start.Add(o.Duration)))
	}
	if !q.span.IsRecording() {
		return
	}
	if o.Route != "" {
		q.span.SetName(q.name(o.Route))
	}
	q.span.SetAttributes(outcomeAttributes(o, errorType)...)
	if errorType != "" {
		q.span.SetStatus(codes.Error, statusDescription(o))
	}
}

// outcomeAttributes returns what is known of the request after its answer.
func outcomeAttributes(o *middleware.Outcome, errorType string) []attribute.KeyValue {
	attrs := append(make([]attribute.KeyValue, 0, 8),
		requestIDKey.String(o.RequestID), correlationIDKey.String(o.CorrelationID))
	if o.Route != "" {
		attrs = append(attrs, semconv.HTTPRoute(o.Route))
	}
	if status := statusSent(o); status != 0 {
		attrs = append(attrs, semconv.HTTPResponseStatusCode(status))
	}
	if errorType != "" {
		attrs = append(attrs, semconv.ErrorTypeKey.String(errorType))
	}
	if o.Error != nil {
		attrs = append(attrs, errorCodeKey.String(o.Error.Code))
	}
	if o.ClientGone {
		attrs = append(attrs, clientGoneKey.Bool(true))
	}
	if isCut(o) {
		attrs = append(attrs, cutKey.Bool(true))
	}
	return attrs
}

// statusDescription says what the status that was sent does not.
func statusDescription(o *middleware.Outcome) string {
	switch {
	case o.Cut:
		return "the response was aborted"
	case o.WriteError != nil:
		return "the response did not arrive whole"
	case o.Status < http.StatusInternalServerError:
		return "the failure came after the status"
	}
	return ""
}
