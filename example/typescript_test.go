package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/ratelimit"
)

// typedClient compiles a client in testdata against errors.ts as the example
// serves it, with both versions of TypeScript, and returns the JavaScript. Under
// -short it is compiled by one: apierr/reference compiles its types with both.
func typedClient(t *testing.T, d demo, name string) string {
	t.Helper()
	needs(t, "node")
	dir := t.TempDir()
	source, err := os.ReadFile(filepath.Join("testdata", name+".ts"))
	require.NoError(t, err)
	save(t, dir, name+".ts", string(source))
	save(t, dir, "errors.ts", d.page(t, "errors.ts"))
	save(t, dir, "package.json", `{"type":"module"}`)
	versions := []string{"typescript-7", "typescript"}
	if testing.Short() {
		versions = versions[:1]
	}
	for _, version := range versions {
		tsc, err := filepath.Abs("../.ci/node_modules/" + version + "/bin/tsc")
		require.NoError(t, err)
		if _, err := os.Stat(tsc); err != nil {
			t.Skip("the TypeScript client needs " + version + ": npm ci in .ci")
		}
		require.Empty(t, output(t, dir, "node", tsc, "--strict", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes",
			"--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom,dom.iterable", "--skipLibCheck", name+".ts"), version)
	}
	return filepath.Join(dir, name+".js")
}

// The documented client of Chatbase, typed, does what it did without types.
func TestTypeScript_Chatbase(t *testing.T) {
	d := start(t, "chatbase")
	client := typedClient(t, d, "chatbase")
	for _, test := range []struct{ key, message, did string }{
		{"YOUR_API_KEY", "Hello", "answered"},
		{"YOUR_API_KEY", "", "correct"},
		{"nobody", "Hello", "sign in"},
		{"no-credits-key", "Hello", "upgrade"},
		{"YOUR_API_KEY", "fail midway", "report"},
	} {
		got := node[chatbaseDid](t, client, d.url, test.key, test.message)
		require.Equal(t, node[chatbaseDid](t, "testdata/chatbase.mjs", d.url, test.key, test.message).Did, got.Did)
		require.Equal(t, test.did, got.Did)
		if test.did == "correct" {
			require.Equal(t, [][2]string{{"message", "Required"}}, got.Fields)
		}
		if test.did != "answered" {
			require.NotEmpty(t, got.RequestID)
		}
	}
	once := startWith(t, "chatbase", func(string, ...ratelimit.Policy) ratelimit.Limiter {
		return ratelimit.NewMemory(ratelimit.PerHour("requests", 1))
	})
	require.Equal(t, 200, once.do(t, ask{method: "POST", path: chatPath, key: "YOUR_API_KEY", body: `{"message":"Hello"}`}).status)
	got := node[chatbaseDid](t, client, once.url, "YOUR_API_KEY", "Hello")
	require.Equal(t, "wait", got.Did)
	require.InDelta(t, 3600, got.Seconds, 60)
}

// The documented client of Avatarium, typed: three attempts, as it was.
func TestTypeScript_Avatarium(t *testing.T) {
	d := start(t, "avatarium")
	client := typedClient(t, d, "avatarium")
	three := func(status float64, code, message string) [][3]any {
		one := [3]any{status, code, message}
		return [][3]any{one, one, one}
	}
	for _, test := range []struct {
		conversation, content string
		seen                  [][3]any
		thrown                string
	}{
		{"conv_abc123", "Hello", [][3]any{}, ""},
		{"conv_abc123", "ai down", three(503, "ai_provider_error", avatarium.AIProviderError.Message), ""},
		{"conv_nothing", "Hello", three(404, "conversation_not_found", avatarium.ConversationNotFound.Message), avatarium.ConversationNotFound.Message},
		{"conv_abc123", "", three(400, "missing_parameter", "content is required"), "content is required"},
	} {
		got := node[avatariumDid](t, client, d.url, test.conversation, test.content)
		require.Equal(t, test.seen, got.Seen, test.content)
		require.Equal(t, test.thrown, got.Thrown, test.content)
	}
}

// The module that the example serves knows every code of the contract that it
// serves.
func TestTypeScript_Served(t *testing.T) {
	for _, contract := range contracts {
		d := start(t, contract)
		var document struct{ Errors []struct{ Code string } }
		require.NoError(t, json.Unmarshal([]byte(d.page(t, "contract.json")), &document))
		module := d.page(t, "errors.ts")
		require.NotEmpty(t, document.Errors)
		for _, e := range document.Errors {
			require.Contains(t, module, "  readonly \""+e.Code+"\": ", contract)
		}
	}
}
