package validate_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate"
)

type headers struct {
	Tenant string                   `header:"x-tenant" validate:"max=3"`
	Tries  int                      `header:"X-Tries"`
	IDs    []string                 `header:"X-Ids"`
	Counts *[]int                   `header:"X-Counts"`
	Few    [2]int                   `header:"X-Few"`
	Maybe  validate.Optional[[]int] `header:"X-Maybe"`
	Host   string                   `header:"Host"`
	Since  time.Time                `header:"If-Modified-Since"`
	Times  []*time.Time             `header:"X-Times"`
	Wait   time.Duration            `header:"X-Wait"`
	Key    []byte                   `header:"X-Key"`
}

func TestHeader(t *testing.T) {
	at := time.Date(1994, 11, 6, 8, 49, 37, 0, time.UTC)
	for _, c := range []struct {
		name  string
		lines []string
		want  headers
		found []string
	}{
		{"X-Tenant", []string{"t"}, headers{Tenant: "t"}, nil},
		{"X-Tenant", []string{"a, b"}, headers{}, []string{"x-tenant: Must be at most 3 characters"}},
		{"X-Tenant", []string{"a", "b"}, headers{}, []string{"x-tenant: Must be given only once"}},
		{"X-Tenant", []string{"a", "a"}, headers{}, []string{"x-tenant: Must be given only once"}},
		{"X-Tenant", []string{"\xff"}, headers{}, []string{"x-tenant: Must be UTF-8"}},
		{"X-Tenant", []string{"é"}, headers{Tenant: "é"}, nil},
		{"X-Tries", []string{"2"}, headers{Tries: 2}, nil},
		{"X-Tries", []string{""}, headers{}, nil},
		{"X-Tries", []string{"+2"}, headers{}, []string{"X-Tries: Expected integer, received string"}},

		// Lists: RFC 9110 sections 5.3 and 5.6.1.
		{"X-Ids", []string{"a, b, c"}, headers{IDs: []string{"a", "b", "c"}}, nil},
		{"X-Ids", []string{"a,b\t,\t c"}, headers{IDs: []string{"a", "b", "c"}}, nil},
		{"X-Ids", []string{"a", "b, c", "d"}, headers{IDs: []string{"a", "b", "c", "d"}}, nil},
		{"X-Ids", []string{"", ", ,a,, b ,"}, headers{IDs: []string{"a", "b"}}, nil},
		{"X-Ids", []string{""}, headers{}, nil},
		{"X-Ids", []string{" , "}, headers{}, nil},
		{"X-Ids", []string{`"a, b", c`}, headers{IDs: []string{`"a, b"`, "c"}}, nil},
		{"X-Ids", []string{`W/"a,b" , x="c,\"d,e";q=1, f`}, headers{IDs: []string{`W/"a,b"`, `x="c,\"d,e";q=1`, "f"}}, nil},
		{"X-Ids", []string{`"a\\", b`}, headers{IDs: []string{`"a\\"`, "b"}}, nil},
		{"X-Ids", []string{`"open, b`, "c"}, headers{IDs: []string{`"open, b`, "c"}}, nil},
		{"X-Ids", []string{`"\`}, headers{IDs: []string{`"\`}}, nil},
		{"X-Ids", []string{"a, \xff, c"}, headers{}, []string{"X-Ids[1]: Must be UTF-8"}},
		{"X-Counts", []string{"1, 2", "3"}, headers{Counts: &[]int{1, 2, 3}}, nil},
		{"X-Counts", []string{"1, x, 3", "NaN"}, headers{}, []string{"X-Counts[1]: Expected integer, received string", "X-Counts[3]: Expected integer, received string"}},
		{"X-Few", []string{"1, 2"}, headers{Few: [2]int{1, 2}}, nil},
		{"X-Few", []string{"1, 2, 3"}, headers{}, []string{"X-Few: Invalid value"}},
		{"X-Maybe", []string{"1,2"}, headers{Maybe: validate.Optional[[]int]{{1, 2}}}, nil},

		// HTTP dates: RFC 9110 section 5.6.7, in its three forms.
		{"If-Modified-Since", []string{"Sun, 06 Nov 1994 08:49:37 GMT"}, headers{Since: at}, nil},
		{"If-Modified-Since", []string{"Sunday, 06-Nov-94 08:49:37 GMT"}, headers{Since: at}, nil},
		{"If-Modified-Since", []string{"Sun Nov  6 08:49:37 1994"}, headers{Since: at}, nil},
		{"If-Modified-Since", []string{"1994-11-06T08:49:37Z"}, headers{Since: at}, nil},
		{"If-Modified-Since", []string{"Sun, 06 Nov 1994"}, headers{}, []string{"If-Modified-Since: Invalid date and time"}},
		{"If-Modified-Since", []string{"784111777"}, headers{}, []string{"If-Modified-Since: Invalid date and time"}},
		{"X-Times", []string{"Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"}, headers{Times: []*time.Time{&at, &at}}, nil},

		{"X-Wait", []string{"5s"}, headers{Wait: 5 * time.Second}, nil},
		{"X-Wait", []string{"5"}, headers{}, []string{"X-Wait: Invalid duration"}},
		{"X-Key", []string{"SGVsbG8="}, headers{Key: []byte("Hello")}, nil},
		{"X-Key", []string{"SGVsbG8=, SGVsbG8="}, headers{}, []string{"X-Key: Must be base64"}},
	} {
		r := httptest.NewRequest("GET", "http://example.com/", nil)
		r.Header[c.name] = c.lines
		got, err := validate.Header[headers](r)
		require.Equal(t, c.found, brief(violationsOf(t, err, apierr.InvalidParameter)), c.lines)
		if err == nil {
			require.Equal(t, "example.com", got.Host)
			got.Host, got.Since = "", got.Since.UTC()
		}
		require.Equal(t, c.want, got, c.lines)
	}
}

func TestHeader_Required(t *testing.T) {
	type in struct {
		Tenant string   `header:"x-tenant" validate:"required"`
		IDs    []string `header:"X-Ids" validate:"required"`
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("X-Ids", ",")
	_, err := validate.Header[in](r)
	require.Equal(t, []string{"x-tenant: Required", "X-Ids: Required"}, brief(violationsOf(t, err, apierr.InvalidParameter)))
}
