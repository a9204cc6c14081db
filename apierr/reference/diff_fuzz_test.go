package reference_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/apierr/reference"
)

// Whatever two documents hold, Diff answers: the same each time, nothing for one
// and the same, in order and on one line, and without a breaking change only if
// the old codes, statuses and headers are still there.
func FuzzDiff(f *testing.F) {
	seed := func(old, new apierr.Contract) {
		a, errA := old.MarshalJSON()
		b, errB := new.MarshalJSON()
		require.NoError(f, errA)
		require.NoError(f, errB)
		f.Add(a, b)
	}
	for _, p := range pairs {
		seed(newAPI(p.old...).Contract, newAPI(p.new...).Contract)
	}
	seed(chatbase.Contract, chatbase.Closed)
	seed(polyai.Closed, polyai.Contract)
	seed(avatarium.Contract, chatbase.Contract)
	seed(apierr.Standard, apierr.Contract{})
	seed(apierr.Contract{}, hostileContract())
	seed(hostileContract(), hostileContract("\u202e"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		old, errA := apierr.ParseContract(a)
		new, errB := apierr.ParseContract(b)
		if errA != nil || errB != nil {
			return
		}
		changes := reference.Diff(old, new)
		require.Equal(t, changes, reference.Diff(old, new))
		require.Empty(t, reference.Diff(old, old))
		require.Empty(t, reference.Diff(new, new))
		require.Equal(t, len(changes) == 0, len(reference.Diff(new, old)) == 0, "one direction has changes, the other none: %s", lines(changes))
		for i, c := range changes {
			require.Contains(t, kinds, c.Kind)
			require.False(t, i > 0 && c.Breaking && !changes[i-1].Breaking, "what breaks is first")
			require.True(t, utf8.ValidString(c.String()))
			require.False(t, strings.ContainsFunc(c.String(), func(r rune) bool {
				return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
			}), "%q", c.String())
		}
		if !strings.Contains(verdicts(changes), "!") {
			requireKept(t, old, new)
		}
	})
}

// kinds are those that Diff documents.
var kinds = strings.Fields(`opened closed code-removed code-renamed code-added mapping status id member-removed member-renamed member-type
	member-optional member-value member-added member-always member-text body media-type details header exposed-headers challenge
	retry-after doc-url deprecated message doc section language`)

// requireKept requires that a client of the old contract finds its codes, statuses
// and headers.
func requireKept(t *testing.T, old, new apierr.Contract) {
	was, err := old.Compile()
	require.NoError(t, err)
	is, err := new.Compile()
	require.NoError(t, err)
	oldRequest, oldCorrelation := was.IDHeaders()
	newRequest, newCorrelation := is.IDHeaders()
	require.True(t, oldRequest == apierr.NoHeader || oldRequest == newRequest)
	require.True(t, oldCorrelation == apierr.NoHeader || oldCorrelation == newCorrelation)
	require.True(t, new.Closed || !old.Closed)
	for _, e := range old.Declared() {
		now := new.Lookup(e.Code)
		if now == nil {
			require.True(t, old.Deprecated[e] != "" || slices.Contains(apierr.Standard.Errors, e), e.Code)
			continue
		}
		require.Equal(t, e.Status, now.Status, e.Code)
	}
	if old.Closed {
		for _, e := range new.Declared() {
			renamed := slices.ContainsFunc(old.Declared(), func(o *apierr.Error) bool { return new.Lookup(o.Code) == nil })
			require.True(t, renamed || old.Lookup(e.Code) != nil, e.Code)
		}
	}
	for status := 400; status <= 599; status++ {
		a, b := was.ForStatus(status), is.ForStatus(status)
		if strings.HasPrefix(a.Code, "HTTP_") && old.Lookup(a.Code) == nil {
			require.Equal(t, a.Status/100, b.Status/100, status)
		} else if e := old.Lookup(a.Code); e == nil || old.Deprecated[e] == "" {
			require.Equal(t, a.Code, b.Code, status)
			require.Equal(t, a.Status, b.Status, status)
		}
	}
}

// hostileContract has texts that try to leave their line everywhere.
func hostileContract(more ...string) apierr.Contract {
	texts := append([]string{
		"__proto__", "a/b", "</script>", "a\nb", "a\r\n::error::b", "\x00", "\x1b[31m", "\u202eabc", "\u2028", "\xff\xfe", "`", "%s%n", "a b.c[0]", `"`, "::set-output::",
		strings.Repeat("A", 3000),
	}, more...)
	c := apierr.Contract{Name: texts[3], Deprecated: map[*apierr.Error]string{}, DetailsSchemas: map[*apierr.Error]string{}, Translations: map[string]map[string]string{"de": {}}}
	inner := []apierr.Member{{Name: "code", From: apierr.FromCode}}
	for i, s := range texts {
		e := &apierr.Error{Code: s, ID: i + 1, Status: 400 + i, Message: s + strings.Join(more, ""), Doc: s, Details: map[string]any{s: s + strings.Join(more, "")}}
		c.Sections = append(c.Sections, apierr.Section{Title: s + strings.Join(more, ""), Errors: []*apierr.Error{e}})
		c.Deprecated[e] = s + strings.Join(more, "")
		schema, _ := json.Marshal(map[string]any{"properties": map[string]any{s: map[string]any{"enum": []any{s + strings.Join(more, "")}}}})
		c.DetailsSchemas[e] = string(schema)
		c.Translations["de"][s] = s + strings.Join(more, "")
		inner = append(inner, apierr.Member{Name: "m" + s, JSON: `"x` + strings.Join(more, "") + `"`}, apierr.Member{Name: "d" + s, Detail: s})
	}
	c.Format = apierr.Envelope{Members: inner}
	return c
}

// Large documents are compared in a time that grows with their length.
func TestDiff_Large(t *testing.T) {
	contract := func(n int, to string) apierr.Contract {
		c := apierr.Contract{Mappings: map[*apierr.Error]apierr.Mapping{}}
		target := &apierr.Error{Code: to, Status: 500}
		c.Errors = append(c.Errors, target)
		for i := range n {
			e := &apierr.Error{Code: fmt.Sprintf("E%d", i), ID: i + 1, Status: 400, Message: to, Doc: to}
			c.Errors = append(c.Errors, e)
			c.Mappings[e] = apierr.Mapping{Error: target}
		}
		return c
	}
	took := func(n int) time.Duration {
		old, new := contract(n, "OLD"), contract(n, "NEW")
		begin := time.Now()
		require.NotEmpty(t, reference.Diff(old, new))
		return time.Since(begin)
	}
	few, many := time.Hour, time.Hour
	for range 10 { // the machine may be busy
		few, many = min(few, took(500)), min(many, took(10_000))
		if many < 80*few {
			return
		}
	}
	t.Fatalf("20 times the errors take %d times as long", many/few)
}

// A contract with faults is a fault of the program.
func TestDiff_PanicsOnFaults(t *testing.T) {
	faulty := apierr.Contract{Errors: []*apierr.Error{{Code: "MISSING"}}}
	for _, test := range []struct{ old, new apierr.Contract }{{faulty, apierr.Contract{}}, {apierr.Contract{}, faulty}} {
		require.PanicsWithValue(t, `reference: apierr: contract "": MISSING: no status`, func() { reference.Diff(test.old, test.new) })
	}
}
