package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr/contracts/polyai"
)

const demoProject = "/v1/projects/demo"

// What PolyAI has published, each code by using the API.
var polyaiRows = []row{
	// It works.
	{"GET", "/healthz", "", "", 200, ""},
	{"GET", demoProject + "/conversations", "viewer-key", "", 200, ""},
	{"GET", demoProject + "/conversations?filter=duration%3E60+and+channel=voice&sort=-duration", "viewer-key", "", 200, ""},
	{"GET", demoProject + "/conversations/conv-1/recording", "viewer-key", "", 200, ""},
	{"POST", demoProject + "/functions/fn-total/run", "editor-key", `{"arguments":{"price":3,"count":4}}`, 200, ""},
	{"POST", demoProject + "/test-suite/run", "editor-key", `{}`, 200, ""},
	{"PUT", demoProject + "/real-time-config/live", "YOUR_API_KEY", `{"seats":12}`, 200, ""},

	// Authentication and authorization.
	{"GET", demoProject + "/conversations", "", "", 401, "AUTH_USER_UNAUTHORISED"},
	{"GET", demoProject + "/conversations", "somebody's-key", "", 401, "AUTH_USER_INVALID_TOKEN"},
	{"GET", demoProject + "/conversations", "expired-key", "", 401, "AUTH_USER_INVALID_TOKEN"},
	{"GET", demoProject + "/conversations", "former-user-key", "", 404, "AUTH_USER_NOT_FOUND"},
	{"POST", demoProject + "/flows", "viewer-key", `{"name":"x"}`, 403, "USER_ACCESS_FORBIDDEN"},
	{"POST", demoProject + "/deployments?environment=live", "external-key", `{"draft_id":"draft-2"}`, 403, "EXTERNAL_USER_FORBIDDEN"},
	{"POST", "/v1/accounts", "editor-key", `{"id":"beta","name":"Beta"}`, 403, "ACCOUNT_INSUFFICIENT_PERMISSIONS"},

	// The body, where a group has no code of its own.
	{"POST", demoProject + "/flows", "editor-key", `{"name":`, 400, "SCHEMA_VALIDATION_FAILED"},
	{"POST", demoProject + "/flows", "editor-key", `{}`, 400, "SCHEMA_VALIDATION_FAILED"},
	{"GET", demoProject + "/conversations?limit=ten", "viewer-key", "", 400, "SCHEMA_VALIDATION_FAILED"},
	{"GET", demoProject + "/conversations?limit=101", "viewer-key", "", 400, "SCHEMA_VALIDATION_FAILED"},
	{"GET", demoProject + "/conversations?limit=%zz", "viewer-key", "", 400, "SCHEMA_VALIDATION_FAILED"},

	// Conversations.
	{"GET", demoProject + "/conversations/conv-nothing", "viewer-key", "", 404, "CONVERSATIONS_NOT_FOUND"},
	{"POST", demoProject + "/conversations", "editor-key", `{"channel":"smoke"}`, 400, "CONVERSATIONS_VALIDATION_FAILED"},
	{"GET", demoProject + "/conversations/conv-2/recording", "viewer-key", "", 404, "CONVERSATIONS_RECORDING_NOT_FOUND"},
	{"GET", demoProject + "/conversations?filter=duration%3E%3E60", "viewer-key", "", 400, "GET_CONVERSATIONS_FILTER_PARSE_ERROR"},
	{"GET", demoProject + "/conversations?filter=mood=good", "viewer-key", "", 400, "GET_CONVERSATIONS_FILTER_PARSE_ERROR"},
	{"GET", demoProject + "/conversations?sort=mood", "viewer-key", "", 400, "GET_CONVERSATIONS_INVALID_SORT_PARAMETER"},

	// Chat.
	{"POST", demoProject + "/conversations", "editor-key", `{"channel":"chat","draft_id":"draft-9"}`, 400, "CHAT_DRAFT_NOT_EXIST"},
	{"POST", demoProject + "/conversations", "editor-key", `{"channel":"chat","draft_id":"draft-broken"}`, 500, "CHAT_DRAFT_DEPLOYMENT_FAILED"},
	{"POST", demoProject + "/conversations/conv-forgotten/messages", "editor-key", `{"text":"Hello?"}`, 400, "CHAT_TIMEOUT"},
	{"POST", demoProject + "/conversations/conv-1/messages", "editor-key", `{"text":"Hello?"}`, 410, "ChatConversationEnded"},

	// Deployments.
	{"GET", demoProject + "/deployments/dep-9", "viewer-key", "", 404, "DEPLOYMENT_NOT_FOUND"},
	{"POST", demoProject + "/deployments?environment=sandbox", "editor-key", `{"draft_id":"draft-1"}`, 409, "DEPLOYMENTS_ALREADY_PUBLISHED"},
	{"POST", demoProject + "/deployments/dep-1/promote?environment=pre-release", "editor-key", `{}`, 200, "DEPLOYMENTS_ENVIRONMENT_ALREADY_PUBLISHED"},
	{"POST", demoProject + "/deployments?environment=sandbox", "editor-key", `{"draft_id":"draft-9"}`, 400, "DEPLOYMENTS_VALIDATION_FAILED"},
	{"POST", demoProject + "/deployments?environment=sandbox", "editor-key", `{"draft":"draft-2"}`, 400, "DEPLOYMENTS_VALIDATION_FAILED"},
	{"POST", demoProject + "/deployments?environment=moon", "editor-key", `{"draft_id":"draft-1"}`, 400, "DEPLOYMENTS_INVALID_ENVIRONMENT"},
	{"POST", demoProject + "/deployments/dep-2/promote?environment=live", "editor-key", `{}`, 412, "ErrPreReleaseNotReady"},
	{"POST", demoProject + "/deployments/dep-1/promote?environment=live", "editor-key", `{"note":"it was tried"}`, 200, ""},
	{"POST", demoProject + "/deployments?environment=pre-release", "editor-key", `{"draft_id":"draft-2"}`, 200, ""},

	// Flows.
	{"POST", demoProject + "/flows/flow-9/functions", "editor-key", `{"name":"x","code":"1"}`, 404, "FLOW_NOT_FOUND"},
	{"POST", demoProject + "/flows", "editor-key", `{"name":"booking"}`, 409, "FLOWS_NAME_ALREADY_EXISTS"},
	{"POST", demoProject + "/flows/flow-booking/functions", "editor-key", `{"name":"find_table","code":"1"}`, 409, "FLOWS_FUNCTION_NAME_ALREADY_EXISTS"},
	{"POST", demoProject + "/flows/flow-booking/functions", "editor-key", `{"name":"x","code":"1","parameters":["conv"]}`, 400, "FLOWS_RESERVED_PARAMETER_NAME"},
	{"POST", demoProject + "/flows/flow-booking/functions", "editor-key", `{"name":"end_function","code":"1"}`, 400, "FLOWS_RESERVED_FUNCTION_NAME"},

	// Functions.
	{"GET", demoProject + "/functions/fn-9", "viewer-key", "", 404, "FUNCTION_NOT_FOUND"},
	{"POST", demoProject + "/deployments?environment=sandbox", "editor-key", `{"draft_id":"draft-broken"}`, 400, "FUNCTIONS_DEPLOYMENT_HAS_ERRORS"},
	{"POST", demoProject + "/functions/fn-share/run", "editor-key", `{"arguments":{"sum":7,"people":0}}`, 400, "FUNCTION_EXECUTION_FAILED"},
	{"POST", demoProject + "/functions", "editor-key", `{"name":"x","code":"1 +"}`, 400, "FUNCTION_FAILED_TO_PARSE"},
	{"POST", demoProject + "/functions", "editor-key", `{"name":"total","code":"1"}`, 409, "FUNCTION_NAME_ALREADY_EXISTS"},
	{"POST", demoProject + "/functions", "editor-key", `{"name":"start_function","code":"1"}`, 400, "FUNCTIONS_RESERVED_NAME"},

	// Knowledge base; the rest is uploaded, below.
	{"POST", demoProject + "/knowledge-base/topics", "editor-key", `{"name":"opening hours","content":"x"}`, 409, "KNOWLEDGE_BASE_TOPIC_ALREADY_EXISTS"},
	{"POST", demoProject + "/knowledge-base/topics", "editor-key", `{"name":"prices"}`, 400, "KNOWLEDGE_BASE_TOPICS_INVALID"},
	{"POST", demoProject + "/knowledge-base/topics", "editor-key", `{"name":"prices","content":"ask {{fn:fn-9}}"}`, 400, "KNOWLEDGE_BASE_RICH_TEXT_INVALID"},
	{"POST", demoProject + "/knowledge-base/topics", "editor-key", `{"name":"prices","content":"ask {{fn:fn-total"}`, 400, "KNOWLEDGE_BASE_RICH_TEXT_INVALID"},
	{"POST", demoProject + "/knowledge-base/topics", "editor-key", `{"name":"prices","content":"ask {{fn:fn-total}}"}`, 200, ""},

	// Phone numbers and connectors.
	{"GET", demoProject + "/phone-numbers/+15550001", "viewer-key", "", 404, "PHONE_NUMBERS_NOT_FOUND"},
	{"POST", demoProject + "/phone-numbers", "editor-key", `{"number":"+442071234567","connector_id":"con-sip"}`, 409, "PHONE_NUMBERS_ALREADY_EXISTS"},
	{"POST", demoProject + "/phone-numbers", "editor-key", `{"number":"020 7123","connector_id":"con-sip"}`, 400, "PHONE_NUMBERS_INVALID_PHONE_NUMBER_FORMAT"},
	{"POST", demoProject + "/phone-numbers", "editor-key", `{"number":"+442071234568","connector_id":"con-9"}`, 404, "PHONE_NUMBERS_CONNECTOR_DOES_NOT_EXIST"},
	{"GET", demoProject + "/connectors/con-9", "viewer-key", "", 404, "CONNECTORS_NOT_FOUND"},
	{"POST", demoProject + "/connectors", "editor-key", `{"name":"x","kind":"pigeon","host":"a"}`, 400, "CONNECTORS_VALIDATION_FAILED"},

	// Variants; the rest is uploaded, below.
	{"POST", demoProject + "/variants", "editor-key", `{"name":"north","attributes":{"language":"xx"}}`, 400, "VARIANTS_BAD_ATTRIBUTES_ERROR"},
	{"POST", demoProject + "/variants", "editor-key", `{"name":"default"}`, 409, "VARIANTS_DUPLICATE_NAME_ERROR"},
	{"DELETE", demoProject + "/variants/default", "editor-key", "", 400, "VARIANTS_REMOVE_DEFAULT_ERROR"},
	{"DELETE", demoProject + "/variants/nothing", "editor-key", "", 404, "NOT_FOUND"},

	// Real-time configuration.
	{"PUT", demoProject + "/real-time-config/live", "editor-key", `{"seats":12}`, 403, "REAL_TIME_CONFIG_FORBIDDEN_ACCESS"},
	{"PUT", demoProject + "/real-time-config/live", "YOUR_API_KEY", `{"seats":"many"}`, 400, "REAL_TIME_CONFIG_INVALID_FOR_SCHEMA"},
	{"PUT", demoProject + "/real-time-config/schema", "YOUR_API_KEY", `{"type":"chair"}`, 400, "REAL_TIME_CONFIG_INVALID_SCHEMA"},
	{"PUT", demoProject + "/real-time-config/schema", "YOUR_API_KEY", `{"$ref":"file:///etc/passwd"}`, 400, "REAL_TIME_CONFIG_INVALID_SCHEMA"},
	// What a schema and a document may cost is bounded.
	{"PUT", demoProject + "/real-time-config/schema", "YOUR_API_KEY", `{"$defs":{"a":{"items":{"allOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/a"}]}}},"$ref":"#/$defs/a"}`, 400, "REAL_TIME_CONFIG_INVALID_SCHEMA"},
	{"PUT", demoProject + "/real-time-config/schema", "YOUR_API_KEY", `{"pattern":"((a?){0,30}){0,30}"}`, 400, "REAL_TIME_CONFIG_INVALID_SCHEMA"},
	{"PUT", demoProject + "/real-time-config/schema", "YOUR_API_KEY", `{"multipleOf":1e-9999999}`, 400, "REAL_TIME_CONFIG_INVALID_SCHEMA"},
	{"PUT", demoProject + "/real-time-config/schema", "YOUR_API_KEY", `{"title":"` + strings.Repeat("x", 5000) + `"}`, 400, "REAL_TIME_CONFIG_INVALID_SCHEMA"},
	{"PUT", demoProject + "/real-time-config/sandbox", "YOUR_API_KEY", `{"seats":1e99999999}`, 400, "REAL_TIME_CONFIG_INVALID_FOR_SCHEMA"},
	{"PUT", demoProject + "/real-time-config/moon", "YOUR_API_KEY", `{"seats":12}`, 400, "REAL_TIME_CONFIG_UNKNOWN_CLIENT_ENVIRONMENT"},

	// Accounts and projects.
	{"GET", "/v1/accounts/nobody", "viewer-key", "", 404, "ACCOUNT_NOT_FOUND"},
	{"POST", "/v1/accounts", "YOUR_API_KEY", `{"id":"a-b","name":"x"}`, 400, "ACCOUNT_CREATE_INVALID_ID"},
	{"POST", "/v1/accounts", "YOUR_API_KEY", `{"id":"ACME","name":"x"}`, 400, "ACCOUNT_CREATE_INVALID_ID"},
	{"POST", "/v1/accounts", "YOUR_API_KEY", `{"id":"acme","name":"x"}`, 409, "ACCOUNT_CREATE_EXISTING_ID"},
	{"GET", "/v1/projects/nothing/conversations", "viewer-key", "", 404, "PROJECT_NOT_FOUND"},
	{"POST", "/v1/accounts/acme/projects", "YOUR_API_KEY", `{"id":"demo"}`, 409, "PROJECT_ID_ALREADY_EXISTS"},
	{"POST", "/v1/accounts/acme/projects", "YOUR_API_KEY", `{"id":"No Good"}`, 400, "PROJECT_ID_INVALID"},

	// SMS and test suite.
	{"GET", demoProject + "/sms-templates/sms-9", "viewer-key", "", 404, "SMS_TEMPLATE_NOT_FOUND"},
	{"POST", demoProject + "/test-suite/run", "editor-key", `{"case_ids":["case-9"]}`, 422, "MissingTestCasesHttp"},
	{"POST", "/v1/projects/empty/test-suite/run", "editor-key", `{}`, 422, "NoTestCasesHttp"},
}

