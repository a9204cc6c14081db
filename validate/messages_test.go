package validate_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	ut "github.com/go-playground/universal-translator"
	"github.com/go-playground/validator/v10"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate"
)

// complaint is a validator.FieldError as any rule may make it.
type complaint struct {
	tag, param string
	value      any
}

func (c complaint) Tag() string                    { return c.tag }
func (c complaint) ActualTag() string              { return c.tag }
func (c complaint) Namespace() string              { return "T.wire" }
func (c complaint) StructNamespace() string        { return "T.GoName" }
func (c complaint) Field() string                  { return "wire" }
func (c complaint) StructField() string            { return "GoName" }
func (c complaint) Value() any                     { return c.value }
func (c complaint) Param() string                  { return c.param }
func (c complaint) Kind() reflect.Kind             { return reflect.TypeOf(c.value).Kind() }
func (c complaint) Type() reflect.Type             { return reflect.TypeOf(c.value) }
func (c complaint) Translate(ut.Translator) string { return c.Error() }
func (c complaint) Error() string                  { return "GoName failed" }

// said is the violation for a complaint.
func said(t *testing.T, c complaint) apierr.Violation {
	t.Helper()
	e := validate.FromError(t.Context(), validator.ValidationErrors{c})
	require.NotNil(t, e)
	require.Len(t, e.Violations, 1)
	return e.Violations[0]
}

// builtInTags reads the tags and aliases of the validator that is compiled in
// from its source, since it does not export them: an upgrade that brings a new
// one fails here.
func builtInTags(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/go-playground/validator/v10").Output()
	require.NoError(t, err)
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(out)), "baked_in.go"), nil, 0)
	require.NoError(t, err)
	var tags []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || spec.Names[0].Name != "bakedInValidators" && spec.Names[0].Name != "bakedInAliases" {
			return true
		}
		for _, e := range spec.Values[0].(*ast.CompositeLit).Elts {
			tag, err := strconv.Unquote(e.(*ast.KeyValueExpr).Key.(*ast.BasicLit).Value)
			require.NoError(t, err)
			tags = append(tags, tag)
		}
		return true
	})
	return tags
}

// Every built-in tag has a message of its own, short and without Go's words.
func TestMessages_EveryBuiltInTag(t *testing.T) {
	tags := builtInTags(t)
	require.Greater(t, len(tags), 180)
	fit := regexp.MustCompile(`^[A-Z][^%{}]{3,60}$`)
	for _, tag := range tags {
		for _, value := range []any{"text", 5, []string{"a"}} {
			v := said(t, complaint{tag, "7", value})
			require.NotEqual(t, "Invalid value", v.Message, "%s needs a message", tag)
			require.Regexp(t, fit, v.Message, tag)
			require.Equal(t, tag, v.Rule)
			require.NotContains(t, v.Message+v.Param, "GoName")
		}
	}
}

func TestMessages(t *testing.T) {
	type of struct{ text, list, number string }
	for _, c := range []struct {
		tag, param string
		want       of
	}{
		{"required", "", of{"Required", "Required", "Required"}},
		{"min", "8", of{"Must be at least 8 characters", "Must contain at least 8 items", "Must be at least 8"}},
		{"min", "1", of{"Must be at least 1 character", "Must contain at least 1 item", "Must be at least 1"}},
		{"max", "8", of{"Must be at most 8 characters", "Must contain at most 8 items", "Must be at most 8"}},
		{"len", "8", of{"Must be exactly 8 characters", "Must contain exactly 8 items", "Must be 8"}},
		{"gt", "8", of{"Must be more than 8 characters", "Must contain more than 8 items", "Must be greater than 8"}},
		{"lt", "8", of{"Must be fewer than 8 characters", "Must contain fewer than 8 items", "Must be less than 8"}},
		{"eq", "8", of{`Must be "8"`, "Must contain exactly 8 items", "Must be 8"}},
		{"ne", "8", of{`Must not be "8"`, "Must contain other than 8 items", "Must not be 8"}},
		{"oneof", "1 'b c'", of{`Must be one of "1", "b c"`, `Must be one of "1", "b c"`, "Must be one of 1, b c"}},
		{"eqfield", "Password", of{"Must match another field", "Must match another field", "Must match another field"}},
		{"email", "", of{"Invalid email address", "Invalid email address", "Invalid email address"}},
		{"eq=0|min=5", "5", of{`Must be "0" or must be at least 5 characters`, "Must contain exactly 0 items or must contain at least 5 items", "Must be 0 or must be at least 5"}},
		{"rgb|nonsense", "", of{"Invalid value", "Invalid value", "Invalid value"}},
		{"nonsense", "", of{"Invalid value", "Invalid value", "Invalid value"}},
	} {
		require.Equal(t, c.want, of{
			said(t, complaint{c.tag, c.param, "x"}).Message,
			said(t, complaint{c.tag, c.param, []int{}}).Message,
			said(t, complaint{c.tag, c.param, 3}).Message,
		}, c.tag)
	}
}

func TestMessages_RuleOfAlternatives(t *testing.T) {
	v := said(t, complaint{"eqfield=Secret|min=5", "5", "x"})
	require.Equal(t, apierr.Violation{Path: "wire", Rule: "eqfield|min", Message: "Must match another field or must be at least 5 characters"}, v)
}
