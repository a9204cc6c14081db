package polyai

import "github.com/failwell/failwell/apierr"

// catalogue lists the 64 codes in the order of the published tables.
func catalogue() []*apierr.Error {
	return []*apierr.Error{
		SchemaValidationFailed,
		AuthUserNotFound, AuthUserUnauthorised, AuthUserInvalidToken, UserAccessForbidden, ExternalUserForbidden,
		AccountInsufficientPermissions,
		ConversationsNotFound, ConversationsValidationFailed, ConversationsRecordingNotFound,
		GetConversationsFilterParseError, GetConversationsInvalidSortParameter,
		ChatDraftNotExist, ChatTimeout, ChatDraftDeploymentFailed, ChatConversationEnded,
		DeploymentNotFound, DeploymentsAlreadyPublished, DeploymentsEnvironmentAlreadyPublished,
		DeploymentsValidationFailed, DeploymentsInvalidEnvironment, ErrPreReleaseNotReady,
		FlowNotFound, FlowsNameAlreadyExists, FlowsFunctionNameAlreadyExists, FlowsReservedParameterName,
		FlowsReservedFunctionName,
		FunctionNotFound, FunctionsDeploymentHasErrors, FunctionExecutionFailed, FunctionFailedToParse,
		FunctionNameAlreadyExists, FunctionsReservedName,
		KnowledgeBaseTopicAlreadyExists, KnowledgeBaseImportNoCSVFound, KnowledgeBaseImportInvalidType,
		KnowledgeBaseImportMissingColumns, KnowledgeBaseTopicsInvalid, KnowledgeBaseRichTextInvalid,
		PhoneNumbersNotFound, PhoneNumbersAlreadyExists, PhoneNumbersInvalidPhoneNumberFormat,
		PhoneNumbersConnectorDoesNotExist, ConnectorsNotFound, ConnectorsValidationFailed,
		VariantsBadAttributesError, VariantsDuplicateNameError, VariantsRemoveDefaultError,
		VariantsImportInvalidDelimiter, VariantImportMissingColumnsHTTP, VariantImportDuplicateColumnsHTTP,
		RealTimeConfigForbiddenAccess, RealTimeConfigInvalidForSchema, RealTimeConfigInvalidSchema,
		RealTimeConfigUnknownClientEnvironment,
		AccountNotFound, AccountCreateInvalidID, AccountCreateExistingID, ProjectNotFound, ProjectIDAlreadyExists,
		ProjectIDInvalid,
		SMSTemplateNotFound,
		MissingTestCasesHTTP, NoTestCasesHTTP,
	}
}