// form is a multipart body with one file.
func form(contentType, csv string) string {
	return strings.ReplaceAll("--b\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\nContent-Type: "+
		contentType+"\n\n"+csv+"\n--b--\n", "\n", "\r\n")
}

// Uploads: the path, the Content-Type, the body, and what is answered.
var polyaiUploads = []struct {
	path, contentType, body string
	status                  int
	code                    string
}{
	{"/knowledge-base/import", "multipart/form-data; boundary=b", form("text/csv", "name,content\nparking,Behind the house."), 200, ""},
	{"/knowledge-base/import", "multipart/form-data; boundary=b", "--b--\r\n", 400, "KNOWLEDGE_BASE_IMPORT_NO_CSV_FOUND"},
	{"/knowledge-base/import", "multipart/form-data; boundary=b", "--b\r\nno form", 400, "KNOWLEDGE_BASE_IMPORT_NO_CSV_FOUND"},
	{"/knowledge-base/import", "multipart/form-data; boundary=b", form("image/png", "name,content\nx,y"), 415, "KNOWLEDGE_BASE_IMPORT_INVALID_TYPE"},
	{"/knowledge-base/import", "multipart/form-data; boundary=b", form("text/csv", "name,text\nx,y"), 400, "KNOWLEDGE_BASE_IMPORT_MISSING_COLUMNS"},
	{"/knowledge-base/import", "multipart/form-data; boundary=b", form("text/csv", ""), 400, "KNOWLEDGE_BASE_IMPORT_MISSING_COLUMNS"},
	{"/knowledge-base/import", "multipart/form-data; boundary=b", form("text/csv", "name,content\nx,"), 400, "KNOWLEDGE_BASE_TOPICS_INVALID"},
	{"/knowledge-base/import", "multipart/form-data; boundary=b", form("text/csv", "name,content\nx,\"y"), 400, "KNOWLEDGE_BASE_TOPICS_INVALID"},
	{"/knowledge-base/import", "multipart/form-data; boundary=b", form("text/csv", "name,content\n"+strings.Repeat("x", 1<<20)), 413, "SCHEMA_VALIDATION_FAILED"},
	{"/knowledge-base/import", "text/csv", "name,content\nx,y", 415, "UNSUPPORTED_MEDIA_TYPE"},

	{"/variants/import", "text/csv", "name;language;greeting\nsouth;de;Hallo", 200, ""},
	{"/variants/import", "text/csv", "name|language|greeting\nx|de|y", 400, "VariantsImportInvalidDelimiter"},
	{"/variants/import", "text/csv", "", 400, "VariantsImportInvalidDelimiter"},
	{"/variants/import", "text/csv", "name,language\nx,de", 400, "VariantImportMissingColumnsHttp"},
	{"/variants/import", "text/csv", "name,language,greeting,name\nx,de,y,x", 400, "VariantImportDuplicateColumnsHttp"},
	{"/variants/import", "text/csv", "name,language,greeting\nx,xx,y", 400, "VARIANTS_BAD_ATTRIBUTES_ERROR"},
}

