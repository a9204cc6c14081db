package reference

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/failwell/failwell/apierr"
)

// Handler serves the reference page of c and what belongs to it, below the path
// at which it is mounted, which ends in a slash:
//
//	./                      the page
//	./CODE                  one error, percent-encoded: what Contract.DocURL and
//	                        Problem.Types link to
//	./errors.md             the page in Markdown
//	./contract.json         the contract as Contract.MarshalJSON has it, without
//	                        mappings of errors that a document cannot name
//	./contract.schema.json  the JSON Schema of that document
//	./errors.ts             the errors in TypeScript, as TypeScript has it
//	./style.css, script.js  of the page
//
// All of it is made once, when Handler is called, and served from memory, with an
// ETag. All links are relative, so the handler can be mounted under any path and
// behind a proxy. Responses have a Content-Security-Policy under which the page
// fetches nothing from elsewhere. Requests other than GET and HEAD, and those for
// anything else, are answered by apierr.Write.
//
// A code that is the name of a file above, or "." or "..", has no page of its
// own; it is on the page all the same.
//
// Handler panics if c or page has faults. It is safe for use by several
// goroutines.
func Handler(c apierr.Contract, page Page) http.Handler {
	s, err := newSite(c, page)
	if err != nil {
		panic(err)
	}
	return s
}

// site is what a Handler serves.
type site struct {
	files  map[string]file // by name; the page is ""
	errors map[string]file // the pages of one error, by code
}

type file struct {
	contentType string
	etag        string
	body        []byte
}

func newFile(contentType string, body []byte) file {
	sum := sha256.Sum256(body)
	return file{contentType, `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`, body}
}

const (
	htmlType       = "text/html; charset=utf-8"
	markdownType   = "text/markdown; charset=utf-8"
	jsonType       = "application/json"
	jsonSchemaType = "application/schema+json"
	textType       = "text/plain; charset=utf-8" // TypeScript has no registered type, and .ts is that of a video
)

//go:embed contract.schema.json
var contractSchema []byte

// fileNames are those of the files beside the page.
var fileNames = []string{"errors.md", "contract.json", "contract.schema.json", "errors.ts", "style.css", "script.js"}

func isFile(name string) bool { return name == "" || slices.Contains(fileNames, name) }

func newSite(c apierr.Contract, p Page) (*site, error) {
	d, err := newDocument(c, p)
	if err != nil {
		return nil, err
	}
	contract, err := published(c, p).MarshalJSON()
	if err != nil {
		return nil, err
	}
	index, err := htmlView{Doc: d, Served: true}.render("page")
	if err != nil {
		return nil, err
	}
	typescript, err := TypeScript(withoutHidden(c, p.Hidden))
	if err != nil {
		return nil, err
	}
	s := &site{
		files: map[string]file{
			"":                     newFile(htmlType, index),
			"errors.md":            newFile(markdownType, d.markdown()),
			"contract.json":        newFile(jsonType, contract),
			"contract.schema.json": newFile(jsonSchemaType, contractSchema),
			"errors.ts":            newFile(textType, typescript),
			"style.css":            newFile("text/css; charset=utf-8", []byte(style)),
			"script.js":            newFile("text/javascript; charset=utf-8", []byte(script)),
		},
		errors: make(map[string]file, len(d.Errors)),
	}
	for _, e := range d.Errors {
		if e.Path == "" {
			continue
		}
		b, err := htmlView{Doc: d, Entry: e, Served: true}.render("error")
		if err != nil {
			return nil, err
		}
		s.errors[e.Code] = newFile(htmlType, b)
	}
	return s, nil
}

// published returns the contract that is served as a document: without hidden
// errors, and without mappings of errors that are neither built-in nor declared,
// which are variables of the program and have no name in a document.
func published(c apierr.Contract, p Page) apierr.Contract {
	c = withoutHidden(c, p.Hidden)
	declared := c.Declared()
	c.Mappings = maps.Clone(c.Mappings)
	maps.DeleteFunc(c.Mappings, func(e *apierr.Error, _ apierr.Mapping) bool {
		return !slices.Contains(declared, e) && !slices.Contains(apierr.Standard.Declared(), e) && e != apierr.ClientGone
	})
	return c
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := s.find(r)
	switch {
	case !ok:
		apierr.Write(w, r, apierr.NotFound)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		apierr.Write(w, r, apierr.MethodNotAllowed.WithHeader("Allow", "GET, HEAD"))
	default:
		f.serve(w, r)
	}
}

// find returns the file that the last segment of the path names. The segment is
// decoded after it is cut off: a code may have a slash.
func (s *site) find(r *http.Request) (file, bool) {
	path := r.URL.EscapedPath()
	slash := strings.LastIndexByte(path, '/')
	if tooDeep(r, path) {
		return file{}, false
	}
	name, err := url.PathUnescape(path[slash+1:])
	if err != nil {
		return file{}, false
	}
	if f, ok := s.files[name]; ok {
		return f, true
	}
	f, ok := s.errors[name]
	return f, ok
}

// tooDeep reports whether the path has more segments than the pattern under
// which a ServeMux has found the handler: the handler has no folders.
func tooDeep(r *http.Request, path string) bool {
	_, pattern, found := strings.Cut(r.Pattern, "/")
	return found && strings.Count(path, "/") > strings.Count(pattern, "/")+1
}

// policy lets the page use its own files only.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

func (f file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache") // ask again each time; the ETag answers
	h.Set("ETag", f.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.body))
}
