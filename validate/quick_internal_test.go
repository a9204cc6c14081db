package validate

import (
	"reflect"
	"strings"
	"testing"

	"github.com/go-playground/validator/v10"
	"github.com/stretchr/testify/require"
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
}

// This test is inside the package since what quick says cannot be told from
// outside: it only saves time. Whatever it lets pass, validator must pass.
func FuzzQuick(f *testing.F) {
	f.Add("red", int64(7))
	f.Add("", int64(0))
	f.Add("größe", int64(-5))
	f.Add("\xff\xfe", int64(130))
	f.Add("a", int64(9))
	v := validator.New(validator.WithRequiredStructEnabled())
	q := newQuick(reflect.TypeFor[plainly](), "validate")
	f.Fuzz(func(t *testing.T, s string, n int64) {
		in := plainly{s, s, s, s, s, int(n), int8(n), n, int(n), int(n)}
		value := reflect.ValueOf(in)
		failed := map[string]bool{}
		if failures, ok := v.Struct(in).(validator.ValidationErrors); ok {
			for _, fe := range failures {
				failed[fe.StructField()] = true
			}
		}
		set := q.passed(value)
		for i, field := range q.fields {
			passed := set&(1<<i) != 0
			require.Equal(t, !failed[field.name], passed, "%s with %q and %d", field.name, s, n)
		}
	})
}

func TestQuick_LeavesTheRestToValidator(t *testing.T) {
	type valuer struct{ X namedText }
	for _, typ := range []any{
		struct {
			A string `validate:"email"`
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
