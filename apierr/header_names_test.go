package apierr_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
)

// An ID goes into a response header and, on its way in, into a request header:
// neither may have another meaning.
func TestHeadersThatCannotCarryAnID(t *testing.T) {
	refused := slices.Concat(reservedFields, metadataFields, validatorFields, []string{
		"Connection", "Keep-Alive", "TE", "Upgrade", "Via", "Date", "Host", "Server", "User-Agent", "Location", "Range", "If-Range",
		"If-None-Match", "Expect", "Content-Range", "Accept", "Accept-Language", "Accept-Ranges", "Authorization", "Cookie",
		"Set-Cookie", "Origin", "Referer", "Sec-Fetch-Site", "Sec-WebSocket-Key", "Proxy-Authorization", "Proxy-Connection",
		"X-Forwarded-For", "Forwarded", "X-Real-IP", "Access-Control-Allow-Origin", "Access-Control-Request-Headers", "Vary",
		"Allow", "WWW-Authenticate", "Retry-After", "Cache-Control", "RateLimit", "RateLimit-Policy", "X-RateLimit-Reset",
		"Strict-Transport-Security", "Content-Security-Policy", "X-Frame-Options", "Traceparent", "Tracestate", "Baggage",
	})
	for _, name := range refused {
		require.ErrorContains(t, apierr.Contract{RequestIDHeader: name}.Check(), "cannot carry an ID", name)
		require.ErrorContains(t, apierr.Contract{CorrelationIDHeader: name}.Check(), "cannot carry an ID", name)
	}
	for _, name := range []string{
		"", apierr.NoHeader, "X-Request-ID", "Request-Id", "X-Correlation-Id", "X-Polyai-Correlation-Id", "X-Trace-Id",
		"X-Amzn-Trace-Id", "X-B3-TraceId", "X-Cloud-Trace-Context", "CF-Ray", "Fly-Request-Id", "X-Accelerator-Id",
	} {
		require.NoError(t, apierr.Contract{RequestIDHeader: name, CorrelationIDHeader: "X-Other"}.Check(), name)
	}
}
