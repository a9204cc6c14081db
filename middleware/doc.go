// Package middleware answers the failures of an HTTP server in the form of a
// contract: of handlers that return errors, panic, call http.Error, run out of
// time or read too much, and of routers that answer 404 in plain text.
//
//	handler := middleware.New(apierr.Standard)(mux)
//	http.ListenAndServe(addr, handler)
//
// For each request [New] makes a request ID and takes or makes a correlation
// ID, recovers panics, replaces the failures that are not in the contract's
// format, limits the body, and writes one log record. A success passes
// untouched, and so does a failure that the handler has sent in a form other than plain text.
// Everything that http.ResponseController and the optional interfaces of the
// server's ResponseWriter can do works through New.
//
// # How failures are answered
//
//	a returned error, apierr.Write      the error, as apierr.Write resolves it
//	a panic, runtime.Goexit             Internal; the stack goes to the log
//	panic(http.ErrAbortHandler)         the connection is aborted, as asked
//	a status >= 400 without a body,     the contract's error for the status;
//	  or with plain text                  a line of text of a 4xx is the message
//	a status >= 400 with another type   it passes; a body without a Content-Type
//	                                      is HTML, JSON or text by its content
//	http.TimeoutHandler's default page  the contract's error for 503
//	two failing statuses                the first is the answer
//	a deadline, nothing written         GatewayTimeout
//	a deadline, 502 by a proxy          GatewayTimeout
//	a canceled context, the client      Unavailable, with the contract's
//	  still there: a shutdown             Retry-After
//	a body over the limit               BodyTooLarge; HTTP/1 closes
//	a body that comes too slowly        RequestTimeout
//	a failure after the response has    one last event or line of a stream,
//	  begun                               else the connection is aborted, also of a
//	                                      stream that the handler has encoded
//	a status >= 400 and a body after    the same; the text goes to the log
//	  the response has begun
//	a client that has left              nothing is sent; 499 in the log
//
// [Intercept], [WithIntercept] and [WithTextMessages] change what is replaced,
// and what of a text the client receives.
//
// A canceled context is the request's own: one that Server.BaseContext or a
// layer outside New has canceled. An error that wraps its context.Cause, as that
// of http.Client does, is answered as one that wraps its error. A context that a handler has made and
// canceled itself is an unknown error of the handler, Internal. A handler that
// returns without an answer after the request's own context was canceled has
// not succeeded, and gets no empty 200.
//
// # Where it belongs
//
// Outermost, so that no failure escapes it: New goes around the router, and
// around the layers that wrap the router.
//
//	middleware.New(contract)(      // IDs, recovery, the record
//		cors(                      // and what else all requests share
//			compress(
//				router)))
//
// Inside it, in this order: what answers for others (http.TimeoutHandler, a
// compressor), the router with [Route] where the router needs it, then [MaxBody]
// and [Timeout] on single routes, then rate limits and authentication, then the
// handlers.
//
//   - http.TimeoutHandler works on either side of New, and so do compressors: an
//     answer says that it is compressed if it is. A compressor inside New hides
//     whether anything was written, and what it ends in an orderly way on a panic
//     looks complete: give the handlers inside it a New of their own, which shares
//     the IDs and the record with the outer one, and decides about the failures
//     inside it.
//   - A layer with a writer for itself keeps what is written to it: a single-page
//     fallback that answers a 404 with its index, a retry, a batch. Its response
//     stands, and a 5xx that it has dropped is a secondary error in the record.
//   - A layer outside New that adds to the context, such as a tracer, is seen by
//     the functions of the options.
//   - Remove the recoverer of a router, chi's, gin's or echo's. It recovers
//     before New does, so New sees a bare 500: the record of the panic has
//     neither cause nor stack. A panic after the response has begun ends as if
//     the response were whole. New does all that a recoverer does.
//   - A layer that makes request IDs of its own is replaced by
//     [WithRequestID].
//   - A layer inside New that counts by status sees a 101 for a WebSocket only
//     if it forwards http.Hijacker and counts there: after Hijack nothing more
//     passes through the ResponseWriter. [WithObserver] has Outcome.Hijacked.
//
// New cannot recover a panic in a goroutine that a handler has started: such a
// panic ends the process, as under net/http alone. Recover in the goroutine, and
// pass what it recovered to the handler. What such a goroutine writes after the
// handler has returned is refused.
//
// # A reverse proxy
//
// The answers of the upstream of an httputil.ReverseProxy inside New pass
// through the same rule as a handler's own, [DefaultIntercept]: a status of 400
// or more without a body, or with one of plain text, is replaced by the
// contract's error; JSON, HTML and every other type pass byte for byte. The 502
// of the proxy itself becomes 504 where the request's deadline was over, 503 in
// a shutdown, 499 where the client left, and the error of the body where the
// client's body was the reason. To leave all answers of an upstream alone, put
// the proxy under [Intercept] with a function that returns false, or decide for
// the whole server with [WithIntercept]: IDs, recovery and the record stay.
//
// The request that the proxy forwards carries the IDs of New in the two ID
// headers, and not what the client sent there. New overwrites these two headers
// of the request, and nothing else of it.
//
// # The record
//
// Each request has one record, "request", at the level of [DefaultLevel] or
// [WithLevel]. Its attributes:
//
//	method           string  the request's method, at most 32 bytes
//	path             string  the escaped path without the query, at most 512 bytes
//	status           int     what was sent; 499: the client had left; 0: nothing
//	bytes            int     of the body
//	duration_ms      float   milliseconds until the handler had returned and New
//	                           had answered, with three digits after the point
//	request_id       string
//	correlation_id   string
//	route            string  the pattern that matched, see Route
//	code             string  of the error that the client received
//	violations       list    of a rejected request: field and rule of each, at most
//	                           16, never values
//	cause            string  of a failure, for operators only; at most 4 KiB
//	write_error      string  why the answer cannot have arrived whole
//	secondary_error  string  what went wrong while the failure was reported
//	client_gone      bool    the client left before the answer was complete
//	cut              bool    the answer was aborted
//	hijacked         bool    the handler took over the connection
//	stack            string  of a panic, a frame a line
//
// The attributes after correlation_id are left out where a request has none.
// [WithSkipLog] leaves records of successes out. [Outcome] has the same for
// metrics and traces, which package middleware/telemetry makes with OpenTelemetry:
// its LogHandler adds trace_id and span_id to the record.
//
// write_error is the first error of a write, a body shorter or longer than its
// Content-Length, or an answer after Server.WriteTimeout or SetWriteDeadline.
// net/http buffers: what it loses after the handler has returned, for a client
// that left for example, no record can say.
//
// # Correlation
//
// The correlation ID names a chain of requests across services. By default it is
// that of the X-Correlation-ID header, or of the header that the contract names,
// else the request ID. [WithTraceContext] takes it from traceparent, and
// [WithCorrelationID] from anything else: the examples there read
// X-Cloud-Trace-Context and X-Amzn-Trace-Id. With OpenTelemetry it is the trace ID
// by
//
//	middleware.WithCorrelationID(telemetry.TraceID)
//
// of package middleware/telemetry.
//
// # Limits of HTTP
//
// An HTTP/1.0 answer without a length is aborted by a reset of the connection. A
// failure after the last byte of an answer with a Content-Length cannot be shown
// any more on HTTP/1; the record has it. After runtime.Goexit, which ends
// net/http's goroutine too, HTTP/1 closes the connection behind the answer and
// HTTP/2 resets the stream behind it. Outside an http.Server, under CGI or in an
// adapter, nothing recovers http.ErrAbortHandler: there New does not raise it, and
// the record says so.
package middleware
