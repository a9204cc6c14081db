package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr/contracts/avatarium"
)

const avatarMessages = "/v1/conversations/conv_abc123/messages"

// What Avatarium has published, each code by using the API.
var avatariumRows = []row{
	// It works.
	{"GET", "/healthz", "", "", 200, ""},
	{"POST", "/v1/conversations", "YOUR_API_KEY", `{"avatar_id":"avatar_ada","language":"en-GB"}`, 200, ""},
	{"GET", "/v1/conversations/conv_abc123", "YOUR_API_KEY", "", 200, ""},
	{"POST", avatarMessages, "YOUR_API_KEY", `{"content":"Hello"}`, 200, ""},
	{"GET", avatarMessages + "/msg_hello", "YOUR_API_KEY", "", 200, ""},

	// Authentication errors.
	{"POST", avatarMessages, "", `{"content":"Hello"}`, 401, "missing_api_key"},
	{"POST", avatarMessages, "somebody's-key", `{"content":"Hello"}`, 401, "invalid_api_key"},
	{"POST", avatarMessages, "expired-key", `{"content":"Hello"}`, 401, "expired_api_key"},

	// Request errors.
	{"POST", "/v1/conversations", "YOUR_API_KEY", `{"avatar_id":`, 400, "invalid_request"},
	{"POST", "/v1/conversations", "YOUR_API_KEY", `{}`, 400, "missing_parameter"},
	{"POST", "/v1/conversations", "YOUR_API_KEY", `{"avatar_id":"avatar_ada","language":"!"}`, 400, "invalid_parameter"},

	// Resource errors.
	{"POST", "/v1/conversations/conv_nothing/messages", "YOUR_API_KEY", `{"content":"Hello"}`, 404, "conversation_not_found"},
	{"GET", "/v1/conversations/conv_nothing", "YOUR_API_KEY", "", 404, "conversation_not_found"},
	{"POST", "/v1/conversations", "YOUR_API_KEY", `{"avatar_id":"avatar_zed"}`, 404, "avatar_not_found"},
	{"GET", avatarMessages + "/msg_nothing", "YOUR_API_KEY", "", 404, "message_not_found"},

	// Limits: the quota of this key was used up before.
	{"POST", avatarMessages, "over-quota-key", `{"content":"Hello"}`, 429, "quota_exceeded"},

	// Providers.
	{"POST", avatarMessages, "YOUR_API_KEY", `{"content":"ai down"}`, 503, "ai_provider_error"},
	{"POST", avatarMessages, "YOUR_API_KEY", `{"content":"tts down"}`, 503, "tts_provider_error"},
}

func TestAvatarium_EveryCodeByUse(t *testing.T) {
	d := start(t, "avatarium")
	seen := d.run(t, avatariumRows)

	t.Run("rate_limit_exceeded", func(t *testing.T) {
		got := d.exhaust(t, ask{method: "GET", path: "/v1/conversations/conv_abc123", key: "YOUR_API_KEY"}, 200)
		d.fails(t, got, 429, "rate_limit_exceeded")
		seen["rate_limit_exceeded"] = true
	})

	published := 0
	for _, e := range avatarium.Contract.Declared() {
		if !avatariumExtensions[e.Code] {
			require.True(t, seen[e.Code], e.Code)
			published++
		}
	}
	require.Equal(t, 13, published)
}

// avatariumExtensions are the codes that the contract has beyond the page.
var avatariumExtensions = map[string]bool{
	"forbidden": true, "not_found": true, "method_not_allowed": true,
	"internal_error": true, "service_unavailable": true,
}

// The page's example: details name the field and the reason.
func TestAvatarium_Details(t *testing.T) {
	d := start(t, "avatarium")
	got := d.do(t, ask{method: "POST", path: "/v1/conversations", key: "YOUR_API_KEY", body: `{}`})
	f := d.fails(t, got, 400, "missing_parameter")
	require.Equal(t, "avatar_id is required", f.Message)
	require.Equal(t, map[string]any{"field": "avatar_id", "reason": "missing"}, f.Details)
}

func TestAvatarium_LimitHeaders(t *testing.T) {
	d := start(t, "avatarium")
	got := d.do(t, ask{method: "GET", path: "/v1/conversations/conv_abc123", key: "YOUR_API_KEY"})
	require.Equal(t, 200, got.status)
	require.Regexp(t, `^[0-9]{10}$`, got.header.Get("X-Ratelimit-Reset"), "epoch seconds")
	require.Equal(t, "60", got.header.Get("X-Ratelimit-Limit"))
	require.Equal(t, "59", got.header.Get("X-Ratelimit-Remaining"))
}
