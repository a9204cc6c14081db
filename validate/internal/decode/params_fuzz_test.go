package decode_test

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/validate/internal/decode"
	"github.com/failwell/failwell/validate/internal/schema"
)

// node holds texts in every place that a parameter can lead to.
type node struct {
	Name string              `query:"name"`
	Opt  *string             `query:"opt"`
	Tags []string            `query:"tag"`
	Pair [2]string           `query:"pair"`
	Meta map[string]string   `query:"meta"`
	Sets map[string][]string `query:"sets"`
	Rank map[int]*node       `query:"rank"`
	Next *node               `query:"next"`
	Kids []node              `query:"kid"`
}

// members are the names of the members of node.
var members = map[string]bool{"name": true, "opt": true, "tag": true, "pair": true, "meta": true, "sets": true, "rank": true, "next": true, "kid": true}

// texts writes every text within v as a parameter, with the name that leads to
// it, in brackets throughout or with dots.
func texts(values url.Values, name string, v reflect.Value, dots bool) {
	switch v.Kind() {
	case reflect.String:
		values.Add(name, v.String())
	case reflect.Pointer:
		if !v.IsNil() {
			texts(values, name, v.Elem(), dots)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			texts(values, fmt.Sprintf("%s[%d]", name, i), v.Index(i), dots)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			texts(values, fmt.Sprintf("%s[%v]", name, it.Key()), it.Value(), dots)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			member := v.Type().Field(i).Tag.Get("query")
			switch {
			case name == "":
			case dots:
				member = name + "." + member
			default:
				member = name + "[" + member + "]"
			}
			texts(values, member, v.Field(i), dots)
		}
	}
}

func sentTexts(values url.Values) (n int) {
	for name, all := range values {
		head, _, _ := strings.Cut(name, "[")
		head, _, _ = strings.Cut(head, ".")
		if members[head] {
			n += notEmpty(all)
		}
	}
	return n
}

func notEmpty(all []string) (n int) {
	for _, text := range all {
		if text != "" {
			n++
		}
	}
	return n
}

// Of an accepted query, every text of a known name is in the value, once: nothing
// is dropped, replaced or made up. And the value, written in either form, is
// decoded into itself.
func FuzzParams(f *testing.F) {
	for _, query := range []string{
		"name=a&opt=b&tag=a&tag[]=b&tag[7]=c", "kid[0].name=a&kid[0][tag][]=b&kid[9].next.meta[a.b]=c", "rank[7][name]=x&rank[7].opt=y",
		"sets[a]=1&sets[a][]=2&sets[a][5]=3&sets[b][0]=4", "pair[1]=x&pair[]=y", "name=a&name=b", "next.name=a&next[name]=b", "tag=a&tag[0]=b",
		"meta[%FF]=a&name=%FF", "rank[07]=x&rank[7].name=", "kid[0].kid[0].kid[0]=&name[]=", "pair=a&pair=b&pair=c", "tag[100]=a&tag[[0]=b",
	} {
		f.Add(query)
	}
	s := schema.Query.Of(reflect.TypeFor[node]())
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		var got node
		result, _ := decode.Params(values, reflect.ValueOf(&got).Elem(), s, 100, 20)
		if len(result.Violations) > 0 {
			for _, v := range result.Violations {
				require.True(t, utf8.ValidString(v.Path))
			}
			return
		}
		written := make(url.Values)
		texts(written, "", reflect.ValueOf(got), false)
		inValue := 0
		for _, all := range written {
			require.True(t, utf8.ValidString(all[0]))
			inValue += notEmpty(all)
		}
		require.Equal(t, sentTexts(values), inValue, "%q: %+v", query, got)

		for _, dots := range []bool{false, true} {
			written = make(url.Values)
			texts(written, "", reflect.ValueOf(got), dots)
			var again node
			result, _ = decode.Params(written, reflect.ValueOf(&again).Elem(), s, 100, 25)
			require.Empty(t, result.Violations, "%q", written)
			again2, got2 := normal(again), normal(got)
			require.Equal(t, got2, again2, "%q", query)
		}
	})
}

// normal is all texts of a value that are not empty. No name leads to an empty
// struct behind a pointer, and an array has the strings that were not sent.
func normal(n node) string {
	values := make(url.Values)
	texts(values, "", reflect.ValueOf(n), false)
	for name, all := range values {
		if notEmpty(all) == 0 {
			delete(values, name)
		}
	}
	return values.Encode()
}

// A text is a number as a parameter if, and only if, it is one in JSON.
func FuzzParams_Number(f *testing.F) {
	for _, text := range []string{"0", "-0", "01", "1e5", "1E-5", "1.", ".5", "NaN", "Inf", "0x1p2", "1_0", "+1", "9e999", "128", "-"} {
		f.Add(text)
	}
	type numbers struct {
		I int8    `query:"i" json:"i"`
		U uint16  `query:"u" json:"u"`
		F float64 `query:"f" json:"f"`
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range []string{"i", "u", "f"} {
			var got, want numbers
			found := decodeInto(&got, url.Values{name: {text}})
			if text == "" || strings.Trim(text, " \t\r\n") != text || text[0] == 'n' { // none, white space of JSON, null
				continue
			}
			err := json.Unmarshal([]byte(`{"`+name+`":`+text+`}`), &want)
			if strings.ContainsAny(text, ",}{") { // perhaps further members
				require.NotEmpty(t, found)
				continue
			}
			require.Equal(t, err == nil, len(found) == 0, "%s=%q: %v", name, text, err)
			if err == nil {
				require.Equal(t, want, got)
			}
		}
	})
}
