package apierr_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/internal/contracttest"
)

func TestDocURL(t *testing.T) {
	numbered := &apierr.Error{Code: "A/B c", ID: 7, Status: 400, Message: "M"}
	for _, test := range []struct {
		docURL string
		e      *apierr.Error
		want   any // nil: absent
	}{
		{"", numbered, nil},
		{"https://x.example/errors/", missing, "https://x.example/errors/MISSING"},
		{"https://x.example/errors#", missing, "https://x.example/errors#MISSING"},
		{"/errors/", numbered, "/errors/A%2FB%20c"},
		{"/errors/{code}.html", numbered, "/errors/A%2FB%20c.html"},
		{"/errors?code=", numbered, "/errors?code=A%2FB+c"},
		{"/errors?code={code}&id={id}", &apierr.Error{Code: "a&b=c", ID: 1, Status: 400}, "/errors?code=a%26b%3Dc&id=1"},
		{"/errors/{id}", numbered, "/errors/7"},
		{"/errors/{id}", &apierr.Error{Code: "A", Status: 400}, nil}, // no ID, no page
		{"/errors/", &apierr.Error{Code: "../\xff?#", Status: 400}, "/errors/..%2F%EF%BF%BD%3F%23"},
		{"/errors/", missing.With("k", 1).WithMessage("Own"), "/errors/MISSING"},
		{"/errors/", apierr.NotFound, "/errors/MISSING"}, // mapped
		{"/errors/{id}", apierr.NotFound, "/errors/1"},
		{"/errors/", &apierr.Error{Code: "OWN", Status: 400}, "/errors/OWN"},
	} {
		c := apierr.Contract{DocURL: test.docURL, Errors: errs{missing, numbered}, Mappings: mappings{apierr.NotFound: {Error: missing}}}
		c.Format = apierr.Envelope{Members: []apierr.Member{{Name: "code", From: apierr.FromCode}, {Name: "url", From: apierr.FromDocURL}}}
		require.Equal(t, test.want, decode(t, contracttest.Answer(t, c, test.e).Body.String())["url"], test.docURL)

		c.Format = apierr.Problem{}
		want := test.want
		if want == nil {
			want = "about:blank"
		}
		require.Equal(t, want, decode(t, contracttest.Answer(t, c, test.e).Body.String())["type"], test.docURL)
	}
}