func TestPolyAI_EveryCodeByUse(t *testing.T) {
	d := start(t, "polyai")
	seen := d.run(t, polyaiRows)

	for _, u := range polyaiUploads {
		t.Run(strings.TrimSpace(u.code+" "+u.path), func(t *testing.T) {
			got := d.do(t, ask{
				method: "POST", path: demoProject + u.path, key: "editor-key", body: u.body,
				header: http.Header{"Content-Type": {u.contentType}},
			})
			if u.code == "" {
				require.Equal(t, u.status, got.status, got.body)
				return
			}
			d.fails(t, got, u.status, u.code)
			seen[u.code] = true
		})
	}

	// All 64 of the page, each with its ID or without.
	published := 0
	for _, e := range polyai.Contract.Errors {
		if !polyaiExtensions[e.Code] {
			require.True(t, seen[e.Code], e.Code)
			published++
		}
	}
	require.Equal(t, 64, published)
}

// polyaiExtensions are the codes that the contract has beyond the page.
var polyaiExtensions = map[string]bool{
	"NOT_FOUND": true, "METHOD_NOT_ALLOWED": true, "REQUEST_TIMEOUT": true, "UNSUPPORTED_MEDIA_TYPE": true,
	"TOO_MANY_REQUESTS": true, "INTERNAL_SERVER_ERROR": true, "NOT_IMPLEMENTED": true, "BAD_GATEWAY": true,
	"SERVICE_UNAVAILABLE": true, "GONE": true, "PRECONDITION_FAILED": true, "UNPROCESSABLE_ENTITY": true,
}

