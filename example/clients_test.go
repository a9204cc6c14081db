package main

import (
	"encoding/json"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/ratelimit"
)

// hurry makes a second of a client's pauses last ten milliseconds.
const hurry = "data:text/javascript,const t=setTimeout;globalThis.setTimeout=(f,ms,...a)=>t(f,ms/100,...a)"

// node runs a documented client and returns what it printed.
func node[T any](t *testing.T, script string, args ...string) (v T) {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		t.Skip("the documented JavaScript clients need node, which is not on the PATH")
	}
	cmd := exec.CommandContext(t.Context(), path, append([]string{"--import", hurry, script}, args...)...)
	out, err := cmd.Output()
	if exit, ok := err.(*exec.ExitError); ok {
		require.NoError(t, err, string(exit.Stderr))
	}
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(out, &v), string(out))
	return v
}

type chatbaseDid struct {
	Did, Text, Code, Message, RequestID string
	Seconds                             int
	Fields                              [][2]string
}

func TestClients_Chatbase(t *testing.T) {
	d := start(t, "chatbase")
	chat := func(key, message string) chatbaseDid {
		return node[chatbaseDid](t, "testdata/chatbase.mjs", d.url, key, message)
	}

	got := chat("YOUR_API_KEY", "Hello")
	require.Equal(t, "answered", got.Did)
	require.NotEmpty(t, got.Text)

	got = chat("YOUR_API_KEY", "")
	require.Equal(t, "correct", got.Did)
	require.Equal(t, [][2]string{{"message", "Required"}}, got.Fields)
	require.NotEmpty(t, got.RequestID)

	require.Equal(t, "sign in", chat("nobody", "Hello").Did)
	require.Equal(t, "upgrade", chat("no-credits-key", "Hello").Did)

	got = chat("YOUR_API_KEY", "fail midway")
	require.Equal(t, "report", got.Did)
	require.Equal(t, "INTERNAL_SERVER_ERROR", got.Code)
	require.NotEmpty(t, got.Message)
	require.NotEmpty(t, got.RequestID)

	once := startWith(t, "chatbase", func(string, ...ratelimit.Policy) ratelimit.Limiter {
		return ratelimit.NewMemory(ratelimit.PerHour("requests", 1))
	})
	require.Equal(t, 200, once.do(t, ask{method: "POST", path: chatPath, key: "YOUR_API_KEY", body: `{"message":"Hello"}`}).status)
	got = node[chatbaseDid](t, "testdata/chatbase.mjs", once.url, "YOUR_API_KEY", "Hello")
	require.Equal(t, "wait", got.Did)
	require.InDelta(t, 3600, got.Seconds, 60)
}

type avatariumDid struct {
	Reply  map[string]any
	Thrown string
	Seen   [][3]any
}

func TestClients_Avatarium(t *testing.T) {
	d := start(t, "avatarium")
	send := func(conversation, content string) avatariumDid {
		return node[avatariumDid](t, "testdata/avatarium.mjs", d.url, conversation, content)
	}
	three := func(status float64, code, message string) [][3]any {
		one := [3]any{status, code, message}
		return [][3]any{one, one, one}
	}

	got := send("conv_abc123", "Hello")
	require.Equal(t, "avatar", got.Reply["role"])
	require.Empty(t, got.Seen)

	got = send("conv_abc123", "ai down")
	require.Nil(t, got.Reply, "after three 5xx the client returns nothing")
	require.Empty(t, got.Thrown)
	require.Equal(t, three(503, "ai_provider_error", avatarium.AIProviderError.Message), got.Seen)

	got = send("conv_nothing", "Hello")
	require.Equal(t, avatarium.ConversationNotFound.Message, got.Thrown)
	require.Equal(t, three(404, "conversation_not_found", avatarium.ConversationNotFound.Message), got.Seen)

	got = send("conv_abc123", "")
	require.Equal(t, "content is required", got.Thrown)
	require.Equal(t, three(400, "missing_parameter", "content is required"), got.Seen)
}
