package validate_test

import (
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate"
)

// A filledByNone has a field that no query can fill.
type filledByNone struct {
	Limit  int    `query:"limit"`
	Cursor string `validate:"required"`
}

type untagged struct {
	Limit int `validate:"min=1"`
}

// What no client can mend is a fault at start-up, and a 500 whose cause says why.
func TestCheck_Params(t *testing.T) {
	for _, c := range []struct {
		name string
		got  []string
		call func(*http.Request) error
		want string
	}{
		{"no tag", faults[untagged](validate.WithSource("query")), queryOf[untagged], "no field has a query tag"},
		{"the tag of another source", faults[struct {
			A int `form:"a"`
		}](validate.WithSource("query")), queryOf[struct {
			A int `form:"a"`
		}], "no field has a query tag"},
		{"no field", faults[struct{}](validate.WithSource("path")), pathOf[struct{}], "no field has a path tag"},
		{"no struct", faults[int](validate.WithSource("query")), queryOf[int], "query parameters need a struct"},
		{"a slice", faults[[]search](validate.WithSource("query")), queryOf[[]search], "query parameters need a struct"},
		{"a map", faults[map[string]string](validate.WithSource("header")), headerOf[map[string]string], "header parameters need a struct"},
		{"a pointer", faults[*search](validate.WithSource("query")), queryOf[*search], "query parameters need a struct"},
		{"a time", faults[time.Time](validate.WithSource("query")), queryOf[time.Time], "query parameters need a struct"},
		{"no tag within", faults[struct {
			A struct{ B int } `query:"a"`
		}](), queryOf[struct {
			A struct{ B int } `query:"a"`
		}], "no field has a query tag"},
		{"a required field without a tag", faults[filledByNone](), queryOf[filledByNone], `filledByNone.Cursor: it has no query tag, and "required" rejects its zero value`},
		{"a field without a tag that must be 1", faults[struct {
			untagged
			B int `query:"b"`
		}](), queryOf[struct {
			untagged
			B int `query:"b"`
		}], `"min=1" rejects its zero value`},
		{"a required field within a field without a tag", faults[struct {
			Limit  int `query:"limit"`
			Within filledByNone
		}](), queryOf[struct {
			Limit  int `query:"limit"`
			Within filledByNone
		}], `Within.Cursor: it has no query tag`},
		{"a channel", faults[struct {
			A chan int `query:"a"`
		}](), queryOf[struct {
			A chan int `query:"a"`
		}], "query parameters cannot be decoded into chan int"},
		{"an interface", faults[struct {
			A []error `form:"a"`
		}](), formOf[struct {
			A []error `form:"a"`
		}], "form parameters cannot be decoded into error"},
		{"JSON alone", faults[struct {
			A *json.RawMessage `query:"a"`
		}](), queryOf[struct {
			A *json.RawMessage `query:"a"`
		}], "query parameters cannot be decoded into json"},
		{"map keys", faults[struct {
			A map[bool]string `query:"a"`
		}](), queryOf[struct {
			A map[bool]string `query:"a"`
		}], "no map keys of type bool"},
		{"an object in the path", faults[struct {
			A struct {
				B int `path:"b"`
			} `path:"a"`
		}](), pathOf[struct {
			A struct {
				B int `path:"b"`
			} `path:"a"`
		}], "a path has no parameters within"},
		{"a map in a header", faults[struct {
			A map[string]string `header:"A"`
		}](), headerOf[struct {
			A map[string]string `header:"A"`
		}], "a header has no parameters within"},
		{"a file in a query", faults[struct {
			A *multipart.FileHeader `query:"a"`
		}](), queryOf[struct {
			A *multipart.FileHeader `query:"a"`
		}], "a query has no files"},
		{"one name twice", faults[struct {
			A string `query:"x"`
			B string `query:"x"`
		}](), queryOf[struct {
			A string `query:"x"`
			B string `query:"x"`
		}], "query tags: 2 fields share the name"},
	} {
		require.Len(t, c.got, 1, "%s: %v", c.name, c.got)
		require.Contains(t, c.got[0], c.want, c.name)

		err := c.call(httptest.NewRequest("POST", "/?limit=1", nil))
		require.ErrorIs(t, err, apierr.Internal, c.name)
		var e *apierr.Error
		require.ErrorAs(t, err, &e)
		require.ErrorContains(t, e.Unwrap(), c.want, c.name)
		require.Equal(t, http.StatusInternalServerError, e.Status)
		require.NotContains(t, e.Message, "tag")
	}
}

func queryOf[T any](r *http.Request) error  { _, err := validate.Query[T](r); return err }
func pathOf[T any](r *http.Request) error   { _, err := validate.Path[T](r); return err }
func headerOf[T any](r *http.Request) error { _, err := validate.Header[T](r); return err }
func formOf[T any](r *http.Request) error   { _, err := validate.Form[T](r); return err }

// Structs for parameters may have what JSON has not, and fields without a tag
// whose rules accept what is not sent.
func TestCheck_ParamsSound(t *testing.T) {
	require.Empty(t, faults[struct {
		Wait    time.Duration   `query:"wait" validate:"omitempty,min=1s"`
		Waits   []time.Duration `query:"waits"`
		Pair    [2]int          `query:"pair"`
		Hash    [16]byte        `query:"hash"`
		Number  json.Number     `query:"number"`
		Any     any             `query:"any"`
		Hidden  chan int        `json:"-"`
		Ignored string          `validate:"omitempty,email"`
		Skipped string          `validate:"-"`
		Other   string          `validate:"required_with=Number"`
		Self    *struct {
			A int `query:"a"`
		} `query:"self"`
	}]())
	require.Empty(t, faults[struct { // of two sources
		A int `query:"a" header:"X-A"`
		B int `header:"X-B"`
	}]())
	require.Empty(t, faults[search](validate.WithSource("query")))
	require.PanicsWithValue(t, `validate: WithSource: "json" is not query, path, header or form`, func() { validate.WithSource("json") })
}

// Types for JSON are checked as before where they are for parameters, too.
func TestCheck_JSONAndParams(t *testing.T) {
	got := faults[struct {
		Wait time.Duration `json:"wait" query:"wait"`
	}]()
	require.Len(t, got, 1)
	require.Contains(t, strings.Join(got, ""), "JSON cannot be decoded into time.Duration")
}
