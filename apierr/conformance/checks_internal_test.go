package conformance

import (
	"flag"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the table of checks into doc.go")

// Each check has one name, a source and a level, and each scenario what it is.
func TestChecks(t *testing.T) {
	names := make(map[string]bool)
	for _, s := range scenarios {
		require.NotEmpty(t, s.all(), s.name)
		require.NotEmpty(t, s.does, s.name)
		require.NotNil(t, s.run, s.name)
		for _, name := range s.common {
			require.Contains(t, allCommon, name, s.name)
		}
		for _, r := range s.all() {
			name := s.name + "/" + r.name
			require.False(t, names[name], "two checks are named %s", name)
			names[name] = true
			require.NotEmpty(t, r.source, name)
			require.NotEmpty(t, r.asks, name)
			require.Contains(t, []Level{Must, Advice}, r.level, name)
			require.Regexp(t, `^[a-z0-9-]+/[a-z0-9-]+$`, name)
		}
	}
	require.Len(t, allCommon, len(commonRules))
	for i, r := range commonRules {
		require.Equal(t, allCommon[i], r.name)
	}
}

// The package documentation has the table of checks as the code has it.
func TestChecks_Documented(t *testing.T) {
	const from, to = "// # Rules for every failure\n", "package conformance\n"
	b, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	doc := string(b)
	start, end := strings.Index(doc, from), strings.Index(doc, to)
	require.True(t, start >= 0 && end > start, "doc.go has no table")
	want := doc[:start] + comment(table()) + doc[end:]
	if *update {
		require.NoError(t, os.WriteFile("doc.go", []byte(want), 0o644))
		return
	}
	require.Equal(t, want, doc, "run go test -update")
	_, err = parser.ParseFile(token.NewFileSet(), "doc.go", want, parser.ParseComments)
	require.NoError(t, err)
}

// table is the text of the table, as gofmt leaves a doc comment.
func table() string {
	var b strings.Builder
	b.WriteString("# Rules for every failure\n\nScenarios say below which of these apply.\n\n")
	for _, r := range commonRules {
		b.WriteString(row("\t", r))
	}
	b.WriteString("\n# Scenarios\n\nA scenario without a word on them has all rules for every failure.\n\n")
	for i, s := range scenarios {
		if i > 0 {
			b.WriteString("\n")
		}
		does := s.does
		if s.needs != "" {
			does += "; needs " + s.needs
		}
		b.WriteString(wrap("\t"+s.name+": ", "\t  ", does+common(s)))
		for _, r := range s.rules {
			b.WriteString(row("\t    ", r))
		}
	}
	return b.String()
}

// common says which of the common rules a scenario lacks.
func common(s scenario) string {
	switch len(s.common) {
	case len(allCommon):
		return ""
	case 0:
		return "; none of the rules for every failure"
	}
	var lacks []string
	for _, name := range allCommon {
		if !strings.Contains(" "+strings.Join(s.common, " ")+" ", " "+name+" ") {
			lacks = append(lacks, name)
		}
	}
	return "; without " + strings.Join(lacks, ", ")
}

func row(indent string, r rule) string {
	return wrap(indent+r.name+strings.Repeat(" ", max(1, 17-len(r.name)))+string(r.level)+strings.Repeat(" ", 7-len(r.level)),
		indent+strings.Repeat(" ", 24), r.asks+" ["+r.source+"]")
}

// wrap breaks a text into lines of at most 97 bytes.
func wrap(first, next, text string) string {
	var b strings.Builder
	line := first
	empty := true
	for word := range strings.FieldsSeq(text) {
		if !empty && len(line)+1+len(word) > 97 {
			b.WriteString(line + "\n")
			line, empty = next, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	return b.String() + line + "\n"
}

func comment(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		switch {
		case line == "\n":
			b.WriteString("//\n")
		case line[0] == '\t':
			b.WriteString("//" + line)
		default:
			b.WriteString("// " + line)
		}
	}
	return b.String()
}
