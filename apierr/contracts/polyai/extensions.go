package polyai

import "github.com/failwell/failwell/apierr"

// The source's table of statuses has some for which no code exists. These are
// ours. They have no ID, since IDs are the source's to give.
var (
	// Every 404 of the source is about one kind of thing.
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
	// The only 415 of the source is about uploads to the knowledge base.
	UnsupportedMediaType = &apierr.Error{
		Code: "UNSUPPORTED_MEDIA_TYPE", Status: 415,
		Message: "The media type of the request body is not supported.",
		Doc:     "Send the body as the type that the endpoint takes.",
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

func extensions() []*apierr.Error {
	return []*apierr.Error{
		NotFound, MethodNotAllowed, RequestTimeout, UnsupportedMediaType, TooManyRequests,
		InternalServerError, NotImplemented, BadGateway, ServiceUnavailable,
	}
}
