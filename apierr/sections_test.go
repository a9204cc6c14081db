package apierr_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/internal/contracttest"
)

type sections = []apierr.Section

// Sections declare errors: they are found, answered and numbered like those of
// Errors, and stand before them.
func TestSectionsDeclare(t *testing.T) {
	c := apierr.Contract{
		Errors:   errs{broken},
		Sections: sections{{Title: "Input", Errors: errs{invalid}}, {Title: "Orders", Errors: errs{missing}}},
		Mappings: mappings{apierr.NotFound: {Error: missing}, apierr.BadRequest: {Error: invalid}, apierr.Internal: {Error: broken}},
		Closed:   true,
	}
	require.NoError(t, c.Check())
	require.Equal(t, errs{invalid, missing, broken}, c.Declared())
	require.Same(t, missing, c.Lookup("MISSING"))
	require.Nil(t, c.Lookup("ABSENT"))
	for _, test := range []struct {
		raise error
		want  string
	}{
		{invalid, "INVALID"},
		{apierr.NotFound, "MISSING"},
		{&apierr.Error{Code: "MISSING", Status: 400}, "MISSING"},
		{&apierr.Error{Code: "OWN", Status: 418}, "INVALID"},
	} {
		require.Equal(t, test.want, contracttest.Body(t, contracttest.Answer(t, c, test.raise))["code"])
	}
}

// What Declared returns can be changed without effect.
func TestDeclaredIsCopied(t *testing.T) {
	c := apierr.Contract{Errors: errs{broken}, Sections: sections{{Title: "Orders", Errors: errs{missing}}}}
	all := c.Declared()
	all[0], all[1] = nil, nil
	require.Equal(t, errs{missing, broken}, c.Declared())
	c.Sections = nil
	c.Declared()[0] = nil
	require.Equal(t, errs{broken}, c.Declared())
}

func TestCheckSections(t *testing.T) {
	schema := func(e *apierr.Error, s string) apierr.Contract {
		return apierr.Contract{Errors: errs{missing}, DetailsSchemas: map[*apierr.Error]string{e: s}}
	}
	for _, test := range []struct {
		c    apierr.Contract
		want string // each line a fault; empty: none
	}{
		{apierr.Contract{Sections: sections{{Title: "Orders"}}}, ""},
		{apierr.Contract{Sections: sections{{Title: "A", Doc: "\x00</script>"}, {Title: "a"}}}, ""},
		{apierr.Contract{Sections: sections{{}}}, "section 0 has no title"},
		{apierr.Contract{Sections: sections{{Title: "A"}, {Title: "B"}, {Title: "A"}}}, `the section "A" is there twice`},

		// the errors of a section are declared errors
		{apierr.Contract{Sections: sections{{Title: "A", Errors: errs{nil}}}}, "error 0 is nil"},
		{apierr.Contract{Sections: sections{{Title: "A", Errors: errs{missing, missing}}}},
			"MISSING: the code is declared twice\nMISSING: the id 1 is that of MISSING"},
		{apierr.Contract{Sections: sections{{Title: "A", Errors: errs{missing}}}, Errors: errs{missing}},
			"MISSING: the code is declared twice\nMISSING: the id 1 is that of MISSING"},
		{apierr.Contract{Sections: sections{{Title: "A", Errors: errs{missing.With("a", 1)}}}}, "MISSING: a copy is declared, not the error itself"},

		{apierr.Contract{Errors: errs{missing}, Deprecated: map[*apierr.Error]string{missing: ""}}, ""},
		{apierr.Contract{Deprecated: map[*apierr.Error]string{missing: ""}}, "a deprecation of MISSING, which is not declared"},
		{apierr.Contract{Deprecated: map[*apierr.Error]string{nil: ""}}, "a deprecation of nil, which is not declared"},

		{schema(missing, `{}`), ""},
		{schema(missing, `{"type":"object"}`), ""},
		{schema(invalid, `{}`), "a details schema of INVALID, which is not declared"},
		{schema(missing, ``), "MISSING: the details schema is no JSON object"},
		{schema(missing, `true`), "MISSING: the details schema is no JSON object"},
		{schema(missing, `{"a":1,"a":2}`), "MISSING: the details schema is no JSON object"},
		{schema(missing, `{} {}`), "MISSING: the details schema is no JSON object"},
	} {
		test.c.Name = "c"
		err := test.c.Check()
		if test.want == "" {
			require.NoError(t, err)
			continue
		}
		require.EqualError(t, err, `apierr: contract "c": `+test.want)
	}
}

func TestParseSections(t *testing.T) {
	for _, test := range []struct {
		errors, sections, want string
	}{
		{`{"code":"A","status":400}`, `{"title":"S","codes":["A"]}`, ""},
		{`{"code":"A","status":400}`, `{"title":"S","codes":[]}`, ""},
		{`{"code":"A","status":400}`, `{"title":"S","codes":["B"]}`, `the section "S" lists "B", which is not declared`},
		{`{"code":"A","status":400}`, `{"title":"S","codes":["A","A"]}`, "A is in two sections"},
		{`{"code":"A","status":400}`, `{"title":"S","codes":["A"]},{"title":"T","codes":["A"]}`, "A is in two sections"},
		{`{"code":"A","status":400}`, `{"title":"","codes":["A"]}`, "section 0 has no title"},
		{`{"code":"A","status":400},{"code":"A","status":400}`, `{"title":"S","codes":["A"]}`, "A: the code is declared twice"},
		{`{"code":"A","status":400,"details_schema":true}`, ``, "A: the details schema is no JSON object"},
	} {
		_, err := apierr.ParseContract([]byte(`{"name":"c","closed":false,"format":{"name":"envelope","content_type":"application/json"},` +
			`"headers":{"request_id":"X-Request-Id","correlation_id":null,"exposed":true},"challenge":"Bearer","retry_after":1,` +
			`"errors":[` + test.errors + `],"sections":[` + test.sections + `]}`))
		if test.want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, test.want)
	}
}
