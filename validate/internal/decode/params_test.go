package decode_test

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/validate/internal/decode"
	"github.com/failwell/failwell/validate/internal/schema"
)

type filter struct {
	Name   string              `query:"name"`
	Dotted string              `query:"a.b"`
	Count  *int                `query:"count"`
	Tags   []string            `query:"tag"`
	Grid   [][]int8            `query:"grid"`
	Pair   [2]uint             `query:"pair"`
	Meta   map[string]string   `query:"meta"`
	Ranks  map[int]*filter     `query:"ranks"`
	Lists  map[string][]string `query:"lists"`
	Next   *filter             `query:"next"`
	Items  []filter            `query:"items"`
	Data   []byte              `query:"data"`
	Any    any                 `query:"any"`
}

func params(t *testing.T, query string) (got filter, found []string) {
	t.Helper()
	values, err := url.ParseQuery(query)
	require.NoError(t, err)
	v := reflect.ValueOf(&got).Elem()
	s := schema.Query.Of(v.Type())
	result := decode.Params(values, v, s, 100, 20)
	decode.SortByDeclaration(s, result.Violations)
	for _, v := range result.Violations {
		found = append(found, v.Path+" "+v.Rule)
	}
	return got, found
}

func TestParams(t *testing.T) {
	one := 1
	for query, want := range map[string]filter{
		"name=x&other=y":                  {Name: "x"},
		"a.b=x":                           {Dotted: "x"},
		"count=1":                         {Count: &one},
		"count=":                          {},
		"tag=a&tag=b":                     {Tags: []string{"a", "b"}},
		"tag[1]=b&tag[0]=a":               {Tags: []string{"a", "b"}},
		"tag=a&tag[1]=b":                  {Tags: []string{"a", "b"}},
		"grid[1][0]=3&grid[0]=1&grid[0]=": {Grid: [][]int8{{1, 0}, {3}}},
		"pair=1&pair=2":                   {Pair: [2]uint{1, 2}},
		"pair[1]=2":                       {Pair: [2]uint{0, 2}},
		"meta[k]=v&meta[a.b]=w":           {Meta: map[string]string{"k": "v", "a.b": "w"}},
		"ranks[7].name=x&ranks[7].a.b=y":  {Ranks: map[int]*filter{7: {Name: "x", Dotted: "y"}}},
		"lists[k][1]=b&lists[k][0]=a":     {Lists: map[string][]string{"k": {"a", "b"}}},
		"next.next.name=x&next.count=1":   {Next: &filter{Count: &one, Next: &filter{Name: "x"}}},
		"items[1].name=b&items[0].name=a": {Items: []filter{{Name: "a"}, {Name: "b"}}},
		"data=SGVsbG8=":                   {Data: []byte("Hello")},
		"any=x":                           {Any: "x"},
	} {
		got, found := params(t, query)
		require.Empty(t, found, query)
		require.Equal(t, want, got, query)
	}
}

func TestParams_Violations(t *testing.T) {
	for query, want := range map[string][]string{
		// More steps than the type has.
		"tag[0][0]=1": {"tag[0] format"}, "tag.x=1": {"tag format"}, "name[0]=1": {"name format"}, "name.x=1": {"name format"},
		"meta[a][b]=1": {"meta.a format"}, "items.name=1": {"items format"}, "next[0]=1": {"next format"},
		"tag" + strings.Repeat("[0]", 40000) + "=1":     {"tag format"},
		"next" + strings.Repeat(".next", 40) + ".name=": {"next format"},

		// Steps that lead nowhere.
		"items[0].nope=1": {"items[0] format"}, "items[x].name=1": {"items format"}, "items[-1].name=1": {"items format"},
		"items[100].name=1": {"items format"}, "pair[2]=1": {"pair format"}, "pair=1&pair=2&pair=3": {"pair format"},
		"ranks[x].name=1": {"ranks.x format"},

		// Brackets that do not match.
		"tag[=1": {"tag format"}, "tag[0=1": {"tag format"}, "tag[0]]=1": {"tag format"}, "tag[[0]=1": {"tag format"}, "tag[0]x=1": {"tag[0] format"}, "tag]=1": nil,

		// Values of the wrong type: every one.
		"grid[0]=1&grid[0]=x&grid[0]=2&grid[0]=300": {"grid[0][1] type", "grid[0][3] range"},
		"next=1&meta=1": {"meta type", "next type"}, "data=!": {"data format"}, "count=x": {"count type"},
	} {
		_, found := params(t, query)
		require.Equal(t, want, found, query)
	}
}

// A few bytes cannot ask for much memory.
func TestParams_Budget(t *testing.T) {
	_, found := params(t, "items"+strings.Repeat("[99].items", 15)+"[99].name=x")
	require.Equal(t, []string{"items format"}, found)
	// A whole list of large elements is within bounds.
	var query []string
	for i := range 100 {
		query = append(query, fmt.Sprintf("items[%d].name=x", i))
	}
	got, found := params(t, strings.Join(query, "&"))
	require.Empty(t, found)
	require.Len(t, got.Items, 100)
}
