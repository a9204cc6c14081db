package apierr

// The built-in errors are what code raises that does not know its contract. A
// [Contract] maps each to one of its own; under [Standard] they are answered as
// they are written here.
var (
	// BadRequest means that the request is malformed in a way that none of the
	// errors below describes.
	BadRequest = &Error{
		Code: "BAD_REQUEST", Status: 400,
		Message: "Bad request",
		Doc:     "The request could not be understood. Correct it before sending it again.",
	}
	// InvalidJSON means that the body is not JSON.
	InvalidJSON = &Error{
		Code: "VALIDATION_INVALID_JSON", Status: 400,
		Message: "The request body is not valid JSON",
		Doc:     "The body could not be parsed as JSON (RFC 8259). The message says what is wrong and where.",
	}
	// InvalidBody means that the body breaks rules, which its Violations list.
	InvalidBody = &Error{
		Code: "VALIDATION_INVALID_BODY", Status: 400,
		Message: "Invalid request",
		Doc:     "The body is JSON but breaks rules of its schema. The details name every field at fault.",
	}
	// InvalidParameter means that query, path, header or form values break rules,
	// which its Violations list.
	InvalidParameter = &Error{
		Code: "VALIDATION_INVALID_PARAMETER", Status: 400,
		Message: "Invalid parameter",
		Doc:     "A parameter of the request breaks a rule. The details name every parameter at fault.",
	}
	// MissingParameter means that a required query, path, header or form value is
	// absent.
	MissingParameter = &Error{
		Code: "VALIDATION_MISSING_PARAMETER", Status: 400,
		Message: "Missing parameter",
		Doc:     "A required parameter of the request is absent.",
	}
	// Unauthenticated means that the request has no valid credentials. The
	// contract adds the challenge that RFC 9110 section 15.5.2 requires.
	Unauthenticated = &Error{
		Code: "AUTH_UNAUTHENTICATED", Status: 401,
		Message: "Authentication is required",
		Doc:     "The request carries no valid credentials. The WWW-Authenticate header names the scheme.",
	}
	// PaymentRequired means that the caller has to pay first. RFC 9110 section
	// 15.5.3 leaves the meaning of 402 to the API.
	PaymentRequired = &Error{
		Code: "PAYMENT_REQUIRED", Status: 402,
		Message: "Payment is required",
		Doc:     "The operation is not covered by what has been paid for.",
	}
	// Forbidden means that the caller is authenticated and lacks the permission.
	Forbidden = &Error{
		Code: "AUTH_FORBIDDEN", Status: 403,
		Message: "You are not allowed to do this",
		Doc:     "The credentials are valid and do not cover the operation.",
	}
	// NotFound means that the route or the resource does not exist.
	NotFound = &Error{
		Code: "RESOURCE_NOT_FOUND", Status: 404,
		Message: "The resource does not exist",
		Doc:     "No resource is found under this path.",
	}
	// MethodNotAllowed means that the route exists under other methods. The Allow
	// header that RFC 9110 section 15.5.6 requires is added, empty, if it is
	// absent.
	MethodNotAllowed = &Error{
		Code: "METHOD_NOT_ALLOWED", Status: 405,
		Message: "The method is not allowed for this resource",
		Doc:     "The resource exists; the Allow header lists its methods.",
	}
	// NotAcceptable means that the resource has no representation that the client
	// accepts.
	NotAcceptable = &Error{
		Code: "NOT_ACCEPTABLE", Status: 406,
		Message: "No acceptable representation",
		Doc:     "The resource has no representation that the Accept headers allow.",
	}
	// RequestTimeout means that the request arrived too slowly.
	RequestTimeout = &Error{
		Code: "REQUEST_TIMEOUT", Status: 408,
		Message: "The request took too long to arrive",
		Doc:     "The server stopped waiting for the rest of the request.",
	}
	// Conflict means that the state of the resource does not allow the operation.
	Conflict = &Error{
		Code: "RESOURCE_CONFLICT", Status: 409,
		Message: "The request conflicts with the state of the resource",
		Doc:     "The resource is in a state in which this cannot be done.",
	}
	// Gone means that the resource existed and was removed for good.
	Gone = &Error{
		Code: "RESOURCE_GONE", Status: 410,
		Message: "The resource no longer exists",
		Doc:     "The resource was removed permanently. Do not request it again.",
	}
	// PreconditionFailed means that If-Match, If-Unmodified-Since or a
	// precondition of the API does not hold. ETag and Last-Modified stay in the
	// response.
	PreconditionFailed = &Error{
		Code: "PRECONDITION_FAILED", Status: 412,
		Message: "A precondition of the request does not hold",
		Doc:     "The resource is not in the state that the request requires. Read it again and repeat the change.",
	}
	// BodyTooLarge means that the body is over the limit.
	BodyTooLarge = &Error{
		Code: "REQUEST_BODY_TOO_LARGE", Status: 413,
		Message: "The request body is too large",
		Doc:     "The body is larger than the server accepts.",
	}
	// UnsupportedMediaType means that the type or the coding of the body is not
	// accepted.
	UnsupportedMediaType = &Error{
		Code: "UNSUPPORTED_MEDIA_TYPE", Status: 415,
		Message: "The media type of the request body is not supported",
		Doc:     "The Content-Type or Content-Encoding of the body is not accepted here.",
	}
	// RangeNotSatisfiable means that no range of the Range header lies within the
	// resource. RFC 9110 section 15.5.17 asks for a Content-Range with its length.
	RangeNotSatisfiable = &Error{
		Code: "RANGE_NOT_SATISFIABLE", Status: 416,
		Message: "The requested range is outside of the resource",
		Doc:     "No range of the Range header lies within the resource. The Content-Range header gives its length.",
	}
	// UnprocessableContent means that the body is well-formed and its type is
	// accepted, but its instructions cannot be followed. For rules of fields raise
	// [InvalidBody].
	UnprocessableContent = &Error{
		Code: "UNPROCESSABLE_CONTENT", Status: 422,
		Message: "The request cannot be processed",
		Doc:     "The request is well-formed but the operation cannot be done with its content.",
	}
	// UpgradeRequired means that the server refuses the request over this
	// protocol. RFC 9110 section 15.5.22 requires an Upgrade header: add it with
	// WithHeader.
	UpgradeRequired = &Error{
		Code: "UPGRADE_REQUIRED", Status: 426,
		Message: "Another protocol is required",
		Doc:     "The server refuses the request over this protocol. The Upgrade header names those that it accepts.",
	}
	// PreconditionRequired means that the request has to be conditional, RFC 6585
	// section 3.
	PreconditionRequired = &Error{
		Code: "PRECONDITION_REQUIRED", Status: 428,
		Message: "The request must be conditional",
		Doc:     "Repeat the request with If-Match or If-Unmodified-Since, so that no other change is lost.",
	}
	// TooManyRequests means that the caller is over a rate limit.
	TooManyRequests = &Error{
		Code: "RATE_LIMIT_TOO_MANY_REQUESTS", Status: 429,
		Message: "Too many requests",
		Doc:     "The rate limit is used up. The Retry-After header says how long to wait.",
	}
	// QuotaExceeded means that the caller is over the quota of a calendar period.
	QuotaExceeded = &Error{
		Code: "RATE_LIMIT_QUOTA_EXCEEDED", Status: 429,
		Message: "The quota is used up",
		Doc:     "The quota of the period is used up. The Retry-After header says when the next one begins.",
	}
	// ClientGone means that the client left before it was answered. It appears in
	// logs and is never sent: inside middleware.New the response is aborted with
	// http.ErrAbortHandler. 499 is nginx's number for it, not RFC 9110's.
	ClientGone = &Error{
		Code: "CLIENT_CLOSED_REQUEST", Status: 499,
		Message: "The client closed the request",
		Doc:     "The client went away before the answer. It appears in logs only.",
	}
	// Internal means that the server failed, by an unknown error or a panic.
	Internal = &Error{
		Code: "INTERNAL_SERVER_ERROR", Status: 500,
		Message: "An unexpected error occurred",
		Doc:     "The server failed. If it persists, contact support with the request ID.",
	}
	// NotImplemented means that the feature does not exist yet.
	NotImplemented = &Error{
		Code: "NOT_IMPLEMENTED", Status: 501,
		Message: "Not implemented",
		Doc:     "The server does not know how to do this.",
	}
	// BadGateway means that an upstream service failed or could not be reached.
	BadGateway = &Error{
		Code: "BAD_GATEWAY", Status: 502,
		Message: "An upstream service failed",
		Doc:     "A service that the server depends on gave no usable answer.",
	}
	// Unavailable means that the server cannot answer now.
	Unavailable = &Error{
		Code: "SERVICE_UNAVAILABLE", Status: 503,
		Message: "The service is temporarily unavailable",
		Doc:     "The server cannot answer now. Try again later.",
	}
	// GatewayTimeout means that the handler, or something that it waited for, took
	// too long.
	GatewayTimeout = &Error{
		Code: "GATEWAY_TIMEOUT", Status: 504,
		Message: "The request took too long to answer",
		Doc:     "The server, or a service that it depends on, ran out of time.",
	}
	// StreamFailed means that the response failed after it had begun. The status
	// applies only if it is raised before that.
	StreamFailed = &Error{
		Code: "STREAM_FAILED", Status: 500,
		Message: "The response failed before it was complete",
		Doc:     "The answer broke off. What arrived of it may be incomplete.",
	}
)

