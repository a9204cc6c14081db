package chatbase

import "github.com/failwell/failwell/apierr"

// The request cannot be read or breaks rules.
var (
	ValidationInvalidBody = &apierr.Error{
		Code: "VALIDATION_INVALID_BODY", Status: 400,
		Message: "Invalid request",
		Doc:     "The body is JSON but not what the endpoint takes. The details map each field at fault to what is wrong with it.",
	}
	// The source names no status; 400, as for the other faults of a body.
	ValidationInvalidJSON = &apierr.Error{
		Code: "VALIDATION_INVALID_JSON", Status: 400,
		Message: "The request body is not valid JSON",
		Doc:     "The body could not be parsed. Send one JSON document, encoded as UTF-8.",
	}
)

// The caller is not authenticated, or lacks a permission.
var (
	AuthMissingAPIKey = &apierr.Error{
		Code: "AUTH_MISSING_API_KEY", Status: 401,
		Message: "The Authorization header is missing",
		Doc:     "Send the API key as Authorization: Bearer <key>.",
	}
	// The source names no status; 401, as for the other faults of a key.
	AuthInvalidAPIKey = &apierr.Error{
		Code: "AUTH_INVALID_API_KEY", Status: 401,
		Message: "The API key is not valid",
		Doc:     "The key is unknown or was deleted, or the header has a scheme other than Bearer.",
	}
	AuthExpiredAPIKey = &apierr.Error{
		Code: "AUTH_EXPIRED_API_KEY", Status: 401,
		Message: "The API key has expired",
		Doc:     "The key was valid once. Make a new one in the dashboard.",
	}
	AuthInsufficientPermissions = &apierr.Error{
		Code: "AUTH_INSUFFICIENT_PERMISSIONS", Status: 403,
		Message: "The API key does not have the permissions for this operation",
		Doc:     "The key is valid but not for this. Use one with the permission, or change the key's permissions.",
	}
	SubscriptionPlanRequired = &apierr.Error{
		Code: "SUBSCRIPTION_PLAN_REQUIRED", Status: 403,
		Message: "Your plan does not include API access",
		Doc:     "The API comes with the Standard plan and those above it.",
	}
)

// A chat cannot begin or continue.
var (
	ChatRetryNoUserMessage = &apierr.Error{
		Code: "CHAT_RETRY_NO_USER_MESSAGE", Status: 400,
		Message: "There is no user message to send again before this message",
		Doc:     "A retry repeats the user message that led to the given one; here none stands before it.",
	}
	ChatCreditsExhausted = &apierr.Error{
		Code: "CHAT_CREDITS_EXHAUSTED", Status: 402,
		Message: "The workspace has no message credits left",
		Doc:     "Wait until the credits are renewed, or move to a larger plan.",
	}
	ChatAgentCreditsExhausted = &apierr.Error{
		Code: "CHAT_AGENT_CREDITS_EXHAUSTED", Status: 402,
		Message: "The agent has used up its credits",
		Doc:     "The workspace may have credits left; those set aside for this agent are spent.",
	}
	// The source names no status; 403: the plan, not the request, is at fault.
	ChatModelNotAllowed = &apierr.Error{
		Code: "CHAT_MODEL_NOT_ALLOWED", Status: 403,
		Message: "The agent's model is not available on your plan",
		Doc:     "Give the agent another model, or move to a plan that has this one.",
	}
	// The source names no status; 403: it exists, and not for this agent.
	ChatConversationMismatch = &apierr.Error{
		Code: "CHAT_CONVERSATION_MISMATCH", Status: 403,
		Message: "The conversation belongs to another agent",
		Doc:     "The conversation ID and the agent ID of the path do not go together.",
	}
	// The source names no status; 409: the state of the conversation forbids
	// it, and no other credentials would help.
	ChatConversationNotOngoing = &apierr.Error{
		Code: "CHAT_CONVERSATION_NOT_ONGOING", Status: 409,
		Message: "The conversation cannot receive messages any more",
		Doc:     "It has ended, or a person has taken it over. Begin a new one.",
	}
	ChatRetryMessageNotFound = &apierr.Error{
		Code: "CHAT_RETRY_MESSAGE_NOT_FOUND", Status: 404,
		Message: "The message to retry does not exist in this conversation",
		Doc:     "No message of the conversation has the given ID.",
	}
	// It is usually the last event of a stream that began with a 200. The status
	// is for a failure before that.
	ChatStreamingError = &apierr.Error{
		Code: "CHAT_STREAMING_ERROR", Status: 500,
		Message: "The answer broke off while it was being streamed",
		Doc:     "What arrived before it may be incomplete.",
	}
)

// A resource that the request names does not exist or is of the wrong kind.
var (
	// 404 and not 403, which would reveal an agent of another workspace.
	AgentNotFound = &apierr.Error{
		Code: "AGENT_NOT_FOUND", Status: 404,
		Message: "The agent does not exist",
		Doc:     "Your workspace has no agent with this ID.",
	}
	// The source names no status; 404, as for the other missing things.
	ResourceNotFound = &apierr.Error{
		Code: "RESOURCE_NOT_FOUND", Status: 404,
		Message: "The resource does not exist",
		Doc:     "Nothing is found under this path or ID.",
	}
	ResourceMessageNotFound = &apierr.Error{
		Code: "RESOURCE_MESSAGE_NOT_FOUND", Status: 404,
		Message: "The message does not exist in this conversation",
		Doc:     "No message of the conversation has the given ID.",
	}
	ResourceMessageNotAssistant = &apierr.Error{
		Code: "RESOURCE_MESSAGE_NOT_ASSISTANT", Status: 422,
		Message: "The message is not one of the assistant's",
		Doc:     "Feedback and metadata can be set on messages of the assistant only.",
	}
)

// The rate limit is used up, or the server failed.
var (
	RateLimitTooManyRequests = &apierr.Error{
		Code: "RATE_LIMIT_TOO_MANY_REQUESTS", Status: 429,
		Message: "Too many requests",
		Doc:     "The rate limit is used up. The Retry-After header says how many seconds to wait.",
	}
	InternalServerError = &apierr.Error{
		Code: "INTERNAL_SERVER_ERROR", Status: 500,
		Message: "An unexpected error occurred",
		Doc:     "The server failed. If it persists, contact support with the x-request-id of the response.",
	}
)

// catalogue lists the 21 codes in the order of the published table.
func catalogue() []*apierr.Error {
	return []*apierr.Error{
		ValidationInvalidBody, ValidationInvalidJSON, ChatRetryNoUserMessage,
		AuthMissingAPIKey, AuthInvalidAPIKey, AuthExpiredAPIKey,
		ChatCreditsExhausted, ChatAgentCreditsExhausted,
		SubscriptionPlanRequired, AuthInsufficientPermissions, ChatModelNotAllowed, ChatConversationMismatch,
		ChatConversationNotOngoing,
		AgentNotFound, ResourceNotFound, ResourceMessageNotFound, ResourceMessageNotAssistant, ChatRetryMessageNotFound,
		RateLimitTooManyRequests,
		InternalServerError, ChatStreamingError,
	}
}
