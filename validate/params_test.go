package validate_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate"
)

type Paging struct {
	Limit int `query:"limit" validate:"omitempty,min=1,max=100"`
}

type search struct {
	Paging
	Text   string            `query:"q" validate:"required,max=5"`
	Tags   []string          `query:"tag" validate:"max=2,dive,min=2"`
	Since  time.Time         `query:"since"`
	From   netip.Addr        `query:"from"`
	Size   uint8             `query:"size"`
	Ratio  *float64          `query:"ratio"`
	Exact  bool              `query:"exact"`
	Codes  []int8            `query:"code"`
	Meta   map[string]string `query:"meta" validate:"dive,max=1"`
	Items  []item            `query:"items" validate:"dive"`
	Hidden string
	Filter struct {
		Name  string `query:"name" validate:"omitempty,eqfield=Other"`
		Other string `query:"other.name"`
	} `query:"filter"`
}

type item struct {
	N int `query:"n" validate:"max=9"`
}

func query[T any](t *testing.T, q string, opts ...validate.Option) (T, []apierr.Violation) {
	t.Helper()
	in, err := validate.Query[T](httptest.NewRequest("GET", "/?"+q, nil), opts...)
	return in, violationsOf(t, err, apierr.InvalidParameter)
}

func TestQuery(t *testing.T) {
	in, vs := query[search](t, "q=go&limit=5&tag=aa&tag=bb&since=2026-01-02T03:04:05Z&from=::1&size=255&ratio=1.5&exact=true&meta[k]=v&items[1].n=3&items[0][n]=2&filter.name=x&filter.other.name=x&utm=1&Hidden=x&Paging.limit=9")
	require.Empty(t, vs)
	require.Equal(t, "go", in.Text)
	require.Equal(t, 5, in.Limit)
	require.Equal(t, []string{"aa", "bb"}, in.Tags)
	require.Equal(t, 2026, in.Since.Year())
	require.Equal(t, netip.IPv6Loopback(), in.From)
	require.Equal(t, uint8(255), in.Size)
	require.Equal(t, 1.5, *in.Ratio)
	require.True(t, in.Exact)
	require.Equal(t, map[string]string{"k": "v"}, in.Meta)
	require.Equal(t, []item{{2}, {3}}, in.Items)
	require.Equal(t, "x", in.Filter.Name)
	require.Empty(t, in.Hidden, "fields without a query tag are left out")
}

func TestQuery_Violations(t *testing.T) {
	for _, c := range []struct {
		query string
		want  []string
	}{
		{"", []string{"q: Required"}},
		{"q=a&limit=x", []string{"limit: Expected integer, received string"}},
		{"q=a&limit=1.5", []string{"limit: Expected integer, received number"}},
		{"q=a&limit=101", []string{"limit: Must be at most 100"}},
		{"q=a&size=256", []string{"size: Number out of range"}},
		{"q=a&size=-1", []string{"size: Number out of range"}},
		{"q=a&ratio=a", []string{"ratio: Expected number, received string"}},
		{"q=a&ratio=1e999", []string{"ratio: Number out of range"}},
		{"q=a&exact=maybe", []string{"exact: Expected boolean, received string"}},
		{"q=a&since=today", []string{"since: Invalid date and time"}},
		{"q=a&from=home", []string{"from: Invalid value"}},
		{"q=a&code=1&code=x", []string{"code[1]: Expected integer, received string"}},
		{"q=a&code=1&code=300", []string{"code[1]: Number out of range"}},
		{"q=a&size=1e400", []string{"size: Expected integer, received number"}},
		{"q=a&size=%2B1e400", []string{"size: Expected integer, received string"}},
		{"q=a&ratio=NaN", []string{"ratio: Expected number, received string"}},
		{"q=a&ratio=Inf", []string{"ratio: Expected number, received string"}},
		{"q=a&ratio=-Infinity", []string{"ratio: Expected number, received string"}},
		{"q=a&ratio=0x1p-2", []string{"ratio: Expected number, received string"}},
		{"q=a&since=&from=&size=&ratio=&exact=", nil},
		{"q=a&tag=aa&tag=b", []string{"tag[1]: Must be at least 2 characters"}},
		{"q=a&tag=aa&tag=bb&tag=cc", []string{"tag: Must contain at most 2 items"}},
		{"q=a&meta[a.b]=long", []string{`meta["a.b"]: Must be at most 1 character`}},
		{"q=a&items[0].n=x", []string{"items[0].n: Expected integer, received string"}},
		{"q=a&items[0].n=10", []string{"items[0].n: Must be at most 9"}},
		{"q=a&filter.name=x", []string{`filter.name: Must match ["other.name"]`}},

		// One value that is sent twice, and bytes that are not UTF-8.
		{"q=a&q=b", []string{"q: Must be given only once"}},
		{"q=a&filter[name]=x&filter.name=y&filter[other.name]=z", []string{"filter.name: Must be given only once"}},
		{"q=a%FFb", []string{"q: Must be UTF-8"}},
		{"q=a&tag=%FFa&tag=aa", []string{"tag[0]: Must be UTF-8"}},
		{"q=a&meta[%FF]=a", []string{"meta: Must be UTF-8"}},
		{"q=a&%FF=a", []string{"$: Must be UTF-8"}},
		{"q=a%00b", nil},

		// Rules of elements have the indexes that were sent, and there are no others.
		{"q=a&items[4].n=5", nil},
		{"q=a&items[4].n=10&items[7][n]=11&items[5].n=x", []string{"items[4].n: Must be at most 9", "items[5].n: Expected integer, received string", "items[7].n: Must be at most 9"}},
		{"q=a&tag[1]=b", []string{"tag[1]: Must be at least 2 characters"}},
		{"q=a&tag[]=b&tag[]=cc", []string{"tag[0]: Must be at least 2 characters"}},
		{"q=a&tag[0]=aa&tag[50]=bb&tag[99]=cc", []string{"tag: Must contain at most 2 items"}},

		// Order: that of the fields, not of the query.
		{"size=x&exact=x&limit=x&q=toolong", []string{
			"limit: Expected integer, received string", "q: Must be at most 5 characters",
			"size: Expected integer, received string", "exact: Expected boolean, received string"}},

		// Hostile names: brackets that do not match, and great indexes.
		{"q=a&tag[=1", []string{"tag: Invalid value"}},
		{"q=a&tag]=1", nil},
		{"q=a&items[][n]=1", []string{"items: Invalid value"}},
		{"q=a&items[0][m]=1", []string{"items[0]: Invalid value"}},
		{"q=a&items[0]]=1", []string{"items: Invalid value"}},
		{"q=a&items[[0]=1", []string{"items: Invalid value"}},
		{"q=a&items[4000000000].n=1", []string{"items: Invalid value"}},
		{"q=a&items[99999999999999999999].n=1", []string{"items: Invalid value"}},
		{"q=a&items[x].n=1", []string{"items: Invalid value"}},
		{"q=a&nope[=1", nil},
		{"q=%zz", []string{"$: Malformed parameters"}},
		{"q=a;b", []string{"$: Malformed parameters"}},
	} {
		_, vs := query[search](t, c.query)
		require.Equal(t, c.want, brief(vs), c.query)
	}
}

