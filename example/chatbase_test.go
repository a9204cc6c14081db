package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr/contracts/chatbase"
)

const (
	chatPath  = "/api/v2/agents/YOUR_AGENT_ID/chat"
	retryPath = "/api/v2/agents/YOUR_AGENT_ID/conversations/conv-ongoing/retry"
	notePath  = "/api/v2/agents/YOUR_AGENT_ID/conversations/conv-ongoing/messages/"
)

// What Chatbase has published, each code by using the API.
var chatbaseRows = []row{
	// It works.
	{"GET", "/healthz", "", "", 200, ""},
	{"POST", chatPath, "YOUR_API_KEY", `{"message":"Hello"}`, 200, ""},
	{"POST", chatPath, "YOUR_API_KEY", `{"message":"Hello","conversationId":"conv-ongoing"}`, 200, ""},
	{"POST", chatPath, "YOUR_API_KEY", `{"message":"` + strings.Repeat("ü", 10_000) + `"}`, 200, ""},
	{"POST", retryPath, "YOUR_API_KEY", `{"messageId":"msg-assistant"}`, 200, ""},
	{"PATCH", notePath + "msg-assistant", "YOUR_API_KEY", `{"feedback":"positive"}`, 200, ""},
	{"PATCH", notePath + "msg-assistant", "YOUR_API_KEY", `{"metadata":{"ticket":7}}`, 200, ""},
	{"GET", "/api/v2/agents/YOUR_AGENT_ID/conversations/conv-ended", "readonly-key", "", 200, ""},

	// The caller is not known, or not well enough.
	{"POST", chatPath, "", `{"message":"Hello"}`, 401, "AUTH_MISSING_API_KEY"},
	{"POST", chatPath, "somebody's-key", `{"message":"Hello"}`, 401, "AUTH_INVALID_API_KEY"},
	{"POST", chatPath, "expired-key", `{"message":"Hello"}`, 401, "AUTH_EXPIRED_API_KEY"},
	{"POST", chatPath, "readonly-key", `{"message":"Hello"}`, 403, "AUTH_INSUFFICIENT_PERMISSIONS"},
	{"PATCH", notePath + "msg-assistant", "readonly-key", `{"feedback":"positive"}`, 403, "AUTH_INSUFFICIENT_PERMISSIONS"},
	{"POST", chatPath, "free-plan-key", `{"message":"Hello"}`, 403, "SUBSCRIPTION_PLAN_REQUIRED"},

	// The body.
	{"POST", chatPath, "YOUR_API_KEY", `{}`, 400, "VALIDATION_INVALID_BODY"},
	{"POST", chatPath, "YOUR_API_KEY", `{"message":""}`, 400, "VALIDATION_INVALID_BODY"},
	{"POST", chatPath, "YOUR_API_KEY", `{"message":7}`, 400, "VALIDATION_INVALID_BODY"},
	{"POST", chatPath, "YOUR_API_KEY", `{"message":"Hello","mesage":"x"}`, 400, "VALIDATION_INVALID_BODY"},
	{"POST", chatPath, "YOUR_API_KEY", `{"message":"` + strings.Repeat("ü", 10_001) + `"}`, 400, "VALIDATION_INVALID_BODY"},
	{"PATCH", notePath + "msg-assistant", "YOUR_API_KEY", `{}`, 400, "VALIDATION_INVALID_BODY"},
	{"PATCH", notePath + "msg-assistant", "YOUR_API_KEY", `{"feedback":"meh"}`, 400, "VALIDATION_INVALID_BODY"},
	{"POST", chatPath, "YOUR_API_KEY", `{"message":`, 400, "VALIDATION_INVALID_JSON"},
	{"POST", chatPath, "YOUR_API_KEY", `{"message":"` + strings.Repeat("x", 1<<20) + `"}`, 413, "VALIDATION_INVALID_BODY"},

	// What it is about.
	{"POST", "/api/v2/agents/nobody/chat", "YOUR_API_KEY", `{"message":"Hello"}`, 404, "AGENT_NOT_FOUND"},
	{"POST", "/api/v2/agents/agent-elsewhere/chat", "YOUR_API_KEY", `{"message":"Hello"}`, 404, "AGENT_NOT_FOUND"},
	{"POST", chatPath, "YOUR_API_KEY", `{"message":"Hello","conversationId":"no-such"}`, 404, "RESOURCE_NOT_FOUND"},
	{"POST", chatPath, "YOUR_API_KEY", `{"message":"Hello","conversationId":"conv-other-agent"}`, 403, "CHAT_CONVERSATION_MISMATCH"},
	{"POST", chatPath, "YOUR_API_KEY", `{"message":"Hello","conversationId":"conv-ended"}`, 409, "CHAT_CONVERSATION_NOT_ONGOING"},
	{"POST", "/api/v2/agents/agent-premium-model/chat", "YOUR_API_KEY", `{"message":"Hello"}`, 403, "CHAT_MODEL_NOT_ALLOWED"},
	{"POST", "/api/v2/agents/agent-no-credits/chat", "YOUR_API_KEY", `{"message":"Hello"}`, 402, "CHAT_AGENT_CREDITS_EXHAUSTED"},
	{"POST", chatPath, "no-credits-key", `{"message":"Hello"}`, 402, "CHAT_CREDITS_EXHAUSTED"},
	{"POST", retryPath, "YOUR_API_KEY", `{"messageId":"no-such"}`, 404, "CHAT_RETRY_MESSAGE_NOT_FOUND"},
	{"POST", retryPath, "YOUR_API_KEY", `{"messageId":"msg-orphan"}`, 400, "CHAT_RETRY_NO_USER_MESSAGE"},
	{"PATCH", notePath + "no-such", "YOUR_API_KEY", `{"feedback":"positive"}`, 404, "RESOURCE_MESSAGE_NOT_FOUND"},
	{"PATCH", notePath + "msg-user", "YOUR_API_KEY", `{"feedback":"positive"}`, 422, "RESOURCE_MESSAGE_NOT_ASSISTANT"},

	// The model breaks down before anything is sent.
	{"POST", chatPath, "YOUR_API_KEY", `{"message":"please fail midway"}`, 500, "INTERNAL_SERVER_ERROR"},
}

