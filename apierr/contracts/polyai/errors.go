package polyai

import "github.com/failwell/failwell/apierr"

// Every body and parameter.
var (
	// It is only in the source's example, without a status; 400 is the page's
	// status for bodies that fail validation.
	SchemaValidationFailed = &apierr.Error{
		Code: "SCHEMA_VALIDATION_FAILED", ID: 1, Status: 400,
		Message: "Request body failed schema validation.",
		Doc:     "The body or a parameter is not what the endpoint takes. The message names the first field at fault.",
	}
)

// Authentication and authorization.
var (
	// The source has 404, though it is about credentials.
	AuthUserNotFound = &apierr.Error{
		Code: "AUTH_USER_NOT_FOUND", ID: 3001, Status: 404,
		Message: "The user is not known.",
		Doc:     "The authentication system has no such user.",
	}
	AuthUserUnauthorised = &apierr.Error{
		Code: "AUTH_USER_UNAUTHORISED", ID: 3002, Status: 401,
		Message: "The credentials are missing or not valid.",
		Doc:     "No x-api-key came, or the session is over. Sign in again.",
	}
	AuthUserInvalidToken = &apierr.Error{
		Code: "AUTH_USER_INVALID_TOKEN", ID: 3003, Status: 401,
		Message: "The API key or token is not valid.",
		Doc:     "The token cannot be read, has expired or was revoked. Use a new one.",
	}
	UserAccessForbidden = &apierr.Error{
		Code: "USER_ACCESS_FORBIDDEN", ID: 2, Status: 403,
		Message: "You are not allowed to do this.",
		Doc:     "The user is known and lacks the permission for this action.",
	}
	ExternalUserForbidden = &apierr.Error{
		Code: "EXTERNAL_USER_FORBIDDEN", ID: 3, Status: 403,
		Message: "External users are not allowed to do this.",
		Doc:     "The privileges of an external user do not go this far.",
	}
	AccountInsufficientPermissions = &apierr.Error{
		Code: "ACCOUNT_INSUFFICIENT_PERMISSIONS", ID: 1003, Status: 403,
		Message: "You are not allowed to do this in the account.",
		Doc:     "The operation is on an account and asks for a permission in it.",
	}
)

// Conversations.
var (
	ConversationsNotFound = &apierr.Error{
		Code: "CONVERSATIONS_NOT_FOUND", ID: 5001, Status: 404,
		Message: "The conversation does not exist.",
		Doc:     "No conversation has this ID.",
	}
	ConversationsValidationFailed = &apierr.Error{
		Code: "CONVERSATIONS_VALIDATION_FAILED", ID: 5002, Status: 400,
		Message: "The conversation is not valid.",
		Doc:     "The body for a conversation breaks a rule; the message names the field.",
	}
	ConversationsRecordingNotFound = &apierr.Error{
		Code: "CONVERSATIONS_RECORDING_NOT_FOUND", ID: 5003, Status: 404,
		Message: "The conversation has no recording.",
		Doc:     "The conversation exists; no audio of it does.",
	}
	GetConversationsFilterParseError = &apierr.Error{
		Code: "GET_CONVERSATIONS_FILTER_PARSE_ERROR", Status: 400,
		Message: "The filter cannot be read.",
		Doc:     "The filter expression has a mistake in its syntax.",
	}
	GetConversationsInvalidSortParameter = &apierr.Error{
		Code: "GET_CONVERSATIONS_INVALID_SORT_PARAMETER", Status: 400,
		Message: "Conversations cannot be sorted by this field.",
		Doc:     "Sort by one of the fields that the endpoint lists.",
	}
)

// Chat.
var (
	// 400, as the source has it, not 404.
	ChatDraftNotExist = &apierr.Error{
		Code: "CHAT_DRAFT_NOT_EXIST", ID: 4001, Status: 400,
		Message: "The draft does not exist.",
		Doc:     "There is no such draft to chat with.",
	}
	// 400, as the source has it, not 408.
	ChatTimeout = &apierr.Error{
		Code: "CHAT_TIMEOUT", ID: 4002, Status: 400,
		Message: "The chat has run out of time.",
		Doc:     "The chat session was open longer than it may be. Begin a new one.",
	}
	ChatDraftDeploymentFailed = &apierr.Error{
		Code: "CHAT_DRAFT_DEPLOYMENT_FAILED", ID: 4003, Status: 500,
		Message: "The draft could not be deployed.",
		Doc:     "A draft is deployed before a chat with it starts, and that failed. Try again.",
	}
	ChatConversationEnded = &apierr.Error{
		Code: "ChatConversationEnded", Status: 410,
		Message: "The conversation has ended.",
		Doc:     "An ended conversation takes no more messages. Begin a new one.",
	}
)

