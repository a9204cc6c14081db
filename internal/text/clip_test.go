package text_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/internal/text"
)

func TestClip(t *testing.T) {
	for _, test := range []struct {
		s    string
		n    int
		want string
	}{
		{"", 0, ""},
		{"abc", 3, "abc"},
		{"abcd", 3, "abc"},
		{"aé", 3, "aé"},
		{"aéb", 2, "a"},
		{"日本", 5, "日"},
		{"日", 2, ""},
		{"\xff\xff", 1, "\xff"},
		{"\x80\x80\x80", 2, ""},
	} {
		require.Equal(t, test.want, text.Clip(test.s, test.n), "%q %d", test.s, test.n)
	}
}

func TestVisible(t *testing.T) {
	for s, want := range map[string]string{
		"":                   "",
		"héllo, 日本 <b>":      "héllo, 日本 <b>",
		"a\nb\x00\x7f":       `a\u000ab\u0000\u007f`,
		"gpj.\u202eexe":      `gpj.\u202eexe`,
		"\u2028\ufeff\u0085": `\u2028\ufeff\u0085`,
		"\xff":               "\uFFFD",
	} {
		require.Equal(t, want, text.Visible(s), "%q", s)
	}
}
