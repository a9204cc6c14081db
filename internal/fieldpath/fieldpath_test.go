package fieldpath_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/internal/fieldpath"
)

func TestSplit(t *testing.T) {
	name, index := fieldpath.Member, fieldpath.Element
	for path, want := range map[string][]fieldpath.Step{
		"$":             nil,
		"name":          {name("name")},
		"a.b":           {name("a"), name("b")},
		"items[0].name": {name("items"), index(0), name("name")},
		"[3]":           {index(3)},
		"$[3].x":        {index(3), name("x")},
		"$.x":           {name("x")},
		"$x":            {name("$x")},
		"a[1][2]":       {name("a"), index(1), index(2)},
		`["a.b"]`:       {name("a.b")},
		`x["a\"]b"].c`:  {name("x"), name(`a"]b`), name("c")},
		`[""]`:          {name("")},
		"meta.0":        {name("meta"), name("0")},
	} {
		steps, ok := fieldpath.Split(path)
		require.True(t, ok, path)
		require.Equal(t, want, steps, path)
	}
	for _, path := range []string{"", ".", "a.", "a..b", "a[x]", "a[", "a[]", "a[-1]", `a["b`, `a["b\`, `a["b"`, `a["b"]c`, `a[1]b`, `a["\x"]`} {
		_, ok := fieldpath.Split(path)
		require.False(t, ok, path)
	}
	steps, ok := fieldpath.Split("a[99999999999999999999]")
	require.True(t, ok)
	require.Equal(t, "99999999999999999999", steps[1].String())
}

func TestParent(t *testing.T) {
	for path, want := range map[string]string{"$": "", "a": "", "a.b": "a", "a[0]": "a", `a["b.c"].d`: `a["b.c"]`} {
		require.Equal(t, want, fieldpath.Parent(path), path)
	}
}

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		path, base string
		want       bool
	}{
		{"a", "$", true}, {"a", "a", true}, {"a.b", "a", true}, {"a[0]", "a", true}, {"ab", "a", false}, {"a", "a.b", false},
	} {
		require.Equal(t, c.want, fieldpath.Within(c.path, c.base), c)
	}
}

func TestShorten(t *testing.T) {
	long := strings.Repeat("n", 300)
	require.Equal(t, "a.b", fieldpath.Shorten("a.b"))
	require.Equal(t, long, fieldpath.Shorten(long+"."+long))
	require.Equal(t, "$", fieldpath.Shorten(long+long))
}

// What the builders make, Split takes apart again, within the limit.
func FuzzPath(f *testing.F) {
	f.Add("a", "a.b", uint16(3))
	f.Add("", "$", uint16(0))
	f.Add(`]"\`, "é\u202e", uint16(9))
	f.Fuzz(func(t *testing.T, a, b string, i uint16) {
		path := fieldpath.Path{}.Name(a).Index(int(i)).Name(b).String()
		require.LessOrEqual(t, len(path), fieldpath.Limit)
		if len(a)+len(b) > 40 || !utf8.ValidString(a+b) {
			return
		}
		steps, ok := fieldpath.Split(path)
		require.True(t, ok, path)
		require.Equal(t, []fieldpath.Step{fieldpath.Member(a), fieldpath.Element(int(i)), fieldpath.Member(b)}, steps)
	})
}