// Requests that cause these do not reach a handler: servers and proxies answer
// them. They are known by their statuses, and are not exported.
var (
	uriTooLong = &Error{
		Code: "REQUEST_URI_TOO_LONG", Status: 414,
		Message: "The request URI is too long",
		Doc:     "The path or the query is longer than the server accepts.",
	}
	headerTooLarge = &Error{
		Code: "REQUEST_HEADER_TOO_LARGE", Status: 431,
		Message: "The request header is too large",
		Doc:     "The header fields are larger than the server accepts. Send fewer or smaller ones; cookies are the usual cause.",
	}
)

// builtins returns the built-in errors that may be answered, by status and then
// as above: the declared errors of [Standard].
func builtins() []*Error {
	return []*Error{
		BadRequest, InvalidJSON, InvalidBody, InvalidParameter, MissingParameter,
		Unauthenticated, PaymentRequired, Forbidden, NotFound, MethodNotAllowed, NotAcceptable,
		RequestTimeout, Conflict, Gone, PreconditionFailed, BodyTooLarge, uriTooLong, UnsupportedMediaType,
		RangeNotSatisfiable, UnprocessableContent, UpgradeRequired, PreconditionRequired,
		TooManyRequests, QuotaExceeded, headerTooLarge,
		Internal, NotImplemented, BadGateway, Unavailable, GatewayTimeout, StreamFailed,
	}
}

