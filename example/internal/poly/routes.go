package poly

import (
	"net/http"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/example/internal/answer"
)

// Register adds the routes.
func (a *API) Register(mux *http.ServeMux) {
	handle := func(pattern string, h apierr.HandlerFunc) { mux.Handle(pattern, a.authenticate(a.limit(h))) }
	const p = "/v1/projects/{projectId}"

	mux.HandleFunc("GET /healthz", answer.Healthy)
	handle("GET /ws", a.talk)

	handle("GET /v1/accounts/{accountId}", a.readAccount)
	handle("POST /v1/accounts", a.createAccount)
	handle("POST /v1/accounts/{accountId}/projects", a.createProject)

	handle("GET "+p+"/conversations", get(a, listConversations))
	handle("POST "+p+"/conversations", post(a, writing, polyai.ConversationsValidationFailed, startConversation))
	handle("GET "+p+"/conversations/{id}", get(a, readConversation))
	handle("GET "+p+"/conversations/{id}/recording", get(a, readRecording))
	handle("POST "+p+"/conversations/{id}/messages", post(a, writing, nil, say))

	handle("GET "+p+"/deployments/{id}", get(a, readDeployment))
	handle("POST "+p+"/deployments", post(a, deploying, polyai.DeploymentsValidationFailed, publish))
	handle("POST "+p+"/deployments/{id}/promote", post(a, deploying, polyai.DeploymentsValidationFailed, promote))

	handle("GET "+p+"/flows/{id}", get(a, readFlow))
	handle("POST "+p+"/flows", post(a, writing, nil, createFlow))
	handle("POST "+p+"/flows/{id}/functions", post(a, writing, nil, createFlowFunction))

	handle("GET "+p+"/functions/{id}", get(a, readFunction))
	handle("POST "+p+"/functions", post(a, writing, nil, createFunction))
	handle("POST "+p+"/functions/{id}/run", post(a, writing, nil, runFunction))

	handle("POST "+p+"/knowledge-base/topics", post(a, writing, polyai.KnowledgeBaseTopicsInvalid, createTopic))
	handle("POST "+p+"/knowledge-base/import", upload(a, readTopics, importTopics))

	handle("GET "+p+"/phone-numbers/{number}", get(a, readPhone))
	handle("POST "+p+"/phone-numbers", post(a, writing, nil, createPhone))
	handle("GET "+p+"/connectors/{id}", get(a, readConnector))
	handle("POST "+p+"/connectors", post(a, writing, polyai.ConnectorsValidationFailed, createConnector))

	handle("POST "+p+"/variants", post(a, writing, nil, createVariant))
	handle("DELETE "+p+"/variants/{name}", remove(a, deleteVariant))
	handle("POST "+p+"/variants/import", upload(a, readVariants, importVariants))

	handle("PUT "+p+"/real-time-config/schema", post(a, configuring, nil, putSchema))
	handle("PUT "+p+"/real-time-config/{environment}", post(a, configuring, nil, putConfig))

	handle("GET "+p+"/sms-templates/{id}", get(a, readTemplate))
	handle("POST "+p+"/test-suite/run", post(a, writing, nil, runTests))
}
