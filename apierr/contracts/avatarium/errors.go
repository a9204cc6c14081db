package avatarium

import "github.com/failwell/failwell/apierr"

// Authentication errors.
var (
	InvalidAPIKey = &apierr.Error{
		Code: "invalid_api_key", Status: 401,
		Message: "The API key is not valid",
		Doc:     "The key is unknown or was revoked.",
	}
	MissingAPIKey = &apierr.Error{
		Code: "missing_api_key", Status: 401,
		Message: "The API key is missing",
		Doc:     "Send the key as Authorization: Bearer <key>.",
	}
	ExpiredAPIKey = &apierr.Error{
		Code: "expired_api_key", Status: 401,
		Message: "The API key has expired",
		Doc:     "The key was valid once. Make a new one.",
	}
)

// Request errors.
var (
	InvalidRequest = &apierr.Error{
		Code: "invalid_request", Status: 400,
		Message: "The request is malformed",
		Doc:     "The body could not be read: it is not JSON, too large or of another type.",
	}
	MissingParameter = &apierr.Error{
		Code: "missing_parameter", Status: 400,
		Message: "A required parameter is missing",
		Doc:     "The details name the first parameter that is missing.",
	}
	InvalidParameter = &apierr.Error{
		Code: "invalid_parameter", Status: 400,
		Message: "A parameter is not valid",
		Doc:     "The details name the first parameter at fault and the rule that it breaks.",
	}
)

// Resource errors.
var (
	ConversationNotFound = &apierr.Error{
		Code: "conversation_not_found", Status: 404,
		Message: "The conversation does not exist",
		Doc:     "No conversation has this ID.",
	}
	AvatarNotFound = &apierr.Error{
		Code: "avatar_not_found", Status: 404,
		Message: "The avatar does not exist",
		Doc:     "No avatar has this ID.",
	}
	MessageNotFound = &apierr.Error{
		Code: "message_not_found", Status: 404,
		Message: "The message does not exist",
		Doc:     "No message of the conversation has this ID.",
	}
)

// Rate limit errors.
var (
	RateLimitExceeded = &apierr.Error{
		Code: "rate_limit_exceeded", Status: 429,
		Message: "Too many requests",
		Doc:     "The rate limit is used up. The Retry-After header says how many seconds to wait.",
	}
	// The quota is a month's. Raise it with the time until the next month; an
	// hour, the default, keeps clients from asking every second.
	QuotaExceeded = &apierr.Error{
		Code: "quota_exceeded", Status: 429, RetryAfter: quotaRetryAfter,
		Message: "The monthly quota is used up",
		Doc:     "The Retry-After header says how many seconds to wait; it may be weeks.",
	}
)

// Provider errors.
var (
	AIProviderError = &apierr.Error{
		Code: "ai_provider_error", Status: 503,
		Message: "The AI provider is not available",
		Doc:     "The model behind the avatar did not answer. Try again.",
	}
	TTSProviderError = &apierr.Error{
		Code: "tts_provider_error", Status: 503,
		Message: "The speech provider is not available",
		Doc:     "The speech service of the avatar did not answer. Try again.",
	}
)

// The source's table of statuses has 403, 500 and a general 503 without codes,
// and every 404 of its codes is about one kind of resource. These codes are
// added.
var (
	Forbidden = &apierr.Error{
		Code: "forbidden", Status: 403,
		Message: "You are not allowed to do this",
		Doc:     "The key is valid and does not cover the operation.",
	}
	NotFound = &apierr.Error{
		Code: "not_found", Status: 404,
		Message: "The resource does not exist",
		Doc:     "Nothing is found under this path.",
	}
	// 405 is not in the table either; the open contract has it, since a client
	// that reads Allow can act on it.
	MethodNotAllowed = &apierr.Error{
		Code: "method_not_allowed", Status: 405,
		Message: "The method is not allowed for this resource",
		Doc:     "The Allow header lists the methods that are.",
	}
	InternalError = &apierr.Error{
		Code: "internal_error", Status: 500,
		Message: "An unexpected error occurred",
		Doc:     "The server failed. If it persists, contact support with the X-Request-Id of the response.",
	}
	ServiceUnavailable = &apierr.Error{
		Code: "service_unavailable", Status: 503,
		Message: "The service is temporarily unavailable",
		Doc:     "The server cannot answer now. Try again later.",
	}
)

// catalogue lists the 13 codes in the order of the published tables.
func catalogue() []*apierr.Error {
	return []*apierr.Error{
		InvalidAPIKey, MissingAPIKey, ExpiredAPIKey,
		InvalidRequest, MissingParameter, InvalidParameter,
		ConversationNotFound, AvatarNotFound, MessageNotFound,
		RateLimitExceeded, QuotaExceeded,
		AIProviderError, TTSProviderError,
	}
}