// Deployments.
var (
	DeploymentNotFound = &apierr.Error{
		Code: "DEPLOYMENT_NOT_FOUND", ID: 6001, Status: 404,
		Message: "The deployment does not exist.",
		Doc:     "No deployment has this ID.",
	}
	DeploymentsAlreadyPublished = &apierr.Error{
		Code: "DEPLOYMENTS_ALREADY_PUBLISHED", ID: 6009, Status: 409,
		Message: "The draft is already published there.",
		Doc:     "The target environment has this draft. There is nothing to do.",
	}
	// An error with a status of success: the source has it so.
	DeploymentsEnvironmentAlreadyPublished = &apierr.Error{
		Code: "DEPLOYMENTS_ENVIRONMENT_ALREADY_PUBLISHED", ID: 6002, Status: 200,
		Message: "The environment already has this version.",
		Doc:     "Publishing the same version again changes nothing, and succeeds.",
	}
	DeploymentsValidationFailed = &apierr.Error{
		Code: "DEPLOYMENTS_VALIDATION_FAILED", ID: 6007, Status: 400,
		Message: "The deployment is not valid.",
		Doc:     "The body for a deployment breaks a rule; the message names the field.",
	}
	DeploymentsInvalidEnvironment = &apierr.Error{
		Code: "DEPLOYMENTS_INVALID_ENVIRONMENT", ID: 6008, Status: 400,
		Message: "The environment is missing or not valid.",
		Doc:     "Name an environment that exists in the query.",
	}
	ErrPreReleaseNotReady = &apierr.Error{
		Code: "ErrPreReleaseNotReady", Status: 412,
		Message: "The version is not on pre-release yet.",
		Doc:     "What goes live has to be deployed to pre-release first.",
	}
)

// Flows.
var (
	FlowNotFound = &apierr.Error{
		Code: "FLOW_NOT_FOUND", ID: 8001, Status: 404,
		Message: "The flow does not exist.",
		Doc:     "No flow has this ID.",
	}
	FlowsNameAlreadyExists = &apierr.Error{
		Code: "FLOWS_NAME_ALREADY_EXISTS", ID: 8003, Status: 409,
		Message: "A flow has this name already.",
		Doc:     "Flows have names of their own. Choose another.",
	}
	FlowsFunctionNameAlreadyExists = &apierr.Error{
		Code: "FLOWS_FUNCTION_NAME_ALREADY_EXISTS", ID: 8004, Status: 409,
		Message: "A function of the flow has this name already.",
		Doc:     "Within a flow the functions have names of their own.",
	}
	FlowsReservedParameterName = &apierr.Error{
		Code: "FLOWS_RESERVED_PARAMETER_NAME", ID: 8005, Status: 400,
		Message: "The parameter name is reserved.",
		Doc:     "The platform uses the name itself. Choose another.",
	}
	FlowsReservedFunctionName = &apierr.Error{
		Code: "FLOWS_RESERVED_FUNCTION_NAME", ID: 8006, Status: 400,
		Message: "The function name is reserved in flows.",
		Doc:     "The platform uses the name itself. Choose another.",
	}
)

// Functions.
var (
	FunctionNotFound = &apierr.Error{
		Code: "FUNCTION_NOT_FOUND", ID: 9001, Status: 404,
		Message: "The function does not exist.",
		Doc:     "No function has this ID.",
	}
	FunctionsDeploymentHasErrors = &apierr.Error{
		Code: "FUNCTIONS_DEPLOYMENT_HAS_ERRORS", ID: 9004, Status: 400,
		Message: "The function has errors and cannot be deployed.",
		Doc:     "Correct the code, then deploy again.",
	}
	FunctionExecutionFailed = &apierr.Error{
		Code: "FUNCTION_EXECUTION_FAILED", ID: 9006, Status: 400,
		Message: "The function failed while it ran.",
		Doc:     "Its code raised an error, which the function's own log has.",
	}
	FunctionFailedToParse = &apierr.Error{
		Code: "FUNCTION_FAILED_TO_PARSE", ID: 9007, Status: 400,
		Message: "The function's code cannot be parsed.",
		Doc:     "The source has a syntax error.",
	}
	FunctionNameAlreadyExists = &apierr.Error{
		Code: "FUNCTION_NAME_ALREADY_EXISTS", ID: 9009, Status: 409,
		Message: "A function has this name already.",
		Doc:     "Functions have names of their own. Choose another.",
	}
	FunctionsReservedName = &apierr.Error{
		Code: "FUNCTIONS_RESERVED_NAME", ID: 9010, Status: 400,
		Message: "The function name is reserved.",
		Doc:     "The platform uses the name itself. Choose another.",
	}
)

