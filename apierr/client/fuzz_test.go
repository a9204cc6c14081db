package client_test

import (
	"net/http"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/client"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/apierr/internal/contracttest"
)

// Any bytes decode: to a complete error, within the bounds.
func FuzzError(f *testing.F) {
	clients := []*client.Client{
		client.New(apierr.Standard), client.New(polyai.Contract), client.New(avatarium.Closed), client.New(problems),
		client.New(apierr.Contract{Format: apierr.Envelope{Members: []apierr.Member{
			{Name: "ok", JSON: "false"}, {Name: "code", Text: "{id}-{code}"}, {Name: "loc", From: apierr.FromLocation}, {From: apierr.FromMessages},
			{Name: "errors", Each: []apierr.Member{{Text: "{in} {path}: {message}"}}}, {Name: "a", Array: []apierr.Member{{JSON: "1"}, {Members: []apierr.Member{{Name: "b", Detail: "b"}}}}},
		}}}),
	}
	f.Add(404, "application/json", []byte(`{"error":{"code":"RESOURCE_NOT_FOUND","message":"x","details":{"a":1}}}`))
	f.Add(200, "application/json", []byte(`{"ok":false,"code":"1-A","loc":["body",0,"x"],"errors":["q a: b"],"a":[1,{"b":2}],"more":["x"]}`))
	f.Add(503, "application/problem+json", []byte(`{"code":"A","errors":[{"detail":"x","pointer":"#/a/0/~1"}]}`))
	f.Fuzz(func(t *testing.T, status int, contentType string, body []byte) {
		for _, c := range clients {
			resp := response(status, contentType, string(body))
			resp.Header.Set("X-Request-Id", contentType)
			err := c.Error(resp)
			if err == nil {
				require.Less(t, status, 400)
				continue
			}
			e := err.(*client.RemoteError)
			require.NotEmpty(t, e.Remote.Code)
			require.Equal(t, status, e.Remote.Status)
			require.LessOrEqual(t, len(e.Body), 4<<10)
			require.LessOrEqual(t, len(e.Error()), 2<<10)
			require.True(t, utf8.ValidString(e.Error()))
		}
	})
}

// What the library encodes decodes to the same error.
func FuzzRoundTrip(f *testing.F) {
	f.Add("It is not there", "id", "7")
	f.Fuzz(func(t *testing.T, message, key, value string) {
		if !utf8.ValidString(message) || !utf8.ValidString(key) || !utf8.ValidString(value) || message == "" || len(message) > 1<<15 {
			t.Skip()
		}
		for _, c := range []apierr.Contract{apierr.Standard, {Format: apierr.Problem{}}} {
			resp := contracttest.Answer(t, c, apierr.Conflict.WithMessage(message).With("x"+key, value)).Result()
			e := client.New(c).Error(resp).(*client.RemoteError)
			require.Equal(t, message, e.Remote.Message)
			require.Equal(t, map[string]any{"x" + key: value}, e.Remote.Details)
			require.Equal(t, http.StatusConflict, e.Remote.Status)
		}
	})
}
