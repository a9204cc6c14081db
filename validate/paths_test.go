package validate_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/validate"
)

type leafy struct {
	Zip string `json:"zip" validate:"omitempty,len=5"`
}

type Embedded struct {
	Deep string `json:"deep" validate:"max=1"`
	leafy
}

type page[T any] struct {
	Data []T `json:"data" validate:"dive"`
}

type named map[string]*leafy

type tree struct {
	Name     string  `json:"name" validate:"max=1"`
	Children []*tree `json:"children" validate:"dive"`
}

// Every sort of nesting, and the path that the client reads.
func TestPaths(t *testing.T) {
	type level struct {
		Embedded
		Items  []leafy             `json:"items" validate:"dive"`
		Meta   map[string]leafy    `json:"meta" validate:"dive"`
		Lists  map[string][]*leafy `json:"lists" validate:"dive,dive"`
		Ints   map[int]leafy       `json:"ints" validate:"dive"`
		Grid   [][]string          `json:"grid" validate:"dive,dive,max=1"`
		Named  named               `json:"named" validate:"dive"`
		Ptr    **leafy             `json:"ptr"`
		Any    any                 `json:"any"`
		Page   page[leafy]         `json:"page"`
		Anon   struct{ In leafy }  `json:"anon"`
		Dotted string              `json:"a.b" validate:"max=1"`
		Quoted struct {
			Q string `json:"]." validate:"max=1"`
		} `json:"c[0]"`
		Untagged string            `validate:"max=1"`
		Umlaut   string            `json:"größe" validate:"max=1"`
		Keys     map[string]string `json:"keys" validate:"dive,keys,max=3,endkeys,max=1"`
	}
	for _, c := range []struct{ body, path string }{
		{`{"deep":"xx"}`, `deep`},
		{`{"zip":"1"}`, `zip`},
		{`{"anon":{"In":{"zip":"1"}}}`, `anon.In.zip`},
		{`{"c[0]":{"].":"xx"}}`, `["c[0]"]["]."]`},
		{`{"items":[{"zip":"12345"},{"zip":"1"}]}`, `items[1].zip`},
		{`{"meta":{"k":{"zip":"1"}}}`, `meta.k.zip`},
		{`{"meta":{"a.b":{"zip":"1"}}}`, `meta["a.b"].zip`},
		{`{"meta":{"a]b[":{"zip":"1"}}}`, `meta["a]b["].zip`},
		{`{"meta":{"a].Zip":{"zip":"1"}}}`, `meta["a].Zip"].zip`},
		{`{"meta":{"":{"zip":"1"}}}`, `meta[""].zip`},
		{`{"meta":{"\"\\\n":{"zip":"1"}}}`, `meta["\"\\\n"].zip`},
		{`{"meta":{"ключ":{"zip":"1"}}}`, `meta.ключ.zip`},
		{`{"meta":{"\u202e":{"zip":"1"}}}`, "meta[\"\u202e\"].zip"},
		{`{"meta":{"0":{"zip":"1"}}}`, `meta.0.zip`},
		{`{"lists":{"k":[{"zip":"12345"},{"zip":"1"}]}}`, `lists.k[1].zip`},
		{`{"ints":{"-7":{"zip":"1"}}}`, `ints.-7.zip`},
		{`{"grid":[["x"],["y","zz"]]}`, `grid[1][1]`},
		{`{"named":{"n":{"zip":"1"}}}`, `named.n.zip`},
		{`{"ptr":{"zip":"1"}}`, `ptr.zip`},
		{`{"page":{"data":[{"zip":"1"}]}}`, `page.data[0].zip`},
		{`{"a.b":"xx"}`, `["a.b"]`},
		{`{"Untagged":"xx"}`, `Untagged`},
		{`{"größe":"xx"}`, `größe`},
		{`{"keys":{"long key":"x"}}`, `keys.long key`},
		{`{"keys":{"k":"xx"}}`, `keys.k`},
	} {
		vs := violations[level](t, c.body)
		require.Len(t, vs, 1, c.body)
		require.Equal(t, c.path, vs[0].Path, c.body)
	}
	require.Equal(t, []string{"children[0].children[1].name: Must be at most 1 character"},
		brief(violations[tree](t, `{"name":"x","children":[{"name":"a","children":[{"name":"b"},{"name":"cc"}]}]}`)))
}

