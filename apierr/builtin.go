package apierr

// The built-in errors are the vocabulary in which code speaks of a failure that
// every API knows. A [Contract] says what stands in for each; under [Standard]
// they are answered as they are written here.
var (
	// BadRequest is a request that HTTP itself or a router could not
	// understand. For bodies and parameters there are closer words below.
	BadRequest = &Error{
		Code: "BAD_REQUEST", Status: 400,
		Message: "Bad request",
		Doc:     "The request could not be understood. Correct it before sending it again.",
	}
	// InvalidJSON is a body that is not JSON.
	InvalidJSON = &Error{
		Code: "VALIDATION_INVALID_JSON", Status: 400,
		Message: "The request body is not valid JSON",
		Doc:     "The body could not be parsed as JSON (RFC 8259). The message says what is wrong and where.",
	}
	// InvalidBody is a body that breaks rules; its Violations say which.
	InvalidBody = &Error{
		Code: "VALIDATION_INVALID_BODY", Status: 400,
		Message: "Invalid request",
		Doc:     "The body is JSON but breaks rules of its schema. The details name every field at fault.",
	}
	// InvalidParameter is a query, path, header or form value that breaks
	// rules; its Violations say which.
	InvalidParameter = &Error{
		Code: "VALIDATION_INVALID_PARAMETER", Status: 400,
		Message: "Invalid parameter",
		Doc:     "A parameter of the request breaks a rule. The details name every parameter at fault.",
	}
	// MissingParameter is a query, path, header or form value that is not
	// there.
	MissingParameter = &Error{
		Code: "VALIDATION_MISSING_PARAMETER", Status: 400,
		Message: "Missing parameter",
		Doc:     "A required parameter of the request is not there.",
	}
	// Unauthenticated is a request without credentials that count. RFC 9110
	// section 15.5.2 asks for a challenge, which the contract gives.
	Unauthenticated = &Error{
		Code: "AUTH_UNAUTHENTICATED", Status: 401,
		Message: "Authentication is required",
		Doc:     "The request carries no valid credentials. The WWW-Authenticate header names the scheme.",
	}
	// Forbidden is a caller who is known and may not.
	Forbidden = &Error{
		Code: "AUTH_FORBIDDEN", Status: 403,
		Message: "You are not allowed to do this",
		Doc:     "The credentials are valid and do not cover the operation.",
	}
	// NotFound is a route or a resource that does not exist.
	NotFound = &Error{
		Code: "RESOURCE_NOT_FOUND", Status: 404,
		Message: "The resource does not exist",
		Doc:     "No resource is found under this path.",
	}
	// MethodNotAllowed is a route that exists under other methods. RFC 9110
	// section 15.5.6 asks for Allow, which is added empty where nobody set it.
	MethodNotAllowed = &Error{
		Code: "METHOD_NOT_ALLOWED", Status: 405,
		Message: "The method is not allowed for this resource",
		Doc:     "The resource exists; the Allow header lists its methods.",
	}
	// NotAcceptable is a representation that cannot be had.
	NotAcceptable = &Error{
		Code: "NOT_ACCEPTABLE", Status: 406,
		Message: "No acceptable representation",
		Doc:     "The resource has no representation that the Accept headers allow.",
	}
	// RequestTimeout is a body that came too slowly.
	RequestTimeout = &Error{
		Code: "REQUEST_TIMEOUT", Status: 408,
		Message: "The request took too long to arrive",
		Doc:     "The server stopped waiting for the rest of the request.",
	}
	// Conflict is a state that does not allow the operation.
	Conflict = &Error{
		Code: "RESOURCE_CONFLICT", Status: 409,
		Message: "The request conflicts with the state of the resource",
		Doc:     "The resource is in a state in which this cannot be done.",
	}
	// BodyTooLarge is a body over the limit.
	BodyTooLarge = &Error{
		Code: "REQUEST_BODY_TOO_LARGE", Status: 413,
		Message: "The request body is too large",
		Doc:     "The body is larger than the server accepts.",
	}
	// UnsupportedMediaType is a body of a type or coding that is not accepted.
	UnsupportedMediaType = &Error{
		Code: "UNSUPPORTED_MEDIA_TYPE", Status: 415,
		Message: "The media type of the request body is not supported",
		Doc:     "The Content-Type or Content-Encoding of the body is not accepted here.",
	}
	// TooManyRequests is a caller over a rate.
	TooManyRequests = &Error{
		Code: "RATE_LIMIT_TOO_MANY_REQUESTS", Status: 429,
		Message: "Too many requests",
		Doc:     "The rate limit is used up. The Retry-After header says how long to wait.",
	}
	// QuotaExceeded is a caller over the quota of a calendar period.
	QuotaExceeded = &Error{
		Code: "RATE_LIMIT_QUOTA_EXCEEDED", Status: 429,
		Message: "The quota is used up",
		Doc:     "The quota of the period is used up. The Retry-After header says when the next one begins.",
	}
	// ClientGone is a client that left before it was answered. It is for the
	// log and is never sent: under a middleware the exchange ends with
	// http.ErrAbortHandler. 499 is nginx's number for it, not RFC 9110's.
	ClientGone = &Error{
		Code: "CLIENT_CLOSED_REQUEST", Status: 499,
		Message: "The client closed the request",
		Doc:     "The client went away before the answer. It appears in logs only.",
	}
	// Internal is a failure that is nobody else's: an unknown error, a panic.
	Internal = &Error{
		Code: "INTERNAL_SERVER_ERROR", Status: 500,
		Message: "An unexpected error occurred",
		Doc:     "The server failed. If it persists, contact support with the request ID.",
	}
	// NotImplemented is a feature that is not there yet.
	NotImplemented = &Error{
		Code: "NOT_IMPLEMENTED", Status: 501,
		Message: "Not implemented",
		Doc:     "The server does not know how to do this.",
	}
	// BadGateway is an upstream that failed or could not be reached.
	BadGateway = &Error{
		Code: "BAD_GATEWAY", Status: 502,
		Message: "An upstream service failed",
		Doc:     "A service that the server depends on gave no usable answer.",
	}
	// Unavailable is a server that cannot answer now.
	Unavailable = &Error{
		Code: "SERVICE_UNAVAILABLE", Status: 503,
		Message: "The service is temporarily unavailable",
		Doc:     "The server cannot answer now. Try again later.",
	}
	// GatewayTimeout is a handler, or something it waited for, that took too
	// long.
	GatewayTimeout = &Error{
		Code: "GATEWAY_TIMEOUT", Status: 504,
		Message: "The request took too long to answer",
		Doc:     "The server, or a service that it depends on, ran out of time.",
	}
	// StreamFailed is a response that failed after it had begun. It has a
	// status only if it is raised before.
	StreamFailed = &Error{
		Code: "STREAM_FAILED", Status: 500,
		Message: "The response failed before it was complete",
		Doc:     "The answer broke off. What arrived of it may be incomplete.",
	}
)

// builtins lists the built-in errors that may be answered, by status and then
// as above: the declared errors of [Standard].
func builtins() []*Error {
	return []*Error{
		BadRequest, InvalidJSON, InvalidBody, InvalidParameter, MissingParameter,
		Unauthenticated, Forbidden, NotFound, MethodNotAllowed, NotAcceptable,
		RequestTimeout, Conflict, BodyTooLarge, UnsupportedMediaType,
		TooManyRequests, QuotaExceeded,
		Internal, NotImplemented, BadGateway, Unavailable, GatewayTimeout, StreamFailed,
	}
}

// builtinFor is the built-in error that a status alone tells of, nil where none
// is closer than the status itself.
func builtinFor(status int) *Error {
	switch status {
	case 400:
		return BadRequest
	case 401:
		return Unauthenticated
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
	case 413:
		return BodyTooLarge
	case 415:
		return UnsupportedMediaType
	case 429:
		return TooManyRequests
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
