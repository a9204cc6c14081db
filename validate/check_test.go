//lint:file-ignore SA5008 tags that are faults are what is tested

package validate_test

import (
	"database/sql"
	"encoding/json"
	"math/big"
	"mime/multipart"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
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

// Types that decode themselves through a nil pointer, and one that allocates.
type (
	nilTime   struct{ *time.Time }
	nilDay    struct{ *embeddedDay }
	allocates struct{ *time.Time }
	// embeddedDay decodes itself by the method of what it embeds.
	embeddedDay struct{ time.Time }
)

func (a *allocates) UnmarshalJSON(text []byte) error {
	a.Time = new(time.Time)
	return a.Time.UnmarshalJSON(text)
}

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
			A string `json:"a,omitEmpty"`
		}](), "omitEmpty"},
		"no json tag": {faults[struct {
			A string `json:"-,"`
		}](), "trailing"},
		"quoted list": {faults[struct {
			A []int `json:"a,string"`
		}](), "string is for numbers"},
		"text rule on a number": {faults[struct {
			A int `validate:"email"`
		}](), "no int satisfies it"},
		"length that an array has not": {faults[struct {
			A [2]int `validate:"len=3"`
		}](), "no [2]int satisfies it"},
		"text rule on a list": {faults[struct {
			A []string `validate:"uuid4"`
		}](), `"uuid4"`},
		"text rule on elements": {faults[struct {
			A []bool `validate:"dive,url"`
		}](), `"url"`},
		"text rule on keys": {faults[struct {
			A map[int]int `validate:"dive,keys,startswith=x,endkeys"`
		}](), `"startswith=x"`},
		"text rule on a struct": {faults[struct {
			A leafy `validate:"e164"`
		}](), `"e164"`},
		"text rule on a time": {faults[struct {
			A time.Time `validate:"email"`
		}](), `"email"`},
		"text rule on an address": {faults[struct {
			A netip.Addr `validate:"ip"`
		}](), `"ip"`},
		"text rules on a number": {faults[struct {
			A int `validate:"rgb|email"`
		}](), "no int satisfies it"},
		"choice of words for a number": {faults[struct {
			A uint `validate:"oneof=a b"`
		}](), "no uint satisfies it"},
		"choice out of range": {faults[struct {
			A uint8 `validate:"oneof=-1 300"`
		}](), "no uint8 satisfies it"},
		"text or a choice out of range": {faults[struct {
			A []int8 `validate:"dive,email|oneof=128 a"`
		}](), "no int8 satisfies it"},
		"bound above the type": {faults[struct {
			A uint8 `validate:"min=256"`
		}](), "no uint8 satisfies it"},
		"bound at the end of the type": {faults[struct {
			A *int8 `validate:"omitempty,gt=127"`
		}](), "no int8 satisfies it"},
		"bound below the type": {faults[struct {
			A uint `validate:"lt=0"`
		}](), "no uint satisfies it"},
		"value out of range": {faults[struct {
			A int16 `validate:"eq=40000"`
		}](), "no int16 satisfies it"},
		"bound of a struct": {faults[struct {
			A leafy `validate:"gt=1"`
		}](), `"gt=1"`},
		"bound of a json.Number": {faults[struct {
			A json.Number `validate:"gte=5"`
		}](), "counts the characters"},
		"bound of json.Numbers": {faults[struct {
			A []*json.Number `validate:"min=1,dive,numeric|lt=5"`
		}](), "counts the characters"},
		"unique of anything": {faults[struct {
			A []any `validate:"unique"`
		}](), "not all comparable"},
		"unique values of a map": {faults[struct {
			A map[string]*any `validate:"min=1,unique"`
		}](), "not all comparable"},
		"unique by anything": {faults[struct {
			A []*struct{ B any } `validate:"unique=B"`
		}](), "not all comparable"},
		"unique with anything within": {faults[struct {
			A [2]struct{ B [2]any } `validate:"unique"`
		}](), "not all comparable"},
		"bounds that cross": {faults[struct {
			A int `validate:"min=5,max=3"`
		}](), "no value satisfies min=5 and max=3"},
		"bounds that touch": {faults[struct {
			A string `validate:"required,gt=3,lte=3"`
		}](), "gt=3 and lte=3"},
		"length and bound": {faults[struct {
			A []int `validate:"len=2,min=3"`
		}](), "min=3 and len=2"},
		"rule on nil": {faults[struct {
			A *string `validate:"required_without=B,min=3"`
			B string
		}](), "min=3 is applied to nil behind required_without=B"},
		"rule on a nil interface": {faults[struct {
			A any `validate:"required_if=B x,email"`
			B string
		}](), "email is applied to nil"},
		"dive on nil": {faults[struct {
			A *[]int `validate:"excluded_with=B,dive,min=3"`
			B string
		}](), "dive is applied to nil"},
		"embedded pointer":          {faults[struct{ A []nilTime }](), "the embedded *time.Time, which is nil"},
		"embedded pointer at root":  {faults[nilTime](), "the embedded *time.Time, which is nil"},
		"embedded pointer to a day": {faults[struct{ A map[string]nilDay }](), "which is nil"},
		"embedded pointer in a query": {faults[struct {
			A nilTime `query:"a"`
		}](), "which is nil"},
		"sql.NullString": {faults[struct{ A sql.NullString }](), "use a pointer"},
		"sql.Null":       {faults[struct{ A []sql.Null[int] }](), "use a pointer"},
		"url.URL":        {faults[struct{ A *url.URL }](), "not a string"},
		"mail.Address":   {faults[struct{ A mail.Address }](), "not a string"},
		"net.IPNet":      {faults[struct{ A net.IPNet }](), "netip.Prefix"},
		"hardware":       {faults[struct{ A net.HardwareAddr }](), "base64"},
		"durations":      {faults[struct{ A map[string][]time.Duration }](), "time.Duration"},
		"query of a channel": {faults[struct {
			A chan int `query:"a"`
		}](), "query parameters cannot be decoded into chan int"},
		"query of a struct without tags": {faults[struct {
			A leafy `query:"a"`
		}](), "has a query tag"},
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

