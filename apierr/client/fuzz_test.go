package client_test

import (
	"net/http"
	"strings"
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

// whole is an envelope with everything that an error has.
var whole = apierr.Contract{
	Name: "whole",
	Format: apierr.Envelope{
		Members: []apierr.Member{
			{Name: "code", From: apierr.FromCode}, {Name: "id", From: apierr.FromID}, {Name: "status", From: apierr.FromStatus}, {Name: "message", From: apierr.FromMessage},
			{Name: "details", From: apierr.FromDetails},
			{Name: "errors", Each: []apierr.Member{
				{Name: "in", Text: "{in}"}, {Name: "path", From: apierr.FromPath}, {Name: "rule", From: apierr.FromRule},
				{Name: "param", Text: "{param}"}, {Name: "message", From: apierr.FromMessage},
			}},
		},
		Rules: map[string]string{"required": "missing"},
	},
}

// What the library encodes decodes to the same error.
func FuzzRoundTrip(f *testing.F) {
	f.Add("ORDER_CLOSED", 7, "It is not there", "id", "7", "items[0].name", "required", "8", uint8(1))
	f.Add("a b", 0, "\u2028 \"quoted\"", "", "\x00", "", "missing", "", uint8(0))
	f.Fuzz(func(t *testing.T, code string, id int, message, key, value, path, rule, param string, in uint8) {
		for _, s := range []string{code, message, key, value, path, rule, param} {
			if !utf8.ValidString(s) || len(s) > 1<<13 {
				t.Skip()
			}
		}
		if code == "" || len(code) > 256 || message == "" || id != int(int32(id)) || rule == "missing" {
			t.Skip()
		}
		declared := &apierr.Error{Code: code, ID: id, Status: 409, Message: "declared"}
		violation := apierr.Violation{In: []string{"", "query", "path", "header", "form"}[in%5], Path: path, Rule: rule, Param: param, Message: message}
		raised := declared.WithMessage(message).With("x"+key, value)
		for _, test := range []struct {
			c      apierr.Contract
			raised *apierr.Error
		}{
			{apierr.Standard, raised},
			{apierr.Contract{Format: apierr.Problem{}}, raised},
			{whole, raised.WithViolations(violation, violation)},
		} {
			c := test.c
			c.Errors = []*apierr.Error{declared}
			if c.Check() != nil {
				t.Skip() // another error with this code or ID
			}
			w := contracttest.Answer(t, c, test.raised)
			e := client.New(c).Error(w.Result()).(*client.RemoteError)
			require.False(t, e.Intermediary, "%s", e.Body)
			require.ErrorIs(t, e, declared)
			require.Equal(t, code, e.Remote.Code)
			require.Equal(t, id, e.Remote.ID)
			require.Equal(t, http.StatusConflict, e.Remote.Status)
			require.Equal(t, message, e.Remote.Message)
			require.Equal(t, map[string]any{"x" + key: value}, e.Remote.Details)
			require.Equal(t, test.raised.Violations, e.Remote.Violations)

			// In a stream too.
			event := "event: error\ndata: " + w.Body.String() + "\n\n"
			require.Equal(t, e.Remote, last(client.New(c).Events(strings.NewReader(event))).(*client.RemoteError).Remote)
			require.Equal(t, e.Remote, last(client.New(c).Lines(strings.NewReader(w.Body.String()+"\n"))).(*client.RemoteError).Remote)
		}
	})
}
