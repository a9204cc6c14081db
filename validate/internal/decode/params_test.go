package decode_test

import (
	stdjson "encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/validate/internal/decode"
	"github.com/failwell/failwell/validate/internal/schema"
	"github.com/failwell/failwell/validate/internal/violation"
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

func params(t *testing.T, query string) (filter, []string) {
	var got filter
	t.Helper()
	values, err := url.ParseQuery(query)
	require.NoError(t, err)
	found := decodeInto(&got, values)
	return got, found
}

func TestParams(t *testing.T) {
	one := 1
	for query, want := range map[string]filter{
		"name=x&other=y": {Name: "x"},
		"a.b=x":          {Dotted: "x"},
		"count=1":        {Count: &one},
		"tag=a&tag=b":    {Tags: []string{"a", "b"}},
		"pair=1&pair=2":  {Pair: [2]uint{1, 2}},
		"pair[1]=2":      {Pair: [2]uint{0, 2}},
		"data=SGVsbG8=":  {Data: []byte("Hello")},
		"any=x":          {Any: "x"},
		"name=a%00b":     {Name: "a\x00b"},
		"meta=&next=":    {},

		// Dots and brackets mean the same, also mixed.
		"meta[k]=v&meta[a.b]=w":                  {Meta: map[string]string{"k": "v", "a.b": "w"}},
		"ranks[7].name=x&ranks[7].a.b=y":         {Ranks: map[int]*filter{7: {Name: "x", Dotted: "y"}}},
		"ranks[7][name]=x&ranks[7][a.b]=y":       {Ranks: map[int]*filter{7: {Name: "x", Dotted: "y"}}},
		"next.next.name=x&next.count=1":          {Next: &filter{Count: &one, Next: &filter{Name: "x"}}},
		"next[next][name]=x&next[count]=1":       {Next: &filter{Count: &one, Next: &filter{Name: "x"}}},
		"next[next].name=x&next.count=1":         {Next: &filter{Count: &one, Next: &filter{Name: "x"}}},
		"items[1].name=b&items[0].name=a":        {Items: []filter{{Name: "a"}, {Name: "b"}}},
		"items[0][name]=a&items[1][name]=b":      {Items: []filter{{Name: "a"}, {Name: "b"}}},
		"items[0][count]=1&items[0].name=a":      {Items: []filter{{Name: "a", Count: &one}}},
		"items[0][items][0][name]=a":             {Items: []filter{{Items: []filter{{Name: "a"}}}}},
		"meta[next]=x&next[meta][k]=y":           {Meta: map[string]string{"next": "x"}, Next: &filter{Meta: map[string]string{"k": "y"}}},
		"items[0][next][tag][]=a":                {Items: []filter{{Next: &filter{Tags: []string{"a"}}}}},
		"meta[k]=é&meta[%E6%97%A5]=%F0%9F%98%80": {Meta: map[string]string{"k": "é", "日": "😀"}},

		// All forms of a list: elements without an index first.
		"tag[]=a&tag[]=b":               {Tags: []string{"a", "b"}},
		"tag=a&tag[]=b":                 {Tags: []string{"a", "b"}},
		"tag[1]=b&tag[0]=a":             {Tags: []string{"a", "b"}},
		"tag=a&tag[1]=b":                {Tags: []string{"a", "b"}},
		"tag[3]=d&tag[]=b&tag=a":        {Tags: []string{"a", "b", "d"}},
		"grid[0][]=1&grid[1][]=2":       {Grid: [][]int8{{1}, {2}}},
		"grid[1][0]=3&grid[0]=1":        {Grid: [][]int8{{1}, {3}}},
		"grid=1&grid=2":                 {Grid: [][]int8{{1}, {2}}},
		"grid[]=1&grid[]=2":             {Grid: [][]int8{{1}, {2}}},
		"lists[k][1]=b&lists[k][0]=a":   {Lists: map[string][]string{"k": {"a", "b"}}},
		"lists[k]=a&lists[k]=b":         {Lists: map[string][]string{"k": {"a", "b"}}},
		"lists[k][]=a&lists[k][]=b":     {Lists: map[string][]string{"k": {"a", "b"}}},
		"lists[a]=1&lists[b][]=2":       {Lists: map[string][]string{"a": {"1"}, "b": {"2"}}},
		"pair[]=1&pair[1]=2":            {Pair: [2]uint{1, 2}},
		"tag[99]=b&tag[64]=a&tag[63]=0": {Tags: []string{"0", "a", "b"}},

		// Gaps between indexes close: no element is made up.
		"tag[1]=b":                                {Tags: []string{"b"}},
		"items[7].name=b&items[3].name=a":         {Items: []filter{{Name: "a"}, {Name: "b"}}},
		"items[7].tag[9]=b&items[7].tag[5]=a":     {Items: []filter{{Tags: []string{"a", "b"}}}},
		"items[1].items[1].name=x&items[0].name=": {Items: []filter{{}, {Items: []filter{{Name: "x"}}}}},

		// An empty value is none, but for strings.
		"count=": {}, "data=": {}, "any=": {}, "grid=": {}, "grid[]=": {}, "grid[0]=": {}, "grid[0][0]=": {}, "pair=": {}, "pair[1]=": {}, "next.count=": {},
		"ranks[7]=": {}, "items=": {}, "items[0]=": {}, "items[0].count=": {}, "items[0].count=&items[0].name=": {Items: []filter{{}}},
		"tag=": {Tags: []string{""}}, "tag[0]=": {Tags: []string{""}}, "tag[]=": {Tags: []string{""}}, "tag=a&tag=": {Tags: []string{"a", ""}},
		"meta[k]=": {Meta: map[string]string{"k": ""}},
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
		"items[0][nope]=1": {"items[0] format"}, "next[nope]=1": {"next format"}, "next.=1": {"next format"}, "next..name=1": {"next format"},
		"items[100].name=1": {"items format"}, "ranks[x].name=1": {"ranks.x format"}, "ranks[1.5].name=1": {`ranks["1.5"] format`},
		"items[99999999999999999999].name=1": {"items format"}, "tag[18446744073709551616]=1": {"tag format"},

		// An index out of range, or beyond what the list has.
		"pair[2]=1": {"pair format"}, "pair[9]=1": {"pair format"}, "pair=1&pair=2&pair=3": {"pair format"}, "pair=1&pair=2&pair[]=3": {"pair format"},

		// An index has one spelling.
		"tag[00]=a": {"tag format"}, "tag[+1]=a": {"tag format"}, "tag[%201]=a": {"tag format"}, "tag[1_0]=a": {"tag format"}, "tag[0x1]=a": {"tag format"}, "ranks[07].name=x": {"ranks.07 format"},

		// Brackets that do not match, or whose element is not known.
		"tag[=1": {"tag format"}, "tag[0=1": {"tag format"}, "tag[0]]=1": {"tag format"}, "tag[[0]=1": {"tag format"}, "tag[0]x=1": {"tag[0] format"}, "tag]=1": nil,
		"items[][name]=1": {"items format"}, "tag[][0]=a": {"tag format"}, "tag[][]=a": {"tag format"}, "grid[][]=1": {"grid format"},
		"name[]=a": {"name format"}, "next[]=a": {"next format"}, "next[].name=a": {"next format"}, "meta[]=a": {"meta format"}, "meta[]=": {"meta format"}, "count[]=1": {"count format"},

		// Values of the wrong type: every one, with its index.
		"grid[0]=1&grid[0]=x&grid[0]=2&grid[0]=300": {"grid[0][1] type", "grid[0][3] range"},
		"grid[0]=1&grid[0]=":                        {"grid[0][1] type"},
		"grid[0][7]=x&grid[0][9]=y":                 {"grid[0][7] type", "grid[0][9] type"},
		"pair=1&pair=x":                             {"pair[1] type"},
		"items[5].count=x&items[10].count=y":        {"items[5].count type", "items[10].count type"},
		"next=1&meta=1":                             {"meta type", "next type"}, "data=!": {"data format"}, "count=x": {"count type"},
		"data=SGVs%0AbG8=": {"data format"}, "data=72": {"data format"},

		// One value that is given twice, however it is written.
		"name=a&name=b": {"name repeated"}, "name=a&name=a": {"name repeated"}, "name=&name=a": {"name repeated"}, "count=1&count=": {"count repeated"},
		"data=SGVsbG8=&data=SGVsbG8=": {"data repeated"}, "any=1&any=2": {"any repeated"}, "meta[k]=a&meta[k]=b": {"meta.k repeated"},
		"next.name=a&next[name]=b": {"next.name repeated"}, "next.a.b=1&next[a.b]=2": {`next["a.b"] repeated`},
		"items[0].name=a&items[0][name]=b": {"items[0].name repeated"}, "tag[0]=a&tag[0]=b": {"tag[0] repeated"},
		"tag=a&tag[0]=b": {"tag[0] repeated"}, "tag[]=a&tag[0]=b": {"tag[0] repeated"}, "pair=1&pair[0]=2": {"pair[0] repeated"},
		"grid=1&grid[0][0]=2": {"grid[0] repeated"}, "ranks[7].name=a&ranks[7][name]=b": {"ranks.7.name repeated"},
		"lists[k]=a&lists[k][0]=b": {"lists.k[0] repeated"},

		// Names and values that are not UTF-8: a lone byte, an overlong form, a surrogate.
		"name=a%FFb": {"name format"}, "name=%C0%80": {"name format"}, "name=%ED%A0%80": {"name format"}, "name=%F4%90%80%80": {"name format"},
		"tag=a&tag=%FF&tag=b&tag=%FE": {"tag[1] format", "tag[3] format"}, "tag[4]=%FF": {"tag[4] format"}, "any=%FF": {"any format"}, "count=%FF": {"count format"},
		"meta[k]=%FF": {"meta.k format"}, "meta[%FF]=v": {"meta format"}, "next.%FF=v": {"next format"}, "na%FFme=v": {"$ format"},
		"%FF=1&%FE=2&%FF[0]=3": {"$ format"}, "name[%FF]=1": {"name format"}, "other=%FF": nil,
	} {
		_, found := params(t, query)
		require.Equal(t, want, found, query)
	}
}

// A number is a parameter if, and only if, it is one in JSON.
func TestParams_Numbers(t *testing.T) {
	type numbers struct {
		I   int            `query:"i" json:"i"`
		I8  int8           `query:"i8" json:"i8"`
		U   uint           `query:"u" json:"u"`
		F   float64        `query:"f" json:"f"`
		F32 *float32       `query:"f32" json:"f32"`
		N   stdjson.Number `query:"n"`
		B   *big.Int       `query:"b"`
		BF  big.Float      `query:"bf"`
	}
	good := map[string]bool{} // of those that some type takes
	for _, text := range []string{
		"0", "-0", "1", "-1", "127", "128", "1e3", "1E+3", "1.5", "-1.5e-3", "0.0", "1e999", "1e-999", "18446744073709551615", "18446744073709551616", strings.Repeat("9", 400),
		"NaN", "nan", "Inf", "+Inf", "-inf", "Infinity", "infinity", "+1", "01", "-01", "00", "1.", ".5", "1e", "1e+", "e5", "-", "--1", "0x10", "0b1", "0o7", "1_000", "0x1p-2", "1,5", "1 ", " 1", "1\n", "\uff11", "1f", "true",
	} {
		for name, field := range map[string]string{"i": "I", "i8": "I8", "u": "U", "f": "F", "f32": "F32"} {
			var got, want numbers
			found := decodeInto(&got, url.Values{name: {text}})
			err := json.Unmarshal([]byte(`{"`+name+`":`+strings.TrimSpace(text)+`}`), &want)
			fits := err == nil && strings.TrimSpace(text) == text
			require.Equal(t, fits, len(found) == 0, "%s=%q: %v", name, text, found)
			if fits {
				require.Equal(t, want, got, "%s=%q", field, text)
			}
			good[text] = good[text] || fits
		}
		for _, name := range []string{"n", "bf"} {
			var got numbers
			isNumber := json.Unmarshal([]byte(text), new(any)) == nil && strings.TrimSpace(text) == text && text != "true" || text == "1e999" || len(text) == 400
			require.Equal(t, isNumber, len(decodeInto(&got, url.Values{name: {text}})) == 0, "%s=%q", name, text)
		}
	}
	require.True(t, good["-1.5e-3"])
	var got numbers
	require.Empty(t, decodeInto(&got, url.Values{"b": {"123456789012345678901234567890"}}))
	require.Equal(t, "123456789012345678901234567890", got.B.String())
	for _, text := range []string{"0x10", "1_0", "+1", "1.5", "NaN"} {
		require.Equal(t, []string{"b format"}, decodeInto(&got, url.Values{"b": {text}}), text)
	}
}

func decodeInto(in any, values url.Values) (found []string) {
	v := reflect.ValueOf(in).Elem()
	s := schema.Query.Of(v.Type())
	result, _ := decode.Params(values, v, s, 100, 20)
	decode.SortByDeclaration(s, result.Violations)
	for _, v := range result.Violations {
		found = append(found, v.Path+" "+v.Rule)
	}
	return found
}

// Texts of the types of the standard library that parameters are decoded into.
func TestParams_Types(t *testing.T) {
	type level string
	type types struct {
		D    time.Duration         `query:"d"`
		P    *time.Duration        `query:"p"`
		T    time.Time             `query:"t"`
		A    netip.Addr            `query:"a"`
		Hash [4]byte               `query:"hash"`
		Bool *bool                 `query:"bool"`
		Flag []*bool               `query:"flag"`
		L    level                 `query:"l"`
		Sum  crypto                `query:"sum"`
		By   map[netip.Addr]string `query:"by"`
		S    *string               `query:"s"`
	}
	for _, c := range []struct {
		query string
		want  types
		found []string
	}{
		{"d=5s", types{D: 5 * time.Second}, nil},
		{"d=1h30m", types{D: 90 * time.Minute}, nil},
		{"d=0", types{}, nil},
		{"d=-1ns", types{D: -1}, nil},
		{"d=5", types{}, []string{"d format"}},
		{"d=5x", types{}, []string{"d format"}},
		{"d=NaNs", types{}, []string{"d format"}},
		{"d=9999999h", types{}, []string{"d format"}},
		{"d=&p=&t=&a=&hash=&bool=&flag=&sum=", types{}, nil},
		{"p=2ms", types{P: ptr(2 * time.Millisecond)}, nil},
		{"t=2026-01-02T03:04:05Z", types{T: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}, nil},
		{"t=Fri, 02 Jan 2026 03:04:05 GMT", types{}, []string{"t format"}}, // in headers alone
		{"t=2026-01-02", types{}, []string{"t format"}},
		{"hash=AAECAw==", types{Hash: [4]byte{0, 1, 2, 3}}, nil},
		{"hash=AAEC", types{}, []string{"hash format"}},
		{"bool=on", types{Bool: ptr(true)}, nil},
		{"bool=maybe", types{Bool: ptr(false)}, []string{"bool type"}},
		{"flag=true&flag=maybe&flag=no&flag=", types{Flag: []*bool{ptr(true), ptr(false), ptr(false), nil}}, []string{"flag[1] type", "flag[3] type"}},
		{"l=x", types{L: "x"}, nil},
		{"s=", types{S: ptr("")}, nil},
		{"by[::1]=a", types{By: map[netip.Addr]string{netip.IPv6Loopback(): "a"}}, nil},
		{"by[::1]=a&by[0::1]=b", types{By: map[netip.Addr]string{netip.IPv6Loopback(): ""}}, []string{"by.::1 repeated"}},
		{"by[home]=a", types{}, []string{"by.home format"}},
		{"sum=ok", types{Sum: "ok!"}, nil},
		{"sum=bad", types{}, []string{"sum format"}},
	} {
		var got types
		values, err := url.ParseQuery(c.query)
		require.NoError(t, err)
		require.Equal(t, c.found, decodeInto(&got, values), c.query)
		require.Equal(t, c.want, got, c.query)
	}
}

func ptr[T any](v T) *T { return &v }

// crypto is a string with a text form of its own.
type crypto string

func (c *crypto) UnmarshalText(text []byte) error {
	if string(text) != "ok" {
		return errors.New("not ok")
	}
	*c = "ok!"
	return nil
}

// What no text can be decoded into is a mistake of the program.
func TestParams_Undecodable(t *testing.T) {
	for name, in := range map[string]any{
		"chan": &struct {
			V chan int `query:"v"`
		}{},
		"complex": &struct {
			V complex128 `query:"v"`
		}{},
		"JSON alone": &struct {
			V stdjson.RawMessage `query:"v"`
		}{},
		"interface": &struct {
			V error `query:"v"`
		}{},
	} {
		require.Panics(t, func() { decodeInto(in, url.Values{"v": {"x"}}) }, name)
	}
}

// Paths of rules count the decoded elements, and get the indexes that were sent.
func TestSent(t *testing.T) {
	values, err := url.ParseQuery("tag=a&tag[]=b&tag[7]=c&items[4].name=x&items[9].tag[3]=y&pair[1]=1&ranks[2].tag[1]=x&grid[0][0]=1")
	require.NoError(t, err)
	var got filter
	v := reflect.ValueOf(&got).Elem()
	_, sent := decode.Params(values, v, schema.Query.Of(v.Type()), 100, 20)
	for decoded, want := range map[string]string{
		"tag[0]": "tag[0]", "tag[1]": "tag[1]", "tag[2]": "tag[7]", "tag": "tag", "$": "$", "name": "name",
		"items[0].name": "items[4].name", "items[1].tag[0]": "items[9].tag[3]", "items[1].tag": "items[9].tag",
		"pair[1]": "pair[1]", "ranks.2.tag[0]": "ranks.2.tag[1]", "grid[0][0]": "grid[0][0]", "items[5].name": "items[5].name",
	} {
		found := []violation.Violation{violation.New(decoded, "", "", "")}
		sent.Restore(found)
		require.Equal(t, want, found[0].Path)
	}
}

// A few bytes cannot ask for much memory.
func TestParams_Budget(t *testing.T) {
	got, found := params(t, "items"+strings.Repeat("[99].items", 9)+"[99].name=x")
	require.Empty(t, found)
	require.Len(t, got.Items, 1)
	// A whole list of large elements is within bounds.
	var query []string
	for i := range 100 {
		query = append(query, fmt.Sprintf("items[%d].name=x", i))
	}
	got, found = params(t, strings.Join(query, "&"))
	require.Empty(t, found)
	require.Len(t, got.Items, 100)
	// Elements that are far larger than their names are not.
	type huge struct {
		Items []struct {
			A [4096]int64 `query:"a"`
		} `query:"items"`
	}
	query = query[:0]
	for i := range 100 {
		query = append(query, fmt.Sprintf("items[%d].a=1", i))
	}
	values, err := url.ParseQuery(strings.Join(query, "&"))
	require.NoError(t, err)
	require.Equal(t, []string{"items format"}, decodeInto(new(huge), values))
}