// What Check must not object to.
func TestCheck_NoFault(t *testing.T) {
	require.Empty(t, faults[struct {
		Latitude float64         `json:"latitude" validate:"latitude"`
		Country  int             `json:"country" validate:"iso3166_1_alpha_numeric"`
		Card     int64           `json:"card" validate:"luhn_checksum"`
		Number   uint8           `json:"number" validate:"numeric,number"`
		Flag     bool            `json:"flag" validate:"boolean"`
		Document []byte          `json:"document" validate:"json"`
		ID       uuid.UUID       `json:"id" validate:"uuid4"`
		Any      any             `json:"any" validate:"email"`
		Either   int             `json:"either" validate:"email|gt=3"`
		Bounds   int             `json:"bounds" validate:"gte=3,lte=3"`
		Open     float64         `json:"open" validate:"gt=3,lt=3.5"`
		Maybe    *string         `json:"maybe" validate:"required_without=Flag,omitempty,min=3"`
		Deep     *[]string       `json:"deep" validate:"required_with=Flag,omitnil,dive,min=3"`
		Some     []string        `json:"some" validate:"required_with=Flag,min=3"`
		Month    time.Month      `json:"month" validate:"min=1,max=12"`
		Choice   int8            `json:"choice" validate:"oneof=a 127"`
		Words    int             `json:"words" validate:"oneof=a b|eq=5"`
		Last     uint8           `json:"last" validate:"gt=254,ne=0"`
		First    int8            `json:"first" validate:"lte=-128"`
		Hex      uint16          `json:"hex" validate:"eq=0xffff"`
		Widest   uint64          `json:"widest" validate:"min=18446744073709551615"`
		Times    []time.Time     `json:"times" validate:"unique"`
		Leaves   []*leafy        `json:"leaves" validate:"unique"`
		Own      allocates       `json:"own"`
		Fixed    [2]int          `json:"fixed" validate:"len=2,max=2,dive,ne=0"`
		Prefix   netip.Prefix    `json:"prefix"`
		Amount   json.Number     `json:"amount" validate:"required,numeric"`
		Quoted   *int            `json:"quoted,string"`
		Big      *big.Int        `json:"big"`
		Keys     map[any]int     `json:"keys"`
		Floats   map[float32]int `json:"floats"`
	}]())
	// A struct with query tags is not for JSON.
	require.Empty(t, faults[struct {
		Timeout time.Duration `query:"timeout"`
		Since   time.Time     `query:"since"`
		Any     any           `query:"any"`
		Hidden  chan int
	}]())
	// With json tags too, it is for both.
	require.Len(t, faults[struct {
		Timeout time.Duration `query:"timeout" json:"timeout"`
	}](), 1)
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
