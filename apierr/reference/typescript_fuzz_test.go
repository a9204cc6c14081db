package reference_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/reference"
)

// fuzzSeeds are contract documents, which javascript compiles too.
func fuzzSeeds() []string {
	seeds := []string{
		`{"name":"","closed":false,"format":{"name":"envelope","content_type":"application/json"},"headers":{"request_id":null,"correlation_id":null,"exposed":false},"challenge":"","retry_after":0,"errors":[]}`,
	}
	for chunk := range slices.Chunk(breakouts, 8) {
		var members, errors []string
		for _, s := range chunk {
			fill := strings.NewReplacer("TEXT", asJSON(s), "N", asJSON(fmt.Sprint("n", len(members))))
			members = append(members, fill.Replace(`{"name":N,"members":[{"name":TEXT,"doc":TEXT,"constant":{TEXT:TEXT}},{"name":"t","text":TEXT},{"name":"d","detail":TEXT}]}`))
			errors = append(errors, fill.Replace(`{"code":TEXT,"status":400,"message":TEXT,"doc":TEXT,"deprecated":TEXT,"details":{TEXT:TEXT},
				"details_schema":{"type":"object","properties":{TEXT:{"enum":[TEXT,{TEXT:TEXT}],"description":TEXT}},"required":[TEXT],"additionalProperties":{"const":TEXT}}}`))
		}
		seeds = append(seeds, strings.NewReplacer("TEXT", asJSON(chunk[0]), "MEMBERS", strings.Join(members, ","), "ERRORS", strings.Join(errors, ",")).Replace(
			`{"name":TEXT,"title":TEXT,"version":TEXT,"closed":false,"format":{"name":"envelope","content_type":"application/json","settings":{"members":[
				{"name":TEXT,"doc":TEXT,"members":[{"name":TEXT,"doc":TEXT,"from":"code"},{"from":"details"}]}, MEMBERS]}},
			"headers":{"request_id":"X","correlation_id":null,"exposed":false},"challenge":"Bearer","retry_after":1,"errors":[ERRORS]}`))
	}
	return seeds
}

// Whatever a document has in it, its texts stay in strings and comments: what is
// outside of them are the statements that TypeScript writes.
func FuzzTypeScript(f *testing.F) {
	for _, s := range fuzzSeeds() {
		f.Add([]byte(s))
	}
	for _, c := range modules() {
		if b, err := c.MarshalJSON(); err == nil {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		c, err := apierr.ParseContract(document)
		if err != nil {
			t.Skip()
		}
		b, err := reference.TypeScript(c)
		if err != nil {
			return // a schema is at fault
		}
		again, err := reference.TypeScript(c)
		require.NoError(t, err)
		require.True(t, string(b) == string(again))
		requireStatements(t, string(b))
	})
}

// statement is what the generated part of a module has outside of brackets.
var statement = regexp.MustCompile(`^(?:export (?:type|interface) \w+(?: = [^;]*;)?|type Body\d+(?:<C extends ErrorCode>)? = [^;]*;|interface Definitions|const \w+: [\w<>,| ]+ = [^;]*;)\s*`)

func requireStatements(t *testing.T, module string) {
	t.Helper()
	own, shared, found := strings.Cut(module, "\n/** A failed request with the body of a declared code. */\n")
	require.True(t, found)
	_, tables, found := strings.Cut(shared, "\nconst open")
	require.True(t, found)
	outside, err := outsideOf(own + "\nconst open" + tables)
	require.NoError(t, err)
	for rest := strings.TrimSpace(outside); rest != ""; {
		match := statement.FindString(rest)
		require.NotEmpty(t, match, rest[:min(len(rest), 200)])
		rest = rest[len(match):]
	}
}

// outsideOf returns what is outside of comments, strings and brackets. Strings
// are in double quotes and of ASCII.
func outsideOf(s string) (string, error) {
	var b strings.Builder
	var open []byte
	for i := 0; i < len(s); i++ {
		rest := s[i:]
		switch c := s[i]; {
		case strings.HasPrefix(rest, "//"):
			end := strings.IndexByte(rest, '\n')
			if strings.ContainsAny(rest[:end], "\r\u2028\u2029") {
				return "", fmt.Errorf("a line comment that ends: %q", rest[:end])
			}
			i += end
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				return "", fmt.Errorf("a comment without an end: %q", rest)
			}
			i += end + 3
		case c == '"':
			end := stringEnd(rest)
			if end < 0 {
				return "", fmt.Errorf("no string: %q", rest[:min(len(rest), 80)])
			}
			i += end
			if len(open) == 0 {
				b.WriteString(`""`)
			}
		case strings.IndexByte("{[(", c) >= 0:
			open = append(open, c)
		case strings.IndexByte("}])", c) >= 0:
			if len(open) == 0 || !strings.Contains("{}[]()", string([]byte{open[len(open)-1], c})) {
				return "", fmt.Errorf("%q closes nothing", rest[:min(len(rest), 80)])
			}
			open = open[:len(open)-1]
		case c == '`' || c == '\'' || c == '\\' || c > 0x7e || c < ' ' && c != '\n':
			return "", fmt.Errorf("%q is outside of strings and comments", c)
		case len(open) == 0:
			b.WriteByte(c)
		}
	}
	if len(open) > 0 {
		return "", fmt.Errorf("%q is not closed", open)
	}
	return b.String(), nil
}

// stringEnd returns the index of the quote that ends a string.
func stringEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case c == '"':
			return i
		case c < ' ' || c > 0x7e:
			return -1
		}
	}
	return -1
}
