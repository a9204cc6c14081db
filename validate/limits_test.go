package validate_test

import (
	"fmt"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate"
)

const more = "$: There are more errors than are listed here"

func TestMaxViolations(t *testing.T) {
	type in struct {
		Items []item2 `json:"items" validate:"dive"`
	}
	for name, element := range map[string]string{"rules": `{"n":10}`, "types": `{"n":"x"}`, "unknown": `{"x":1,"n":1}`} {
		body := func(n int) string {
			return `{"items":[` + strings.TrimSuffix(strings.Repeat(element+",", n), ",") + `]}`
		}
		require.Len(t, violations[in](t, body(100)), 100, name)

		vs := brief(violations[in](t, body(101)))
		require.Len(t, vs, 101, name)
		require.Equal(t, more, vs[100])
		require.Contains(t, vs[99], "items[99]", name)

		require.Len(t, violations[in](t, body(5), validate.WithMaxViolations(2)), 3, name)
		require.Len(t, violations[in](t, body(300), validate.WithMaxViolations(200)), 201, name)
		require.Len(t, violations[in](t, body(101), validate.WithMaxViolations(0)), 101, name)
	}
}

type item2 struct {
	N int `json:"n" validate:"max=9"`
}

// Whatever comes in, the answer stays under 64 KiB, and names in it are whole.
func TestAnswerStaysSmall(t *testing.T) {
	long := strings.Repeat("n", 300)
	hostile := map[string]string{
		"one long name":         `{"` + strings.Repeat("x", 1<<19) + `":1}`,
		"many long names":       `{` + members(200, long) + `}`,
		"names to be escaped":   `{` + members(200, strings.Repeat(`\u0001`, 70)) + `}`,
		"names in many bytes":   `{` + members(200, strings.Repeat("\u2028", 120)) + `}`,
		"long names, deeply":    strings.Repeat(`{"`+long+`":`, 90) + `{"x":{}}` + strings.Repeat("}", 90),
		"map keys, rules":       `{"meta":{` + members(300, strings.Repeat("k", 200)) + `}}`,
		"map keys, types":       `{"deep":{"` + long + `":{"` + long + `":{"` + long + `":[]}}}}`,
		"html and line breaks":  `{` + members(150, strings.Repeat(`<\n>&`, 60)) + `}`,
		"a path of many quotes": `{"meta":{` + members(150, strings.Repeat(`\"`, 200)) + `}}`,
	}
	type in struct {
		Meta map[string]int                       `json:"meta" validate:"dive,max=0"`
		Deep map[string]map[string]map[string]int `json:"deep"`
	}
	for name, body := range hostile {
		t.Run(name, func(t *testing.T) {
			_, err := validate.JSON[in](post(body))
			vs := violationsOf(t, err, apierr.InvalidBody)
			require.NotEmpty(t, vs)
			for _, v := range vs {
				require.LessOrEqual(t, len(v.Path), 512)
			}
			w := httptest.NewRecorder()
			apierr.Write(w, post(""), err)
			require.Less(t, w.Body.Len(), 64<<10)
		})
	}
	// The nearest ancestor whose path fits.
	require.Equal(t, []string{"$: Unrecognized field"}, brief(violations[in](t, hostile["one long name"])))
	require.Equal(t, []string{"$: Unrecognized field"}, brief(violations[in](t, `{"`+strings.Repeat("x", 600)+`":{"a":1}}`)))
	require.Equal(t, []string{"deep." + long + ": Expected integer, received array"}, brief(violations[in](t, hostile["map keys, types"])))
}

// members are n object members whose names begin alike.
func members(n int, name string) string {
	var s strings.Builder
	for i := range n {
		if i > 0 {
			s.WriteByte(',')
		}
		fmt.Fprintf(&s, `"%d%s":%d`, i, name, i+1)
	}
	return s.String()
}

