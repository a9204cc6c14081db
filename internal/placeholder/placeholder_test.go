package placeholder_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/internal/placeholder"
)

func TestCut(t *testing.T) {
	for _, test := range []struct {
		text, before, name, after string
		found                     bool
	}{
		{"", "", "", "", false},
		{"constant", "constant", "", "", false},
		{"{code}", "", "code", "", true},
		{"a {code} b {path}", "a ", "code", " b {path}", true},
		{"{x} {code}", "{x} ", "code", "", true},
		{"{{code}}", "{", "code", "}", true},
		{"{code", "{code", "", "", false},
		{"code}", "code}", "", "", false},
		{"{}", "{}", "", "", false},
		{"{ code}", "{ code}", "", "", false},
		{"} {code}", "} ", "code", "", true},
	} {
		before, name, after, found := placeholder.Cut(test.text, placeholder.IsSource)
		require.Equal(t, test.before, before, "%q", test.text)
		require.Equal(t, test.name, name, "%q", test.text)
		require.Equal(t, test.after, after, "%q", test.text)
		require.Equal(t, test.found, found, "%q", test.text)
	}
}
