package recent

import (
	_ "embed"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/webstyle"
)

// Handler serves the failures to those for whom authorize returns true, below
// the path at which it is mounted, which ends in a slash:
//
//	./               a page: a box for an ID, and the newest failures by code
//	./?id=ID         the failures with this request, correlation or trace ID,
//	                 and others with the same correlation ID
//	./failures.json  the same as JSON, with or without ?id=ID
//	./style.css      of the page
//
// The page is JSON too for requests whose Accept header prefers
// application/json to text/html. Members are named as the attributes of the log
// record. The page needs no script, and all links are relative.
//
// Requests that are not authorized are answered with apierr.NotFound, as unknown
// paths are. authorize is called for every request, and must not trust what
// anyone can send: compare a secret with crypto/subtle, or admit what an
// authenticating layer has left in the context. It panics at start-up if it is
// nil. A page is not cached, sends no Referer, and loads nothing but its style.
//
// The handler is safe for use by several goroutines.
func (s *Failures) Handler(authorize func(*http.Request) bool) http.Handler {
	mustNotBeNil("recent.Failures.Handler: authorize", authorize == nil)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if authorize(r) {
			s.serve(w, r)
			return
		}
		apierr.Write(w, r, apierr.NotFound)
	})
}

// Media types of the responses.
const (
	htmlType = "text/html; charset=utf-8"
	jsonType = "application/json"
	cssType  = "text/css; charset=utf-8"
)

//go:embed assets/style.css
var ownStyle string

var style = []byte(webstyle.Base + ownStyle)

// serve answers a request that is authorized.
func (s *Failures) serve(w http.ResponseWriter, r *http.Request) {
	name, found := fileName(r)
	body, contentType := []byte(nil), ""
	var err error
	switch {
	case !found:
		err = apierr.NotFound
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		err = apierr.MethodNotAllowed.WithHeader("Allow", "GET, HEAD")
	case name == styleFile:
		body, contentType = style, cssType
	case name == jsonFile || prefersJSON(r.Header["Accept"]):
		contentType = jsonType
		body, err = s.report(r.URL.Query().Get("id")).json()
	default:
		contentType = htmlType
		body, err = s.report(r.URL.Query().Get("id")).html()
	}
	if err != nil {
		apierr.Write(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	if name == "" {
		h.Add("Vary", "Accept")
	}
	w.Write(body) // an error is the client's, who has left
}

// policy lets the page load its style and submit its form, and nothing else.
const policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// The files beside the page, whose name is empty.
const (
	jsonFile  = "failures.json"
	styleFile = "style.css"
)

// fileName returns the last segment of the path. found is false if there is no
// such file, or if the path has more segments than the pattern under which a
// ServeMux has found the handler, which has no folders.
func fileName(r *http.Request) (name string, found bool) {
	path := r.URL.EscapedPath()
	if _, pattern, ok := strings.Cut(r.Pattern, "/"); ok && strings.Count(path, "/") > strings.Count(pattern, "/")+1 {
		return "", false
	}
	name = path[strings.LastIndexByte(path, '/')+1:]
	return name, name == "" || name == jsonFile || name == styleFile
}

// prefersJSON reports whether the Accept lines give application/json a greater
// weight than text/html, RFC 9110 section 12.5.1. Ranges such as */* choose the
// page.
func prefersJSON(accept []string) bool {
	forJSON, forHTML := 0.0, 0.0
	for element := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		t, params, err := mime.ParseMediaType(element)
		if err != nil {
			continue
		}
		weight := 1.0
		if q, ok := params["q"]; ok {
			if weight, err = strconv.ParseFloat(q, 64); err != nil {
				continue
			}
		}
		switch t {
		case "application/json":
			forJSON = max(forJSON, weight)
		case "text/html":
			forHTML = max(forHTML, weight)
		}
	}
	return forJSON > forHTML
}