func TestPolyAI_List(t *testing.T) {
	d := start(t, "polyai")
	for query, want := range map[string][]string{
		"":                        {"conv-1", "conv-2", "conv-3", "conv-forgotten"},
		"?sort=-duration&limit=2": {"conv-1", "conv-3"},
		"?sort=duration":          {"conv-forgotten", "conv-2", "conv-3", "conv-1"},
		"?filter=channel%3Dvoice+and+duration%3C100":         {"conv-3"},
		"?filter=status!%3Dended&sort=started_at&mood=happy": {"conv-forgotten"},
		"?filter=duration%3E1000":                            {},
	} {
		got := decode[struct{ Conversations []struct{ ID string } }](t,
			d.do(t, ask{method: "GET", path: demoProject + "/conversations" + query, key: "viewer-key"}))
		ids := []string{}
		for _, c := range got.Conversations {
			ids = append(ids, c.ID)
		}
		require.Equal(t, want, ids, query)
	}
}

func TestPolyAI_Limit(t *testing.T) {
	d := start(t, "polyai")
	got := d.exhaust(t, ask{method: "GET", path: demoProject + "/flows/flow-booking", key: "viewer-key"}, 400)
	d.fails(t, got, 429, "TOO_MANY_REQUESTS")
}

// An upload under a Content-Encoding is refused as that, and not as bad CSV.
func TestPolyAI_CodedUploads(t *testing.T) {
	d := start(t, "polyai")
	for path, kind := range map[string]string{"/variants/import": "text/csv", "/knowledge-base/import": "multipart/form-data; boundary=b"} {
		got := d.do(t, ask{method: "POST", path: demoProject + path, key: "YOUR_API_KEY", body: "\x1f\x8b",
			header: http.Header{"Content-Type": {kind}, "Content-Encoding": {"gzip"}}})
		d.fails(t, got, 415, "UNSUPPORTED_MEDIA_TYPE")
		require.Equal(t, "identity", got.header.Get("Accept-Encoding"))
	}
}

