package validate_test

import (
	"mime/multipart"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/validate"
)

// faults are the lines of what Check says of a T.
func faults[T any](opts ...validate.Option) []string {
	err := validate.Check[T](opts...)
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

func TestCheck_Sound(t *testing.T) {
	require.NoError(t, validate.Check[everything]())
	require.NoError(t, validate.Check[account]())
	require.NoError(t, validate.Check[person]())
	require.NoError(t, validate.Check[[]signup]())
	require.NoError(t, validate.Check[tree]())
	require.NoError(t, validate.Check[any]())
	require.NoError(t, validate.Check[patch]())
	require.NoError(t, validate.Check[search]())
	require.NoError(t, validate.Check[upload]())
	require.NoError(t, validate.Check[booking](newRules(t)))
}

type clashing struct {
	ClashA
	ClashB
}
type (
	ClashA struct{ Name string }
	ClashB struct{ Name string }
)

// One fault, and a word of what Check says about it.
func TestCheck_Faults(t *testing.T) {
	for name, c := range map[string]struct {
		got  []string
		want string
	}{
		"unknown tag": {faults[struct {
			A string `validate:"requird"`
		}](), "'requird'"},
		"tag behind a slice": {faults[struct {
			A []struct {
				B string `validate:"mni=1"`
			}
		}](), "'mni'"},
		"tag of a pointer": {faults[struct {
			A *struct {
				B string `validate:"mni=1"`
			}
		}](), "'mni'"},
		"tag after dive": {faults[struct {
			A map[string]string `validate:"dive,mni=1"`
		}](), "'mni'"},
		"tag of keys": {faults[struct {
			A map[string]int `validate:"dive,keys,mni=1,endkeys"`
		}](), "'mni'"},
		"malformed number": {faults[struct {
			A string `validate:"omitempty,min=abc"`
		}](), "abc"},
		"malformed element": {faults[struct {
			A []string `validate:"dive,max=x"`
		}](), `"x"`},
		"malformed choice": {faults[struct {
			A string `validate:"eq=1|min=abc"`
		}](), "abc"},
		"wrong kind": {faults[struct {
			A bool `validate:"max=3"`
		}](), "Bad field type bool"},
		"nothing to dive": {faults[struct {
			A string `validate:"dive"`
		}](), "nothing to dive into"},
		"no such sibling": {faults[struct {
			A string `validate:"eqfield=Nope"`
		}](), "no field Nope"},
		"no such cousin": {faults[struct {
			A string `validate:"eqcsfield=B.Nope"`
			B leafy
		}](), "no field B.Nope"},
		"unpaired condition": {faults[struct {
			A string `validate:"required_if=B"`
			B string
		}](), "pairs"},
		"unique by nothing": {faults[struct {
			A []leafy `validate:"unique=Nope"`
		}](), "no field Nope"},
		"channel":   {faults[struct{ A chan int }](), "chan int"},
		"function":  {faults[struct{ A func() }](), "func()"},
		"duration":  {faults[struct{ A time.Duration }](), "time.Duration"},
		"interface": {faults[struct{ A error }](), "error"},
		"map key":   {faults[struct{ A map[bool]int }](), "bool"},
		"one name twice": {faults[struct {
			A string `json:"B"`
			B string
		}](), `conflict over JSON object name "B"`},
		"a name lost": {faults[clashing](), `2 fields share the name "Name"`},
		"malformed json tag": {faults[struct {
			//lint:ignore SA5008 the fault that Check is to find
			A string `json:"a,omitEmpty"`
		}](), "omitEmpty"},
		"file size": {faults[struct {
			A *multipart.FileHeader `form:"a" file:"max=2 apples"`
		}](), "2 apples"},
		"file rule": {faults[struct {
			A *multipart.FileHeader `form:"a" file:"min=2B"`
		}](), "min"},
		"file elsewhere": {faults[struct {
			A string `form:"a" file:"max=2B"`
		}](), "file tag on"},
	} {
		require.Len(t, c.got, 1, "%s: %v", name, c.got)
		require.Contains(t, c.got[0], c.want, name)
	}
}

func TestCheck_AllAtOnce(t *testing.T) {
	require.Len(t, faults[struct {
		A string   `json:"a" validate:"requird"`
		B int      `json:"b" validate:"min=abc"`
		C chan int `json:"c"`
	}](), 3)
}

// A rule that the program registered is looked up, not called.
func TestCheck_DoesNotCallOwnRules(t *testing.T) {
	type in struct {
		A string `validate:"panics"`
	}
	require.NoError(t, validate.Check[in](newRules(t)))
	require.Error(t, validate.Check[in]())
}
