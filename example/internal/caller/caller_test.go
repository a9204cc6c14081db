package caller_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/example/internal/caller"
)

func TestBearer(t *testing.T) {
	for _, c := range []struct {
		lines []string
		token string
		sent  bool
	}{
		{nil, "", false},
		{[]string{"Bearer abc"}, "abc", true},
		{[]string{"bearer  abc "}, "abc", true}, // schemes have no case, RFC 9110 section 11.1
		{[]string{""}, "", true},
		{[]string{"Bearer"}, "", true},
		{[]string{"Basic abc"}, "", true},
		{[]string{"abc"}, "", true},
		{[]string{"Bearer abc", "Bearer def"}, "", true}, // which of them?
	} {
		r := httptest.NewRequest("GET", "/", nil)
		if c.lines != nil {
			r.Header = http.Header{"Authorization": c.lines}
		}
		token, sent := caller.Bearer(r)
		require.Equal(t, c.token, token, c.lines)
		require.Equal(t, c.sent, sent, c.lines)
	}
}

func TestFrom(t *testing.T) {
	type name string
	r := httptest.NewRequest("GET", "/", nil)
	require.Empty(t, caller.From[name](r.Context()))
	require.Equal(t, name("ada"), caller.From[name](caller.With(r, name("ada")).Context()))
}
