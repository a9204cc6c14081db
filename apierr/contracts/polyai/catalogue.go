package polyai

import "github.com/failwell/failwell/apierr"

// sections are the published tables with their 64 codes. The first is ours: the
// source has its code in an example only.
func sections() []apierr.Section {
	return []apierr.Section{
		{Title: "Every endpoint", Errors: []*apierr.Error{
			SchemaValidationFailed,
		}},
		{Title: "Authentication and authorization", Errors: []*apierr.Error{
			AuthUserNotFound, AuthUserUnauthorised, AuthUserInvalidToken, UserAccessForbidden,
			ExternalUserForbidden, AccountInsufficientPermissions,
		}},
		{Title: "Conversations", Errors: []*apierr.Error{
			ConversationsNotFound, ConversationsValidationFailed, ConversationsRecordingNotFound,
			GetConversationsFilterParseError, GetConversationsInvalidSortParameter,
		}},
		{Title: "Chat", Errors: []*apierr.Error{
			ChatDraftNotExist, ChatTimeout, ChatDraftDeploymentFailed, ChatConversationEnded,
		}},
		{Title: "Deployments", Errors: []*apierr.Error{
			DeploymentNotFound, DeploymentsAlreadyPublished, DeploymentsEnvironmentAlreadyPublished,
			DeploymentsValidationFailed, DeploymentsInvalidEnvironment, ErrPreReleaseNotReady,
		}},
		{Title: "Flows", Errors: []*apierr.Error{
			FlowNotFound, FlowsNameAlreadyExists, FlowsFunctionNameAlreadyExists, FlowsReservedParameterName,
			FlowsReservedFunctionName,
		}},
		{Title: "Functions", Errors: []*apierr.Error{
			FunctionNotFound, FunctionsDeploymentHasErrors, FunctionExecutionFailed, FunctionFailedToParse,
			FunctionNameAlreadyExists, FunctionsReservedName,
		}},
		{Title: "Knowledge base", Errors: []*apierr.Error{
			KnowledgeBaseTopicAlreadyExists, KnowledgeBaseImportNoCSVFound, KnowledgeBaseImportInvalidType,
			KnowledgeBaseImportMissingColumns, KnowledgeBaseTopicsInvalid, KnowledgeBaseRichTextInvalid,
		}},
		{Title: "Phone numbers and connectors", Errors: []*apierr.Error{
			PhoneNumbersNotFound, PhoneNumbersAlreadyExists, PhoneNumbersInvalidPhoneNumberFormat,
			PhoneNumbersConnectorDoesNotExist, ConnectorsNotFound, ConnectorsValidationFailed,
		}},
		{Title: "Variants", Errors: []*apierr.Error{
			VariantsBadAttributesError, VariantsDuplicateNameError, VariantsRemoveDefaultError,
			VariantsImportInvalidDelimiter, VariantImportMissingColumnsHTTP, VariantImportDuplicateColumnsHTTP,
		}},
		{Title: "Real-time configuration", Errors: []*apierr.Error{
			RealTimeConfigForbiddenAccess, RealTimeConfigInvalidForSchema, RealTimeConfigInvalidSchema,
			RealTimeConfigUnknownClientEnvironment,
		}},
		{Title: "Accounts and projects", Errors: []*apierr.Error{
			AccountNotFound, AccountCreateInvalidID, AccountCreateExistingID, ProjectNotFound,
			ProjectIDAlreadyExists, ProjectIDInvalid,
		}},
		{Title: "SMS", Errors: []*apierr.Error{
			SMSTemplateNotFound,
		}},
		{Title: "Test suite", Errors: []*apierr.Error{
			MissingTestCasesHTTP, NoTestCasesHTTP,
		}},
	}
}