// Knowledge base.
var (
	KnowledgeBaseTopicAlreadyExists = &apierr.Error{
		Code: "KNOWLEDGE_BASE_TOPIC_ALREADY_EXISTS", ID: 11001, Status: 409,
		Message: "A topic has this name already.",
		Doc:     "Topics have names of their own. Choose another.",
	}
	KnowledgeBaseImportNoCSVFound = &apierr.Error{
		Code: "KNOWLEDGE_BASE_IMPORT_NO_CSV_FOUND", ID: 11002, Status: 400,
		Message: "The import has no CSV file.",
		Doc:     "Send the file as a part of a multipart form.",
	}
	KnowledgeBaseImportInvalidType = &apierr.Error{
		Code: "KNOWLEDGE_BASE_IMPORT_INVALID_TYPE", ID: 11003, Status: 415,
		Message: "The file type is not supported.",
		Doc:     "The import takes CSV files.",
	}
	KnowledgeBaseImportMissingColumns = &apierr.Error{
		Code: "KNOWLEDGE_BASE_IMPORT_MISSING_COLUMNS", ID: 11004, Status: 400,
		Message: "The CSV lacks required columns.",
		Doc:     "The first line has to name every required column.",
	}
	KnowledgeBaseTopicsInvalid = &apierr.Error{
		Code: "KNOWLEDGE_BASE_TOPICS_INVALID", ID: 11005, Status: 400,
		Message: "The topics are not valid.",
		Doc:     "A topic breaks a rule; the message names it.",
	}
	KnowledgeBaseRichTextInvalid = &apierr.Error{
		Code: "KNOWLEDGE_BASE_RICH_TEXT_INVALID", ID: 11006, Status: 400,
		Message: "The rich text is not valid.",
		Doc:     "The markup is malformed, or refers to something that does not exist.",
	}
)

// Phone numbers and connectors.
var (
	PhoneNumbersNotFound = &apierr.Error{
		Code: "PHONE_NUMBERS_NOT_FOUND", ID: 14006, Status: 404,
		Message: "The phone number does not exist.",
		Doc:     "The project has no such number.",
	}
	PhoneNumbersAlreadyExists = &apierr.Error{
		Code: "PHONE_NUMBERS_ALREADY_EXISTS", ID: 14007, Status: 409,
		Message: "The phone number is already imported.",
		Doc:     "A number is imported once.",
	}
	PhoneNumbersInvalidPhoneNumberFormat = &apierr.Error{
		Code: "PHONE_NUMBERS_INVALID_PHONE_NUMBER_FORMAT", ID: 14003, Status: 400,
		Message: "The phone number is not in E.164 form.",
		Doc:     "Write it as +, country code and number, without spaces.",
	}
	PhoneNumbersConnectorDoesNotExist = &apierr.Error{
		Code: "PHONE_NUMBERS_CONNECTOR_DOES_NOT_EXIST", ID: 14005, Status: 404,
		Message: "The phone number's connector does not exist.",
		Doc:     "Make the connector first, or name another.",
	}
	ConnectorsNotFound = &apierr.Error{
		Code: "CONNECTORS_NOT_FOUND", ID: 14100, Status: 404,
		Message: "The connector does not exist.",
		Doc:     "No connector has this ID.",
	}
	ConnectorsValidationFailed = &apierr.Error{
		Code: "CONNECTORS_VALIDATION_FAILED", ID: 14101, Status: 400,
		Message: "The connector is not valid.",
		Doc:     "The body for a connector breaks a rule; the message names the field.",
	}
)

