package decode_test

import (
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

type document struct {
	Name   string                       `json:"name"`
	Count  int8                         `json:"count"`
	Size   uint16                       `json:"size"`
	Ratio  float32                      `json:"ratio"`
	On     bool                         `json:"on"`
	When   time.Time                    `json:"when"`
	Any    any                          `json:"any"`
	Inner  *document                    `json:"inner"`
	List   []document                   `json:"list"`
	Array  [2]int                       `json:"array"`
	Map    map[string]document          `json:"map"`
	Maps   map[string]map[string]string `json:"maps"`
	Quoted int                          `json:"quoted,string"`
}

// whole has a marked place "@" wherever a fault is put.
const whole = `{
	"name":@"a", "count":@1, "size":@2, "ratio":@1.5, "on":@true, "when":@"2026-01-02T03:04:05Z", "any":{"x":[1]},
	"maps":{"a":{"b":@"c","d":"e"},"f":{"g":"h"}},
	"list":[{"name":"b","map":{"k":{"count":@3,"list":[{"name":@"c"}]},"l":{"size":4}}},{"name":@"d","inner":{"on":true,"array":[@1,2]}}],
	"inner":{"inner":{"list":[{"count":@5},{"count":6}],"quoted":"7"}},
	"map":{"m":{"array":[1,@2]},"n":{"name":"e"}}, "quoted":"8"}`

// A fault at any place costs the value at that place, and no other: what the
// first attempt decoded stays, and what stands behind is decoded.
func TestLenient_KeepsTheRest(t *testing.T) {
	places := strings.Count(whole, "@")
	require.Greater(t, places, 10)
	for place := range places {
		faulty, null := whole, whole
		for i := range places {
			if i == place {
				faulty, null = replaceValue(faulty, `[{}]`), replaceValue(null, `null`)
			} else {
				faulty, null = strings.Replace(faulty, "@", "", 1), strings.Replace(null, "@", "", 1)
			}
		}
		var want, got document
		require.NoError(t, json.Unmarshal([]byte(null), &want))
		found := lenient(t, faulty, &got)
		require.Len(t, found.Violations, 1, faulty)
		require.Equal(t, violation.Type, found.Violations[0].Rule, faulty)
		require.Equal(t, `[{}]`, faulty[found.Violations[0].Offset:][:4], "the position")
		require.Equal(t, want, got, faulty)
	}
}

// replaceValue replaces the scalar at the first mark.
func replaceValue(s, value string) string {
	before, after, _ := strings.Cut(s, "@")
	end := strings.IndexAny(after, ",}]")
	return before + value + after[end:]
}

func lenient(t *testing.T, body string, v any) decode.Result {
	t.Helper()
	o := decode.Options{Limit: 100}
	cause := o.Strict([]byte(body), v)
	require.Error(t, cause)
	rv := reflect.ValueOf(v).Elem()
	found, err := decode.Lenient([]byte(body), rv, schema.JSON.Of(rv.Type()), cause, false, o)
	require.NoError(t, err)
	return found
}

// Two faults, and what is between them.
func TestLenient_SeveralFaults(t *testing.T) {
	var got document
	found := lenient(t, `{"name":1,"map":{"a":{"count":300,"name":"x"},"b":{"nope":1,"size":7}},"list":[{"on":"x"},{"on":true}]}`, &got)
	var at []string
	for _, v := range found.Violations {
		at = append(at, v.Path+" "+v.Rule)
	}
	require.Equal(t, []string{"name type", "map.a.count range", "map.b.nope unknown", "list[0].on type"}, at)
	require.Equal(t, document{
		Map:  map[string]document{"a": {Name: "x"}, "b": {Size: 7}},
		List: []document{{}, {On: true}},
	}, got)
}

// The walk ends when it has allocated more than the body's length allows, and
// reports that.
func TestLenient_Budget(t *testing.T) {
	for _, c := range []struct {
		elements int
		partial  bool
	}{{10, false}, {10_000, true}} {
		var got document
		found := lenient(t, `{"name":1,"list":[`+strings.TrimSuffix(strings.Repeat(`{},`, c.elements), ",")+`]}`, &got)
		require.Len(t, found.Violations, 1)
		require.Equal(t, c.partial, found.Partial)
	}
}