// The number of names with brackets is limited.
func TestQuery_ManyBrackets(t *testing.T) {
	var q strings.Builder
	q.WriteString("q=a")
	for i := range 2000 {
		fmt.Fprintf(&q, "&meta[%d]=x", i)
	}
	_, vs := query[search](t, q.String())
	require.Contains(t, brief(vs), "meta: Invalid value")
}

func TestPath(t *testing.T) {
	type in struct {
		Agent string `path:"agentId" validate:"required,max=3"`
		N     int    `path:"n"`
	}
	var got in
	var err error
	mux := http.NewServeMux()
	mux.HandleFunc("/agents/{agentId}/{n}", func(_ http.ResponseWriter, r *http.Request) { got, err = validate.Path[in](r) })
	mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/agents/a1/7", nil))
	require.NoError(t, err)
	require.Equal(t, in{"a1", 7}, got)
	mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/agents/long/x", nil))
	require.Equal(t, []string{"agentId: Must be at most 3 characters", "n: Expected integer, received string"},
		brief(violationsOf(t, err, apierr.InvalidParameter)))

	mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/agents/a%FF/NaN", nil))
	require.Equal(t, []string{"agentId: Must be UTF-8", "n: Expected integer, received string"},
		brief(violationsOf(t, err, apierr.InvalidParameter)))

	got, err = validate.Path[in](httptest.NewRequest("GET", "/", nil), validate.WithPathValue(func(_ *http.Request, name string) string {
		return map[string]string{"agentId": "b", "n": "2"}[name]
	}))
	require.NoError(t, err)
	require.Equal(t, in{"b", 2}, got)
}

// What is empty is absent, and does not pass for a value.
func TestQuery_Empty(t *testing.T) {
	type in struct {
		Archived *bool                     `query:"archived" validate:"required"`
		Since    *time.Time                `query:"since" validate:"required"`
		Wait     *time.Duration            `query:"wait" validate:"required"`
		IDs      []int                     `query:"ids" validate:"required"`
		From     *netip.Addr               `query:"from" validate:"required"`
		Level    validate.Optional[int]    `query:"level"`
		Name     *string                   `query:"name" validate:"required"`
		Note     validate.Optional[string] `query:"note"`
	}
	got, err := validate.Query[in](httptest.NewRequest("GET", "/?archived=&since=&wait=&ids=&from=&level=&name=&note=", nil))
	require.Equal(t, []string{"archived: Required", "since: Required", "wait: Required", "ids: Required", "from: Required"},
		brief(violationsOf(t, err, apierr.InvalidParameter)))
	require.Zero(t, got)

	type optional struct {
		Level validate.Optional[int]    `query:"level"`
		Note  validate.Optional[string] `query:"note"`
	}
	has, vs := query[optional](t, "level=&note=")
	require.Empty(t, vs)
	require.True(t, has.Level.Missing())
	note, ok := has.Note.Get()
	require.True(t, ok)
	require.Empty(t, note)
	has, vs = query[optional](t, "level=3")
	require.Empty(t, vs)
	require.Equal(t, validate.Optional[int]{3}, has.Level)
}

// A validator of the program's own reports elements by the indexes that were sent.
func TestQuery_IndexesOfOwnValidator(t *testing.T) {
	_, vs := query[search](t, "q=a&items[4].n=10&items[7][n]=11", validate.New(newPlainValidator()))
	require.Equal(t, []string{"items[4].n: Must be at most 9", "items[7].n: Must be at most 9"}, brief(vs))
}

func TestQuery_Panic(t *testing.T) {
	type in struct {
		A string `query:"a" validate:"panics"`
	}
	_, err := validate.Query[in](httptest.NewRequest("GET", "/?a=1", nil), newRules(t))
	require.ErrorIs(t, err, apierr.Internal)
}