// Variants.
var (
	VariantsBadAttributesError = &apierr.Error{
		Code: "VARIANTS_BAD_ATTRIBUTES_ERROR", ID: 26001, Status: 400,
		Message: "The attributes do not fit the schema.",
		Doc:     "A value is not of the kind that the variant's schema asks for.",
	}
	VariantsDuplicateNameError = &apierr.Error{
		Code: "VARIANTS_DUPLICATE_NAME_ERROR", ID: 26002, Status: 409,
		Message: "A variant has this name already.",
		Doc:     "Variants have names of their own. Choose another.",
	}
	VariantsRemoveDefaultError = &apierr.Error{
		Code: "VARIANTS_REMOVE_DEFAULT_ERROR", ID: 26003, Status: 400,
		Message: "The default variant cannot be removed.",
		Doc:     "Make another variant the default first.",
	}
	VariantsImportInvalidDelimiter = &apierr.Error{
		Code: "VariantsImportInvalidDelimiter", Status: 400,
		Message: "The CSV's delimiter is not recognised.",
		Doc:     "Divide the columns by commas.",
	}
	VariantImportMissingColumnsHTTP = &apierr.Error{
		Code: "VariantImportMissingColumnsHttp", Status: 400,
		Message: "The CSV of variants lacks required columns.",
		Doc:     "The first line has to name every required column.",
	}
	VariantImportDuplicateColumnsHTTP = &apierr.Error{
		Code: "VariantImportDuplicateColumnsHttp", Status: 400,
		Message: "The CSV of variants names a column twice.",
		Doc:     "Every column has a name of its own.",
	}
)

// Real-time configuration.
var (
	RealTimeConfigForbiddenAccess = &apierr.Error{
		Code: "REAL_TIME_CONFIG_FORBIDDEN_ACCESS", ID: 29001, Status: 403,
		Message: "You are not allowed to use real-time configs.",
		Doc:     "The credentials do not cover real-time configuration.",
	}
	RealTimeConfigInvalidForSchema = &apierr.Error{
		Code: "REAL_TIME_CONFIG_INVALID_FOR_SCHEMA", ID: 29002, Status: 400,
		Message: "The config does not fit its schema.",
		Doc:     "A value breaks a rule of the project's JSON Schema.",
	}
	RealTimeConfigInvalidSchema = &apierr.Error{
		Code: "REAL_TIME_CONFIG_INVALID_SCHEMA", ID: 29004, Status: 400,
		Message: "The schema is not a valid JSON Schema.",
		Doc:     "Correct the schema before sending it again.",
	}
	RealTimeConfigUnknownClientEnvironment = &apierr.Error{
		Code: "REAL_TIME_CONFIG_UNKNOWN_CLIENT_ENVIRONMENT", ID: 29006, Status: 400,
		Message: "The client environment is not known.",
		Doc:     "It is sandbox, pre-release or live.",
	}
)

// Accounts and projects.
var (
	AccountNotFound = &apierr.Error{
		Code: "ACCOUNT_NOT_FOUND", ID: 1002, Status: 404,
		Message: "The account does not exist.",
		Doc:     "No account has this ID.",
	}
	AccountCreateInvalidID = &apierr.Error{
		Code: "ACCOUNT_CREATE_INVALID_ID", ID: 1004, Status: 400,
		Message: "The account ID cannot be used.",
		Doc:     "It has other characters than letters and digits, or is too like an ID that exists.",
	}
	AccountCreateExistingID = &apierr.Error{
		Code: "ACCOUNT_CREATE_EXISTING_ID", ID: 1006, Status: 409,
		Message: "The account ID is taken.",
		Doc:     "Choose another ID.",
	}
	ProjectNotFound = &apierr.Error{
		Code: "PROJECT_NOT_FOUND", ID: 15001, Status: 404,
		Message: "The project does not exist.",
		Doc:     "No project has this ID.",
	}
	ProjectIDAlreadyExists = &apierr.Error{
		Code: "PROJECT_ID_ALREADY_EXISTS", ID: 15005, Status: 409,
		Message: "The project ID is taken.",
		Doc:     "Choose another ID.",
	}
	ProjectIDInvalid = &apierr.Error{
		Code: "PROJECT_ID_INVALID", ID: 15006, Status: 400,
		Message: "The project ID is not valid.",
		Doc:     "It is not of the form that project IDs have.",
	}
)

// SMS.
var (
	SMSTemplateNotFound = &apierr.Error{
		Code: "SMS_TEMPLATE_NOT_FOUND", ID: 20001, Status: 404,
		Message: "The SMS template does not exist.",
		Doc:     "No SMS template has this ID.",
	}
)

// Test suite.
var (
	MissingTestCasesHTTP = &apierr.Error{
		Code: "MissingTestCasesHttp", Status: 422,
		Message: "Some of the test cases do not exist.",
		Doc:     "At least one of the IDs names no test case.",
	}
	NoTestCasesHTTP = &apierr.Error{
		Code: "NoTestCasesHttp", Status: 422,
		Message: "The project has no test cases.",
		Doc:     "Write a test case before running the suite.",
	}
)
