package reference_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/apierr/internal/contracttest"
	"github.com/failwell/failwell/apierr/reference"
	"github.com/failwell/failwell/apierr/reference/published"
)

// pages are the contracts whose pages are compared with golden files.
var pages = []struct {
	name string
	c    apierr.Contract
	page reference.Page
}{
	{"chatbase", chatbase.Contract, published.Chatbase},
	{"polyai", polyai.Contract, published.PolyAI},
	{"avatarium", avatarium.Contract, published.Avatarium},
	{"standard", apierr.Standard, reference.Page{}},
	{"problem", problem, reference.Page{}},
}

// problem is the standard contract as problem details that link to the page,
// with the envelope as an alternative.
var problem = func() apierr.Contract {
	c := apierr.Standard
	c.Name, c.Title = "problem", "Standard errors as problem details"
	c.Format, c.Alternative = apierr.Problem{Types: "https://api.example.com/errors/"}, apierr.Envelope{}
	return c
}()

// assets are the style and the script, which have files of their own.
var assets = regexp.MustCompile(`(?s)<(style|script) ?[^>]*>.*?</(?:style|script)>`)

func TestGolden(t *testing.T) {
	for _, p := range pages {
		t.Run(p.name, func(t *testing.T) {
			html, err := reference.HTML(p.c, p.page)
			require.NoError(t, err)
			contracttest.Golden(t, p.name+".html", assets.ReplaceAllString(string(html), "<$1>…</$1>"))
			md, err := reference.Markdown(p.c, p.page)
			require.NoError(t, err)
			contracttest.Golden(t, p.name+".md", string(md))
		})
	}
}

// Equal arguments give equal bytes, whatever the order of maps.
func TestDeterministic(t *testing.T) {
	for _, p := range pages {
		html, err := reference.HTML(p.c, p.page)
		require.NoError(t, err)
		md, err := reference.Markdown(p.c, p.page)
		require.NoError(t, err)
		for range 5 {
			again, err := reference.HTML(p.c, p.page)
			require.NoError(t, err)
			require.True(t, string(html) == string(again), p.name)
			again, err = reference.Markdown(p.c, p.page)
			require.NoError(t, err)
			require.True(t, string(md) == string(again), p.name)
		}
	}
}
