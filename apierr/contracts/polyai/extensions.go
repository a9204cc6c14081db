package polyai

import "github.com/failwell/failwell/apierr"

// Extension codes, for statuses of the source's table that have no code, or none
// with a general meaning. They have no ID, since the source assigns IDs.
var (
	// Every 404 of the source is about one kind of resource.
	NotFound = &apierr.Error{
		Code: "NOT_FOUND", Status: 404,
		Message: "The requested resource does not exist.",
		Doc:     "Nothing is found under this path.",
	}
	MethodNotAllowed = &apierr.Error{
		Code: "METHOD_NOT_ALLOWED", Status: 405,
		Message: "The method is not supported for this endpoint.",
		Doc:     "The Allow header lists the methods that are.",
	}
	RequestTimeout = &apierr.Error{
		Code: "REQUEST_TIMEOUT", Status: 408,
		Message: "The request took too long.",
		Doc:     "The request did not arrive in time. Send it again.",
	}
	// The only 410 of the source is about conversations.
	Gone = &apierr.Error{
		Code: "GONE", Status: 410,
		Message: "The resource has been permanently deleted.",
		Doc:     "The resource existed and will not come back. Do not request it again.",
	}
	// The only 412 of the source is about promoting a deployment.
	PreconditionFailed = &apierr.Error{
		Code: "PRECONDITION_FAILED", Status: 412,
		Message: "A required precondition was not met.",
		Doc:     "The resource is not in the state that the request requires.",
	}
	// The only 415 of the source is about uploads to the knowledge base.
	UnsupportedMediaType = &apierr.Error{
		Code: "UNSUPPORTED_MEDIA_TYPE", Status: 415,
		Message: "The media type of the request body is not supported.",
		Doc:     "Send the body as the type that the endpoint accepts.",
	}
	// Every 422 of the source is about test cases.
	UnprocessableEntity = &apierr.Error{
		Code: "UNPROCESSABLE_ENTITY", Status: 422,
		Message: "The request contains semantic errors.",
		Doc:     "The request is well-formed but the operation cannot be done with its content.",
	}
	TooManyRequests = &apierr.Error{
		Code: "TOO_MANY_REQUESTS", Status: 429,
		Message: "Too many requests.",
		Doc:     "The rate limit is used up. The Retry-After header says how many seconds to wait.",
	}
	// The only 500 of the source is about deploying a draft.
	InternalServerError = &apierr.Error{
		Code: "INTERNAL_SERVER_ERROR", Status: 500,
		Message: "An unexpected error occurred.",
		Doc:     "The server failed. If it persists, contact support with the correlation ID.",
	}
	NotImplemented = &apierr.Error{
		Code: "NOT_IMPLEMENTED", Status: 501,
		Message: "This is not available yet.",
		Doc:     "The server does not know how to do this.",
	}
	BadGateway = &apierr.Error{
		Code: "BAD_GATEWAY", Status: 502,
		Message: "An upstream service failed.",
		Doc:     "A service that this one depends on gave no usable answer.",
	}
	ServiceUnavailable = &apierr.Error{
		Code: "SERVICE_UNAVAILABLE", Status: 503,
		Message: "The service is temporarily unavailable.",
		Doc:     "The server cannot answer now. Try again later.",
	}
)

// extensions lists the extension codes by status.
func extensions() []*apierr.Error {
	return []*apierr.Error{
		NotFound, MethodNotAllowed, RequestTimeout, Gone, PreconditionFailed, UnsupportedMediaType, UnprocessableEntity,
		TooManyRequests,
		InternalServerError, NotImplemented, BadGateway, ServiceUnavailable,
	}
}
