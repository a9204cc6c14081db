package validate

import (
	"reflect"
	"strings"
	"testing"

	"github.com/go-playground/validator/v10"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
)

// plainly is a struct of fields that quick can see through.
type plainly struct {
	A string `validate:"required,min=2,max=5"`
	B string `validate:"omitempty,len=3"`
	C string `validate:"oneof=red green blue"`
	D string `validate:"gt=1,lt=4"`
	E string `validate:"omitempty,gte=2,lte=3"`
	F int    `validate:"required,gte=-5,lte=130"`
	G int8   `validate:"omitempty,min=3,max=100"`
	H int64  `validate:"gt=0,lt=9223372036854775807"`
	I int    `validate:"len=7"`
	J int    `validate:"max=010"`
	K string `validate:"email"`
	L string `validate:"omitempty,url"`
}

// This test is inside the package since what quick says cannot be told from
// outside: it only saves time. Whatever it lets pass, validator must pass, and
// what it finds broken, validator must find broken by the same rule.
func FuzzQuick(f *testing.F) {
	f.Add("red", int64(7))
	f.Add("", int64(0))
	f.Add("größe", int64(-5))
	f.Add("\xff\xfe", int64(130))
	f.Add("a", int64(9))
	f.Add("ada.b1@mail.example.com", int64(1))
	f.Add("https://www.example.com/a/1", int64(1))
	f.Add("http://1", int64(1))
	f.Add("1@1.co", int64(1))
	v := validator.New(validator.WithRequiredStructEnabled())
	q := newQuick(reflect.TypeFor[plainly](), "validate")
	f.Fuzz(func(t *testing.T, s string, n int64) {
		in := plainly{s, s, s, s, s, int(n), int8(n), n, int(n), int(n), s, s}
		value := reflect.ValueOf(in)
		failed := map[string]validator.FieldError{}
		if failures, ok := v.Struct(in).(validator.ValidationErrors); ok {
			for _, fe := range failures {
				failed[fe.StructField()] = fe
			}
		}
		set, broken, whole := q.judge(value, nil)
		said := 0
		for i, field := range q.fields {
			if set&(1<<i) != 0 {
				said++
				require.Nil(t, failed[field.name], "%s with %q and %d", field.name, s, n)
			}
		}
		for _, b := range broken {
			said++
			fe := failed[b.field.name]
			require.NotNil(t, fe, "%s with %q and %d", b.field.name, s, n)
			require.Equal(t, []string{fe.Tag(), fe.Param()}, []string{b.rule.tag, b.rule.param}, "%s with %q and %d", b.field.name, s, n)
		}
		// Only addresses that are not the plainest are left to validator.
		require.GreaterOrEqual(t, said, len(q.fields)-2)
		require.Equal(t, whole, said == len(q.fields))
	})
}

// The words are the same, whoever found what is broken.
func TestQuick_SaysTheSame(t *testing.T) {
	asked := New(validator.New(validator.WithRequiredStructEnabled()))
	for _, in := range []plainly{
		{},
		{A: "abcdefg", B: "ab", C: "pink", D: "abcd", E: "abcd", F: 131, G: 101, I: 8, J: 9, K: "ada", L: "nope"},
		{A: "a", B: "abc", C: "red", D: "a", E: "a", F: -6, G: 2, H: -1, I: 7, J: 8, K: "ada@", L: "https://a.b"},
		{A: "abc", C: "red", D: "abc", F: 1, H: 1, I: 7, J: 8, K: "ada@example.com"},
	} {
		quickly, slowly := Struct(t.Context(), in), Struct(t.Context(), in, asked)
		if slowly == nil {
			require.NoError(t, quickly)
			continue
		}
		var a, b *apierr.Error
		require.ErrorAs(t, quickly, &a)
		require.ErrorAs(t, slowly, &b)
		require.Equal(t, b.Violations, a.Violations)
	}
}

func TestQuick_LeavesTheRestToValidator(t *testing.T) {
	type valuer struct{ X namedText }
	for _, typ := range []any{
		struct {
			A string `validate:"uuid"`
		}{},
		struct {
			A int `validate:"email"`
		}{},
		struct {
			A string `validate:"min=2|max=1"`
		}{},
		struct {
			A string `validate:"oneof='a b' c"`
		}{},
		struct {
			A float64 `validate:"min=1"`
		}{},
		struct {
			A uint `validate:"min=1"`
		}{},
		struct {
			A string `validate:"min=x"`
		}{},
		struct {
			A struct{ B string } `validate:"required"`
			C string             `validate:"required"`
		}{},
		valuer{},
		struct{}{},
		"",
	} {
		require.Nil(t, newQuick(reflect.TypeOf(typ), "validate"), "%T", typ)
	}
}

type namedText string

func (namedText) ValidatorValue() any { return "" }

func TestQuick_Skips(t *testing.T) {
	q := newQuick(reflect.TypeFor[plainly](), "validate")
	next := 0
	for _, field := range []string{"A", "B", "C", "I", "A", "nope", "H"} {
		require.Equal(t, strings.Contains("AH", field), q.skips(1|1<<7, &next, []byte("plainly."+field)), field)
	}
}

func TestPlainAddresses(t *testing.T) {
	for s, want := range map[string]bool{
		"ada@example.com": true, "a.b@c.de": true, "1@1.co": true,
		"": false, "ada": false, "ada@": false, "@example.com": false, "a..b@c.de": false, ".a@c.de": false,
		"a@c": false, "a@c.d": false, "a@c.d1": false, "A@c.de": false, "a@b@c.de": false, "a b@c.de": false,
	} {
		require.Equal(t, want, plainEmail(s), s)
	}
	for s, want := range map[string]bool{
		"https://example.com": true, "http://a.b/c/d1": true, "http://localhost/": true,
		"": false, "http://": false, "ftp://a": false, "http://a..b": false, "http://a:80": false, "http://a?b": false,
		"https:///a": false, "http://a/%zz": false, "http://A": false,
	} {
		require.Equal(t, want, plainURL(s), s)
	}
}
