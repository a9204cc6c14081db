// Package telemetry records the requests of a middleware.New with OpenTelemetry:
// metrics, spans, and log records of exceptions, by the stable semantic
// conventions for HTTP, version 1.43. It depends on OpenTelemetry's API alone;
// the program chooses the SDK and the exporters.
//
//	middleware.New(contract,
//		telemetry.Instrument(),
//		middleware.WithCorrelationID(telemetry.TraceID),
//		middleware.WithLogger(slog.New(telemetry.LogHandler(slog.NewJSONHandler(os.Stderr, nil)))),
//	)(mux)
//
// [Instrument] is an option of the outermost New, which knows how each request
// ended: by which declared error, by a panic, by an abort, or because the client
// left. A layer that only sees the status knows little of that. Of the same
// requests to the same handlers, this is what each records: the status and the
// error of http.server.request.duration, Error for the status of the span, and
// an event of the span or a log record of the exception.
//
//	              otelhttp                       Instrument
//	success       200                            200
//	404           404                            404 code RESOURCE_NOT_FOUND
//	declared 4xx  409                            409 code NAME_TAKEN
//	5xx           503 Error                      503 BUSY Error + log
//	panic         no metric, no status + event   500 INTERNAL_SERVER_ERROR Error + log
//	abort         no metric, no status + event   - _OTHER Error
//	cut stream    200                            200 EXPORT_LOST Error + log
//	client gone   500 Error                      - code CLIENT_CLOSED_REQUEST
//	timeout       503 Error                      503 SERVICE_UNAVAILABLE Error + log
//	hijack        200                            101
//	shutdown      200                            503 SERVICE_UNAVAILABLE Error + log
//
// The handlers are those of net/http: the one whose client has gone answers
// http.Error with 500, the one in a shutdown returns when its context is
// canceled, and the cut stream has flushed its first line. A dash is no status:
// none was sent.
//
// # Metrics
//
//	http.server.request.duration  histogram, seconds, with the recommended buckets
//	http.server.active_requests   requests under way
//
// Attributes of both:
//
//	http.request.method        _OTHER for one that is not known, see WithKnownMethods
//	url.scheme                 of the connection: http or https
//
// and of the duration:
//
//	http.route                 the pattern that matched
//	http.response.status_code  as it was sent
//	network.protocol.version   1.0, 1.1, 2 or 3
//	error.type                 a failure of the server, see below
//	failwell.error.code        the code of any other failure
//
// No attribute has an ID, a path, a message, or anything else that a client can
// make up. http.route is what routers and middleware.WithRoute report: keep
// values out of it.
//
// The duration ends with the answer, so that of a connection that the handler
// has taken over, as for a WebSocket, is the life of the connection where the
// handler serves it. Its status is 101.
//
// # Failures
//
// The server has failed a request if the answer is a 5xx, also one that is
// delivered in a stream, if the handler panicked, or if the answer was cut: by an
// abort, a write that failed, a body shorter than its Content-Length, or a
// deadline. Then error.type is set, and the status of the span is Error.
// error.type is the code of the error, if the contract declares it or it is that
// of a built-in error of apierr; the status, as 503, of a failure that the handler
// has formatted itself; and _OTHER in every other case.
//
// Anything else is not the server's failure: a 4xx, whose declared code is
// failwell.error.code, and a client that has left, whose code is
// CLIENT_CLOSED_REQUEST even if the handler answered with a 5xx. The code of an
// error that no contract declares is _OTHER there too.
//
// # Spans
//
// The span is of kind server. Its name is "GET /users/{id}", the method alone
// without a route, and HTTP in place of an unknown method. It has the duration
// of the metric. Beside the attributes above it has
//
//	url.path                      without the query, which may hold keys; at most 512 bytes
//	http.request.method_original  of an unknown method, at most 32 bytes
//	server.address                as the client named it
//	server.port
//	network.peer.address          of the connection
//	network.peer.port
//	client.address                the same: no header is believed
//	user_agent.original           at most 256 bytes
//	failwell.error.code           of every failure, declared or not
//	failwell.request.id           the ID that the client has received
//	failwell.correlation.id
//	failwell.client_gone          the client left before the answer was complete
//	failwell.cut                  the client received an incomplete answer
//
// The trace of the client, as [WithPropagator] reads it, is continued. At the edge
// of the Internet use [WithPublicEndpoint].
//
// # Exceptions
//
// A failure of the server that has a private cause or a stack is a log record of
// the event http.server.request.exception, at severity ERROR, in the trace of the
// request. It is no event of the span, as the conventions now say.
//
//	exception.type        the type of the cause in Go; panic
//	exception.message     the cause, at most 4 KiB; it may hold what clients sent
//	exception.stacktrace  of a panic, a frame a line
//	error.type            as above
//	failwell.request.id
//
// # Inside otelhttp
//
// Where otelhttp, or another layer that starts server spans, stands outside New,
// Instrument starts no span of its own. It completes the one that is there: name,
// route, error.type, IDs, and the status Error where the layer sees none. The
// layer writes its own attributes after that, so http.response.status_code is
// what it saw: 200 for a client that left before an answer. The metrics of both
// have the same name. Keep one:
//
//	otelhttp.NewHandler(failing, "", otelhttp.WithMeterProvider(noop.NewMeterProvider()))
//
// # Prometheus
//
// The exporter of OpenTelemetry translates the names:
// http_server_request_duration_seconds_bucket, http_server_active_requests,
// http_response_status_code, error_type, failwell_error_code. The rate of an
// outage, without bad clients and clients that left, is
//
//	sum(rate(http_server_request_duration_seconds_count{error_type!=""}[5m]))
//
// The example of this repository has alert rules and a dashboard.
package telemetry
