package demopage

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/webstyle"
)

//go:embed assets
var assets embed.FS

var page = template.Must(template.New("").Funcs(template.FuncMap{
	"ms":        func(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) },
	"printable": printable,
}).ParseFS(assets, "assets/*.tmpl"))

// view is what the templates show.
type view struct {
	*Config
	Key     string // that was entered
	Support string // the support key that was entered
	Ran     string // the name of the scenario that has run; empty: none
	Choice  string
	Result  *result
}

// SupportURL returns the link to the page of recent failures, which shows the
// request with that ID if it is not empty. The link has the key where records are
// shown without it too.
func (v view) SupportURL(id string) string {
	q := make(url.Values)
	if v.Loopback {
		q.Set("key", v.SupportKey)
	}
	if id != "" {
		q.Set("id", id)
	}
	return v.SupportPath + "?" + q.Encode()
}

// Of returns the view if its result is that of the scenario, otherwise nil.
func (v view) Of(s Scenario) *view {
	if v.Result == nil || v.Ran != s.Name {
		return nil
	}
	return &v
}

func (p *Page) index(w http.ResponseWriter, r *http.Request) error {
	return render(w, "page", view{Config: &p.config})
}

// maxForm is the most bytes of a form of this page.
const maxForm = 4 << 10

// run performs a scenario. With a script the page asks for the result alone.
func (p *Page) run(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return err
		}
		return apierr.InvalidParameter.Wrap(err)
	}
	form := r.PostForm
	s := p.scenarios[form.Get("scenario")]
	if s == nil {
		return apierr.NotFound
	}
	choice, key := form.Get("choice"), form.Get("key")
	if len(s.Choices) > 0 && !slices.Contains(s.Choices, choice) || !validKey(key) {
		return apierr.InvalidParameter
	}
	v := view{Config: &p.config, Key: key, Support: form.Get("support"), Ran: s.Name, Choice: choice}
	var err error
	if v.Result, err = p.perform(r.Context(), s, choice, key, v.Support); err != nil {
		return err
	}
	if form.Get("part") == "result" {
		return render(w, "result", &v)
	}
	return render(w, "page", v)
}

func render(w http.ResponseWriter, name string, v any) error {
	var b bytes.Buffer
	if err := page.ExecuteTemplate(&b, name, v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err := b.WriteTo(w)
	return err
}

// files are those beside the page.
var files = map[string]file{
	"style.css": newFile("text/css; charset=utf-8", webstyle.Base+read("assets/style.css")),
	"script.js": newFile("text/javascript; charset=utf-8", read("assets/script.js")),
}

type file struct{ contentType, etag, text string }

func newFile(contentType, text string) file {
	sum := sha256.Sum256([]byte(text))
	return file{contentType, `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`, text}
}

func read(name string) string {
	b, err := assets.ReadFile(name)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(b)
}

func (p *Page) asset(w http.ResponseWriter, r *http.Request) error {
	f, ok := files[r.PathValue("file")]
	if !ok {
		return apierr.NotFound
	}
	w.Header().Set("Content-Type", f.contentType)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", f.etag)
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(f.text))
	return nil
}