func TestChatbase_EveryCodeByUse(t *testing.T) {
	d := start(t, "chatbase")
	seen := d.run(t, chatbaseRows)

	t.Run("CHAT_STREAMING_ERROR", func(t *testing.T) {
		got := d.do(t, ask{method: "POST", path: chatPath, key: "YOUR_API_KEY", body: `{"message":"fail midway","stream":true}`})
		require.Equal(t, 200, got.status)
		require.Equal(t, "text/event-stream", got.header.Get("Content-Type"))
		events := strings.Split(strings.TrimSuffix(got.body, "\n\n"), "\n\n")
		require.Len(t, events, 3)
		require.Equal(t, "event: text\ndata: {\"text\":\"Thank \"}", events[0])
		require.Equal(t, "event: text\ndata: {\"text\":\"you \"}", events[1])
		last, found := strings.CutPrefix(events[2], "event: error\ndata: ")
		require.True(t, found, events[2])
		require.JSONEq(t, `{"error":{"code":"CHAT_STREAMING_ERROR","message":"`+chatbase.ChatStreamingError.Message+`"}}`, last)
		seen["CHAT_STREAMING_ERROR"] = true
	})
	t.Run("RATE_LIMIT_TOO_MANY_REQUESTS", func(t *testing.T) {
		got := d.exhaust(t, ask{method: "GET", path: "/api/v2/agents/YOUR_AGENT_ID/conversations/conv-ended", key: "readonly-key"}, 200)
		d.fails(t, got, 429, "RATE_LIMIT_TOO_MANY_REQUESTS")
		seen["RATE_LIMIT_TOO_MANY_REQUESTS"] = true
	})

	require.Len(t, seen, 21)
	for _, e := range chatbase.Contract.Declared() {
		require.True(t, seen[e.Code], e.Code)
	}
}

// exhaust repeats a until it is refused, at most limit times.
func (d demo) exhaust(t *testing.T, a ask, limit int) answer {
	t.Helper()
	for range limit {
		if got := d.do(t, a); got.status == 429 {
			return got
		}
	}
	require.Fail(t, "no limit", "after %d requests", limit)
	return answer{}
}

func TestChatbase_StreamIsWhole(t *testing.T) {
	d := start(t, "chatbase")
	got := d.do(t, ask{method: "POST", path: chatPath, key: "YOUR_API_KEY", body: `{"message":"Hi","stream":true}`})
	require.Equal(t, 200, got.status)
	require.NotContains(t, got.body, "event: error")
	require.Equal(t, 1, strings.Count(got.body, "event: done\n"))
	require.Contains(t, got.body, `"text":"Thank you for your 2 characters. `)
}

// A conversation that was begun can be continued, rated and read.
func TestChatbase_Conversation(t *testing.T) {
	d := start(t, "chatbase")
	post := func(method, path, body string) answer {
		return d.do(t, ask{method: method, path: path, key: "YOUR_API_KEY", body: body})
	}
	first := decode[map[string]string](t, post("POST", chatPath, `{"message":"Hi"}`))
	id := first["conversationId"]
	second := decode[map[string]string](t, post("POST", chatPath, `{"message":"Again","conversationId":"`+id+`"}`))
	require.Equal(t, id, second["conversationId"])
	require.NotEqual(t, first["messageId"], second["messageId"])

	base := "/api/v2/agents/YOUR_AGENT_ID/conversations/" + id
	rated := decode[map[string]any](t, post("PATCH", base+"/messages/"+first["messageId"], `{"feedback":"negative"}`))
	require.Equal(t, "negative", rated["feedback"])
	all := decode[struct{ Messages []map[string]any }](t, post("GET", base, ""))
	require.Len(t, all.Messages, 4)
	require.Equal(t, "negative", all.Messages[1]["feedback"])
}

func TestChatbase_LimitIsOfTheKey(t *testing.T) {
	d := start(t, "chatbase")
	read := ask{method: "GET", path: "/api/v2/agents/YOUR_AGENT_ID/conversations/conv-ended", key: "readonly-key"}
	first := d.do(t, read)
	require.Equal(t, "60", first.header.Get("X-Ratelimit-Limit"))
	require.Equal(t, "59", first.header.Get("X-Ratelimit-Remaining"))
	require.Regexp(t, `^[0-9]{13}$`, first.header.Get("X-Ratelimit-Reset"), "epoch milliseconds")

	d.exhaust(t, read, 200)
	read.key = "YOUR_API_KEY"
	require.Equal(t, 200, d.do(t, read).status, "another key has its own limit")
}
