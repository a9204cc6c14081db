package reference_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/internal/contracttest"
	"github.com/failwell/failwell/apierr/reference"
)

var (
	notFound = &apierr.Error{Code: "NOT_FOUND", Status: 404, Message: "It is not there"}
	secret   = &apierr.Error{Code: "SECRET", Status: 409, Message: "Nobody knows"}
)

func TestPageFaults(t *testing.T) {
	type page = reference.Page
	section := func(s reference.PageSection) page {
		s.Title = "S"
		return page{Sections: []reference.PageSection{s}}
	}
	link := func(url string) page { return section(reference.PageSection{Links: []reference.Link{{URL: url}}}) }
	for _, test := range []struct {
		page page
		want string // empty: no fault
	}{
		{page{}, ""},

		{page{BaseURL: "https://api.example.com"}, ""},
		{page{BaseURL: "http://127.0.0.1:8080/v1/"}, ""},
		{page{BaseURL: "api.example.com"}, `the base URL "api.example.com" is no absolute http or https URL`},
		{page{BaseURL: "ftp://x"}, `the base URL "ftp://x" is no absolute http or https URL`},
		{page{BaseURL: "javascript:alert(1)"}, `the base URL "javascript:alert(1)" is no absolute http or https URL`},
		{page{BaseURL: "https://u:p@x"}, `the base URL "https://u:p@x" is no absolute http or https URL`},
		{page{BaseURL: "https://x/'$(id)"}, `the base URL "https://x/'$(id)" is no absolute http or https URL`},
		{page{BaseURL: "https://x\n"}, `the base URL "https://x\n" is no absolute http or https URL`},
		{page{BaseURL: "https://x?q"}, `the base URL "https://x?q" is no absolute http or https URL`},

		{page{Path: "/v1/orders/7?expand=items"}, ""},
		{page{Path: "v1"}, `the path "v1" is no path of the API`},
		{page{Path: "//evil.example"}, `the path "//evil.example" is no path of the API`},
		{page{Path: "/a b"}, `the path "/a b" is no path of the API`},
		{page{Path: "/a#b"}, `the path "/a#b" is no path of the API`},

		{page{TryIt: "/lab/raise/"}, ""},
		{page{TryIt: "/raise?code="}, ""},
		{page{TryIt: "https://evil.example/"}, `the path "https://evil.example/", to try errors, is no path of the page's server`},
		{page{TryIt: "//evil.example/"}, `the path "//evil.example/", to try errors, is no path of the page's server`},
		{page{TryIt: `/\evil.example/`}, `the path "/\\evil.example/", to try errors, is no path of the page's server`},

		{page{Authorization: "Authorization: Bearer YOUR_API_KEY"}, ""},
		{page{Authorization: "x-api-key: YOUR_API_KEY"}, ""},
		{page{Authorization: "Bearer YOUR_API_KEY"}, `the authorization "Bearer YOUR_API_KEY" is no header line`},
		{page{Authorization: "X: "}, `the authorization "X: " is no header line`},
		{page{Authorization: "X: a\r\nY: b"}, `the authorization "X: a\r\nY: b" is no header line`},
		{page{Authorization: "X Y: a"}, `the authorization "X Y: a" is no header line`},

		{page{Statuses: []reference.Status{{Status: 418}, {Status: 101}}}, ""},
		{page{Statuses: []reference.Status{{}}}, "status 0: 0 is no HTTP status"},
		{page{Statuses: []reference.Status{{Status: 600}}}, "status 0: 600 is no HTTP status"},
		{page{Statuses: []reference.Status{{Status: 404}, {Status: 404}}}, "the status 404 is there twice"},

		{page{Headers: []reference.Header{{Name: "X-Queue"}}}, ""},
		{page{Headers: []reference.Header{{Name: "X Queue"}}}, `header 0: "X Queue" is no header name`},

		{section(reference.PageSection{}), ""},
		{page{Sections: []reference.PageSection{{Text: "x"}}}, "a section has no title"},
		{section(reference.PageSection{Columns: []string{"a", "b"}, Rows: [][]string{{"1", "2"}}}), ""},
		{section(reference.PageSection{Columns: []string{"a", "b"}, Rows: [][]string{{"1"}}}), `section "S": row 0 has 1 cells, the table 2 columns`},
		{section(reference.PageSection{Rows: [][]string{{"1"}}}), `section "S": row 0 has 1 cells, the table 0 columns`},

		{link("https://status.example.com/"), ""},
		{link("mailto:help@example.com"), ""},
		{link("../guide"), ""},
		{link("#/support"), ""},
		{link(""), `section "S": "" is no http, https, mailto or relative URL`},
		{link("javascript:alert(1)"), `section "S": "javascript:alert(1)" is no http, https, mailto or relative URL`},
		{link("JaVaScRiPt:alert(1)"), `section "S": "JaVaScRiPt:alert(1)" is no http, https, mailto or relative URL`},
		{link(" javascript:alert(1)"), `section "S": " javascript:alert(1)" is no http, https, mailto or relative URL`},
		{link("java\nscript:alert(1)"), `section "S": "java\nscript:alert(1)" is no http, https, mailto or relative URL`},
		{link("data:text/html,x"), `section "S": "data:text/html,x" is no http, https, mailto or relative URL`},
		{link("https:evil"), `section "S": "https:evil" is no http, https, mailto or relative URL`},
		{link("x>(y)"), `section "S": "x>(y)" is no http, https, mailto or relative URL`},

		{page{Hidden: []*apierr.Error{secret}}, ""},
		{page{Hidden: []*apierr.Error{nil}}, "a hidden error is not declared"},
		{page{Hidden: []*apierr.Error{apierr.Conflict}}, "a hidden error is not declared"},
		{page{Hidden: []*apierr.Error{notFound}}, "NOT_FOUND cannot be hidden: RESOURCE_NOT_FOUND is mapped to it"},
	} {
		c := apierr.Contract{Errors: []*apierr.Error{notFound, secret}, Mappings: map[*apierr.Error]apierr.Mapping{apierr.NotFound: {Error: notFound}}}
		test.page.Title = "p"
		_, err := reference.HTML(c, test.page)
		_, err2 := reference.Markdown(c, test.page)
		require.Equal(t, err, err2)
		if test.want == "" {
			require.NoError(t, err, "%+v", test.page)
			continue
		}
		require.EqualError(t, err, `reference: page "p": `+test.want)
	}
}

