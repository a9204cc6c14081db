package quoted_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/internal/quoted"
)

func TestText(t *testing.T) {
	for _, c := range []struct {
		value, text string
		ok          bool
	}{
		{`a`, `a`, true},
		{`"a"`, `a`, true},
		{`"a b"`, `a b`, true},
		{`"a\b"`, `ab`, true},
		{`"\a"`, `a`, true},
		{`"a\""`, `a"`, true},
		{`"a\\"`, `a\`, true},
		{``, ``, false},
		{`""`, ``, false},
		{`"`, ``, false},
		{`"a`, ``, false},
		{`"a\"`, ``, false},
		{`"a\`, ``, false},
		{`a"`, ``, false},
		{`a"b"`, ``, false},
		{`"a"b`, ``, false},
		{`"a\b"c`, ``, false},
		{`a\b`, ``, false},
	} {
		text, ok := quoted.Text(c.value)
		require.Equal(t, c.ok, ok, "%s", c.value)
		if ok {
			require.Equal(t, c.text, text, "%s", c.value)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		s, before, after string
		found, ok        bool
	}{
		{`a,b,c`, `a`, `b,c`, true, true},
		{`"a,b",c`, `"a,b"`, `c`, true, true},
		{`"a\",b",c`, `"a\",b"`, `c`, true, true},
		{`a\,b`, `a\`, `b`, true, true},
		{`,`, ``, ``, true, true},
		{`a`, `a`, ``, false, true},
		{``, ``, ``, false, true},
		{`"a,b`, `"a,b`, ``, false, false},
		{`"a\`, `"a\`, ``, false, false},
	} {
		before, after, found, ok := quoted.Cut(c.s, ',')
		require.Equal(t, c.ok, ok, "%s", c.s)
		require.Equal(t, c.found, found, "%s", c.s)
		require.Equal(t, []string{c.before, c.after}, []string{before, after}, "%s", c.s)
	}
}