// texts are n object members that are strings.
func texts(n int) string {
	var s strings.Builder
	for i := range n {
		fmt.Fprintf(&s, `"key%d":"v%d",`, i, i)
	}
	return strings.TrimSuffix(s.String(), ",")
}

type wide struct {
	Name     string            `json:"name" validate:"required"`
	Names    []string          `json:"names" validate:"dive,max=9"`
	Numbers  []int             `json:"numbers"`
	Items    []item2           `json:"items" validate:"dive"`
	Children []*wide           `json:"children" validate:"dive"`
	Map      map[string]string `json:"map" validate:"dive,max=9"`
	Any      any               `json:"any"`
	Last     int               `json:"last"`
}

// A map key is copied by validator for each element beneath it, and may hold
// what looks like the end of a key: neither may cost the square of the body.
func TestHostileKeys(t *testing.T) {
	type in struct {
		Lists map[string][]item2 `json:"lists" validate:"dive,dive"`
		Names map[string]string  `json:"names" validate:"dive,max=1"`
		Tree  hostileTree        `json:"tree"`
	}
	elements := "[" + strings.TrimSuffix(strings.Repeat(`{"n":10},`, 50000), ",") + "]"
	for _, c := range []struct{ body, want string }{
		{`{"lists":{"` + strings.Repeat("k", 257) + `":` + elements + `}}`, "lists: Name too long"},
		{`{"lists":{"` + strings.Repeat("k", 500000) + `":` + elements + `}}`, "lists: Name too long"},
		{`{"names":{"` + strings.Repeat("].", 100000) + `":"xx"}}`, "names: Name too long"},
		{`{"names":{"` + strings.Repeat("].", 128) + `":"xx"}}`, `names["` + strings.Repeat("].", 128) + `"]: Must be at most 1 character`},
		{`{"tree":` + ambiguous(12) + `}`, "tree.name: Must be at most 1 character"},
		{`{"lists":{"` + strings.Repeat("k", 500000) + `":` + strings.ReplaceAll(elements, "10", `"x"`) + `}}`, "lists: Expected integer, received string"},
	} {
		vs := brief(violations[in](t, c.body, validate.WithMaxBody(0)))
		require.NotEmpty(t, vs)
		require.Equal(t, c.want, vs[0])
	}
}

type hostileTree struct {
	Name string                 `json:"name" validate:"max=1"`
	Kids map[string]hostileTree `json:"kids" validate:"dive"`
}

// ambiguous is a tree whose paths can be read in as many ways as there are.
func ambiguous(depth int) string {
	if depth == 0 {
		return `{"name":"xx"}`
	}
	kid := ambiguous(depth - 1)
	return `{"name":"xx","kids":{"a":` + kid + `,"a].Kids[a":` + kid + `}}`
}

// Of broken rules by the hundred thousand, only the first are reported.
func TestHostileBodies_ManyBrokenRules(t *testing.T) {
	body := `{"names":[` + strings.Repeat(`"0123456789",`, 80000) + `""]}`
	require.Len(t, violations[wide](t, body, validate.WithMaxBody(0)), 101)
}

// The cost of collecting grows with the length of the body, at every depth.
func TestHostileBodies_Linear(t *testing.T) {
	if raceEnabled {
		t.Skip("memory is not measured under the race detector")
	}
	cost := func(depth int) uint64 {
		body := strings.Repeat(`{"children":[`, depth) + `{"names":["` + strings.Repeat(`x","`, 100000) + `"],"last":""}` + strings.Repeat(`]}`, depth)
		_, err := validate.JSON[wide](underMiddleware(post(body)))
		require.Error(t, err)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err = validate.JSON[wide](underMiddleware(post(body)))
		runtime.ReadMemStats(&after)
		require.Error(t, err)
		return after.Mallocs - before.Mallocs
	}
	require.Less(t, float64(cost(45)), 1.2*float64(cost(1))+2000)
}
