package reference

import (
	"bytes"
	"embed"
	"html/template"
	"strings"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/webstyle"
)

// HTML returns the reference page of c as one HTML document, with its style and
// its script in it. It fetches nothing. It returns the faults of c and of page.
// Equal arguments give equal bytes.
//
// Links from a contract's documentation URLs to one code work under [Handler];
// on this page, #CODE is the anchor of a code.
func HTML(c apierr.Contract, page Page) ([]byte, error) {
	d, err := newDocument(c, page)
	if err != nil {
		return nil, err
	}
	return htmlView{Doc: d, Style: template.CSS(style), Script: template.JS(script)}.render("page")
}

// htmlView is what the templates are executed with.
type htmlView struct {
	Doc    *document
	Entry  *entry // of the page of one code
	Served bool   // by the handler, which has the files beside it
	Style  template.CSS
	Script template.JS
}

func (v htmlView) render(name string) ([]byte, error) {
	var b bytes.Buffer
	err := htmlTemplates.ExecuteTemplate(&b, name, v)
	return b.Bytes(), err
}

// href returns a URL for an attribute. The package template takes a fragment
// with a colon, such as the anchor of the code "a:b", for a scheme that it does
// not know; every other URL goes through its filter.
func href(url string) any {
	if strings.HasPrefix(url, "#") {
		return template.URL(url)
	}
	return url
}

// within is a value for a template that also needs the view.
type within struct {
	Page  htmlView
	Value any
}

//go:embed assets/page.html.tmpl
var htmlFiles embed.FS

// The style and the script of the page.
var (
	//go:embed assets/style.css
	ownStyle string
	style    = webstyle.Base + ownStyle
	//go:embed assets/script.js
	script string
)

var htmlTemplates = template.Must(template.New("").Funcs(template.FuncMap{
	"within":   func(v htmlView, value any) within { return within{v, value} },
	"fragment": func(anchor string) template.URL { return template.URL("#" + anchor) },
	"href":     href,
	"class":    func(status int) int { return status / 100 },
	"join":     func(columns []string) string { return strings.Join(columns, ", ") },
}).ParseFS(htmlFiles, "assets/page.html.tmpl"))