// Every fault is reported at once.
func TestPageFaults_All(t *testing.T) {
	_, err := reference.HTML(apierr.Standard, reference.Page{Title: "p", BaseURL: "x", Path: "x", Authorization: "x"})
	require.EqualError(t, err, `reference: page "p": the base URL "x" is no absolute http or https URL`+
		"\nthe path \"x\" is no path of the API\nthe authorization \"x\" is no header line")
}

// What the page says of an empty contract is what it answers.
func TestDefaults(t *testing.T) {
	md, err := reference.Markdown(apierr.Contract{}, reference.Page{})
	require.NoError(t, err)
	for header, e := range map[string]*apierr.Error{"WWW-Authenticate": apierr.Unauthenticated, "Content-Type": apierr.NotFound} {
		value := contracttest.Answer(t, apierr.Contract{}, e).Header().Get(header)
		require.Regexp(t, "(?m)^\\| `"+header+"` \\|.*`"+value+"`", string(md))
	}
	require.Equal(t, "1", contracttest.Answer(t, apierr.Contract{}, apierr.TooManyRequests).Header().Get("Retry-After"))
	require.Contains(t, string(md), "| `Retry-After` | Every `429` (1 second unless the error says otherwise)")
	for name := range contracttest.Answer(t, apierr.Contract{}, apierr.NotFound).Header() {
		if strings.HasPrefix(name, "X-") && name != "X-Content-Type-Options" {
			require.Contains(t, string(md), "| `"+name+"` | Every response |")
		}
	}
}

// A hidden error is in no output, wherever the contract names it.
func TestHidden(t *testing.T) {
	c := apierr.Contract{
		Translations:   map[string]map[string]string{"de": {"SECRET": "Geheim", "NOT_FOUND": "Fehlt"}},
		Sections:       []apierr.Section{{Title: "Orders", Errors: []*apierr.Error{notFound, secret}}},
		Deprecated:     map[*apierr.Error]string{secret: "x"},
		DetailsSchemas: map[*apierr.Error]string{secret: "{}"},
		Mappings:       map[*apierr.Error]apierr.Mapping{secret: {Error: notFound}},
	}
	page := reference.Page{Hidden: []*apierr.Error{secret}}
	base := serve(t, reference.Handler(c, page), "/errors/")
	for _, path := range []string{"", "errors.md", "contract.json", "contract.schema.json", "openapi.json", "errors.ts", "NOT_FOUND"} {
		resp, body := get(t, "GET", base+"/errors/"+path)
		require.Equal(t, 200, resp.StatusCode, path)
		require.NotContains(t, body, "SECRET", path)
		require.NotContains(t, body, "Geheim", path)
	}
	resp, _ := get(t, "GET", base+"/errors/SECRET")
	require.Equal(t, 404, resp.StatusCode)
	require.Len(t, c.Sections[0].Errors, 2, "the contract is as it was")
	require.Len(t, c.Mappings, 1)
	require.Len(t, c.Translations["de"], 2)
}

// The contract without hidden errors is the one that Handler publishes; a page
// with faults has none.
func TestPage_WithoutHidden(t *testing.T) {
	c := apierr.Contract{Errors: []*apierr.Error{notFound, secret}}
	visible, err := reference.Page{Hidden: []*apierr.Error{secret}}.WithoutHidden(c)
	require.NoError(t, err)
	require.Equal(t, []*apierr.Error{notFound}, visible.Errors)
	require.Len(t, c.Errors, 2)
	same, err := reference.Page{}.WithoutHidden(c)
	require.NoError(t, err)
	require.Equal(t, c, same)
	for _, page := range []reference.Page{{Hidden: []*apierr.Error{apierr.Conflict}}, {Path: "x"}} {
		_, err := page.WithoutHidden(c)
		require.ErrorContains(t, err, "reference: page")
	}
}