// A handshake that is refused quotes nothing of it, and HEAD is told the method
// that there is.
func TestPolyAI_Handshake(t *testing.T) {
	d := start(t, "polyai")
	upgrade := http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"lab-secret"}}
	d.fails(t, d.do(t, ask{method: "GET", path: "/ws", key: "YOUR_API_KEY", header: upgrade}), 400, "SCHEMA_VALIDATION_FAILED")
	got := d.do(t, ask{method: "HEAD", path: "/ws", key: "YOUR_API_KEY", header: upgrade})
	require.Equal(t, 405, got.status)
	require.Equal(t, "GET", got.header.Get("Allow"))
}

// A safe correlation ID of the client is kept, as PolyAI's own clients expect.
func TestPolyAI_CorrelationID(t *testing.T) {
	d := start(t, "polyai")
	const id = "adk-550e8400-e29b-41d4-a716-446655440000"
	got := d.do(t, ask{
		method: "GET", path: demoProject + "/flows/flow-9", key: "viewer-key",
		header: http.Header{"X-Polyai-Correlation-Id": {id}},
	})
	f := d.fails(t, got, 404, "FLOW_NOT_FOUND")
	require.Equal(t, id, f.CorrelationID)
	require.Equal(t, 8001, *f.ID)
	require.Empty(t, got.header.Get("X-Request-Id"))
}

// A conversation that was begun can be continued, until someone says goodbye.
func TestPolyAI_Conversation(t *testing.T) {
	d := start(t, "polyai")
	post := func(path, body string) answer {
		return d.do(t, ask{method: "POST", path: demoProject + "/conversations" + path, key: "YOUR_API_KEY", body: body})
	}
	begun := decode[struct{ ID string }](t, post("", `{"channel":"chat","draft_id":"draft-2"}`))
	require.Equal(t, "active", decode[map[string]string](t, post("/"+begun.ID+"/messages", `{"text":"Hello"}`))["status"])
	require.Equal(t, "ended", decode[map[string]string](t, post("/"+begun.ID+"/messages", `{"text":"Goodbye"}`))["status"])
	d.fails(t, post("/"+begun.ID+"/messages", `{"text":"Hello"}`), 410, "ChatConversationEnded")
}