// builtinCodes has the built-in errors by their codes.
var builtinCodes = func() map[string]*Error {
	m := map[string]*Error{ClientGone.Code: ClientGone}
	for _, e := range builtins() {
		m[e.Code] = e
	}
	return m
}()

// isBuiltin reports whether e is one of the package's own errors.
func isBuiltin(e *Error) bool { return builtinCodes[e.Code] == e }

// builtinFor returns the built-in error for a failure of which only the status
// is known, nil if there is none.
func builtinFor(status int) *Error {
	switch status {
	case 400:
		return BadRequest
	case 401:
		return Unauthenticated
	case 402:
		return PaymentRequired
	case 403:
		return Forbidden
	case 404:
		return NotFound
	case 405:
		return MethodNotAllowed
	case 406:
		return NotAcceptable
	case 408:
		return RequestTimeout
	case 409:
		return Conflict
	case 410:
		return Gone
	case 412:
		return PreconditionFailed
	case 413:
		return BodyTooLarge
	case 414:
		return uriTooLong
	case 415:
		return UnsupportedMediaType
	case 416:
		return RangeNotSatisfiable
	case 422:
		return UnprocessableContent
	case 426:
		return UpgradeRequired
	case 428:
		return PreconditionRequired
	case 429:
		return TooManyRequests
	case 431:
		return headerTooLarge
	case 500:
		return Internal
	case 501:
		return NotImplemented
	case 502:
		return BadGateway
	case 503:
		return Unavailable
	case 504:
		return GatewayTimeout
	}
	return nil
}
