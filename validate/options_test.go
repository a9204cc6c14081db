package validate_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate"
)

// Every option that takes a number or a function, with what it refuses.
func TestOptions_Panic(t *testing.T) {
	var none *validate.Rules
	for name, c := range map[string]struct {
		make func()
		want string
	}{
		"negative body":       {func() { validate.WithMaxBody(-1) }, "validate: WithMaxBody: -1 is negative"},
		"negative depth":      {func() { validate.WithMaxDepth(-1) }, "validate: WithMaxDepth: -1 is negative"},
		"negative violations": {func() { validate.WithMaxViolations(-7) }, "validate: WithMaxViolations: -7 is negative"},
		"no path function":    {func() { validate.WithPathValue(nil) }, "validate: WithPathValue needs a function"},
		"nil option of New":   {func() { validate.New(nil, validate.WithAllowUnknown(), nil) }, "validate: option 2 is nil"},
		"nil option":          {func() { _, _ = validate.JSON[message](post(`{}`), nil) }, "validate: option 1 is nil"},
		"nil rules":           {func() { _ = validate.Check[message](none) }, "validate: option 1 is nil"},
		"nil rules of Struct": {func() { _ = validate.FromStruct(newPlainValidator().Struct(message{}), message{}, none) }, "validate: option 1 is nil"},
	} {
		require.PanicsWithValue(t, c.want, c.make, name)
	}
}

// What zero and nil are said to mean.
func TestOptions_Zero(t *testing.T) {
	deep := strings.Repeat("[", 101) + strings.Repeat("]", 101)
	for name, opt := range map[string]validate.Option{
		"depth":      validate.WithMaxDepth(0),
		"messages":   validate.WithMessages(nil),
		"translator": validate.WithTranslator(nil),
		"tag name":   validate.WithTagName(""),
		"language":   validate.WithLanguage(""),
	} {
		rules := validate.New(nil, opt)
		require.Equal(t, []string{"message: Required"}, brief(violations[message](t, `{}`, rules)), name)
		_, err := validate.JSON[any](post(deep), rules)
		require.ErrorContains(t, err, "nested too deeply", name)
	}
}

func TestWithAllowUntyped(t *testing.T) {
	r := post(`{"message":"x"}`)
	r.Header.Del("Content-Type")
	_, err := validate.JSON[message](r, validate.WithAllowUntyped())
	require.NoError(t, err)
}

// A violation says in which part of the request it was, also the one that says
// that there are more.
func TestViolation_In(t *testing.T) {
	type in struct {
		N int `json:"n" query:"n" path:"n" header:"N" form:"n" validate:"min=1"`
		M int `json:"m" query:"m" path:"m" header:"M" form:"m" validate:"min=1"`
	}
	query := httptest.NewRequest("GET", "/?n=x", nil)
	query.SetPathValue("n", "x")
	query.Header.Set("N", "x")
	form := func(body string) *http.Request {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return r
	}
	one := validate.WithMaxViolations(1)
	errs := map[string]error{}
	_, errs[""] = validate.JSON[in](post(`{"n":"x"}`), one)
	_, errs["query"] = validate.Query[in](query, one)
	_, errs["path"] = validate.Path[in](query, one)
	_, errs["header"] = validate.Header[in](query, one)
	_, errs["form"] = validate.Form[in](form("n=x"), one)
	for in, err := range errs {
		vs := violationsOf(t, err, errOf(in))
		require.Len(t, vs, 2, in)
		for _, v := range vs {
			require.Equal(t, in, v.In)
		}
	}
	_, err := validate.Form[in](form("%zz"))
	require.Equal(t, "form", violationsOf(t, err, errOf("form"))[0].In)
	_, err = validate.Form[in](multi(part{"n", "", "x"}))
	require.Equal(t, "form", violationsOf(t, err, errOf("form"))[0].In)
}

// errOf is the error that violations of a part of the request come with.
func errOf(in string) *apierr.Error {
	if in == "" {
		return apierr.InvalidBody
	}
	return apierr.InvalidParameter
}