func TestPaths_RootCollections(t *testing.T) {
	require.Equal(t, []string{"[1].zip: Must be exactly 5 characters"}, brief(violations[[]leafy](t, `[{"zip":"12345"},{"zip":"1"}]`)))
	require.Equal(t, []string{`["a.b"].zip: Must be exactly 5 characters`}, brief(violations[map[string]leafy](t, `{"a.b":{"zip":"1"}}`)))
	require.Equal(t, []string{"[0]: Expected object, received null"}, brief(violations[[]*leafy](t, `[null]`)))
}

// The name of a type stands in validator's namespace, with all that is in it.
func TestPaths_RootTypes(t *testing.T) {
	const body, want = `{"data":[{"zip":"1"}]}`, "data[0].zip: Must be exactly 5 characters"
	require.Equal(t, []string{want}, brief(violations[page[leafy]](t, body)))
	require.Equal(t, []string{want}, brief(violations[*page[leafy]](t, body)))
	require.Equal(t, []string{want}, brief(violations[struct {
		Data []leafy `json:"data" validate:"dive"`
	}](t, body)))
}

// Two keys, one of which looks like a path into the other: validator gives
// both the same namespace, and each has its own path.
func TestPaths_AmbiguousKeys(t *testing.T) {
	type in struct {
		M map[string]map[string]string `json:"m" validate:"dive,dive,max=2"`
	}
	require.Equal(t, []string{`m.a["b][c"]: Must be at most 2 characters`},
		brief(violations[in](t, `{"m":{"a":{"b][c":"long"},"a][b":{"c":"ok"}}}`)))
	require.Equal(t, []string{`m["a][b"].c: Must be at most 2 characters`},
		brief(violations[in](t, `{"m":{"a":{"b][c":"ok"},"a][b":{"c":"long"}}}`)))
}

// A field that JSON leaves out has no name on the wire, so its struct is reported.
func TestPaths_FieldsLeftOut(t *testing.T) {
	type in struct {
		Hidden string `json:"-" validate:"required"`
		Inner  struct {
			Hidden string `json:"-" validate:"required"`
		} `json:"inner"`
	}
	require.Equal(t, []string{"$: Required", "inner: Required"}, brief(violations[in](t, `{"inner":{}}`)))
}

// Nulls in arrays and objects under dive are rejected.
func TestPaths_NullElements(t *testing.T) {
	type in struct {
		Items []*leafy            `json:"items" validate:"dive"`
		Meta  map[string][]*leafy `json:"meta" validate:"dive,dive"`
		Maybe []*leafy            `json:"maybe" validate:"dive,omitempty"`
		Must  []*leafy            `json:"must" validate:"dive,required"`
		Free  []*leafy            `json:"free"`
		Texts []*string           `json:"texts" validate:"dive,min=3"`
		Tree  tree                `json:"tree"`
	}
	require.Equal(t, []string{
		"items[1]: Expected object, received null",
		"meta.k[0]: Expected object, received null",
		"must[0]: Required",
		"texts[0]: Required",
		"tree.children[0].children[0]: Expected object, received null",
	}, brief(violations[in](t, `{"items":[{"zip":"12345"},null],"meta":{"k":[null]},"maybe":[null],"must":[null],
		"free":[null],"texts":[null],"tree":{"children":[{"children":[null]}]}}`)))
}

// A cap on violations holds for nulls too.
func TestPaths_ManyNulls(t *testing.T) {
	vs := violations[[]*leafy](t, `[null,null,null]`, validate.WithMaxViolations(2))
	require.Equal(t, []string{"[0]: Expected object, received null", "[1]: Expected object, received null",
		"$: There are more errors than are listed here"}, brief(vs))
}
