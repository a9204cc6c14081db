package conformance_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// plain is a server that keeps the contract things by hand, without this
// library, and has no layer. Its fields are what a mutant replaces.
type plain struct {
	fail     func(w http.ResponseWriter, r *http.Request, status int, code, message string)
	identify func(w http.ResponseWriter, r *http.Request)
	methods  map[string][]string // by path
	read     func(w http.ResponseWriter, r *http.Request) (status int, code string)
	private  func(w http.ResponseWriter, r *http.Request)
	healthy  func(w http.ResponseWriter, r *http.Request)
	refuse   func(w http.ResponseWriter, r *http.Request, wait time.Duration)

	mu     sync.Mutex
	count  int       // of requests to /limited since it was closed
	closed time.Time // until when it is closed
}

// plainSite is the plain server after the changes.
func plainSite(changes ...func(*plain)) site {
	p := &plain{
		fail: plainFail, identify: plainIdentify, read: plainRead, private: plainPrivate, healthy: healthy,
		methods: map[string][]string{
			"/healthz": {"GET", "HEAD"}, "/private": {"GET", "HEAD"}, "/limited": {"GET", "HEAD"}, "/things": {"POST"},
		},
	}
	p.refuse = p.plainRefuse
	for _, change := range changes {
		change(p)
	}
	return site{contract: things, handler: p}
}

func (p *plain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.identify(w, r)
	methods, ok := p.methods[r.URL.Path]
	switch {
	case !ok:
		p.fail(w, r, 404, "RESOURCE_NOT_FOUND", "There is nothing here")
		return
	case !slices.Contains(methods, r.Method):
		w.Header().Set("Allow", strings.Join(methods, ", "))
		p.fail(w, r, 405, "METHOD_NOT_ALLOWED", "Use another method")
		return
	}
	switch r.URL.Path {
	case "/private":
		p.private(w, r)
	case "/things":
		if status, code := p.read(w, r); status != 200 {
			p.fail(w, r, status, code, "The thing is not right")
			return
		}
		healthy(w, r)
	case "/limited":
		if wait := p.take(); wait > 0 {
			p.refuse(w, r, wait)
			return
		}
		healthy(w, r)
	default:
		p.healthy(w, r)
	}
}

var plainID = regexp.MustCompile(`\A[A-Za-z0-9._:+=/@~-]{1,128}\z`)

// plainIdentify sets the two IDs.
func plainIdentify(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	id := rand.Text()
	h.Set("X-Request-Id", id)
	if sent := r.Header["X-Correlation-Id"]; len(sent) == 1 && plainID.MatchString(sent[0]) {
		id = sent[0]
	}
	h.Set("X-Correlation-Id", id)
	if r.Header.Get("Origin") != "" {
		h.Set("Access-Control-Expose-Headers", "X-Request-Id, X-Correlation-Id, Retry-After, RateLimit, RateLimit-Policy")
	}
}

// plainFail sends the envelope of things.
func plainFail(w http.ResponseWriter, r *http.Request, status int, code, message string) {
	h := w.Header()
	body, _ := json.Marshal(map[string]any{"error": map[string]any{
		"code": code, "status": status, "message": message,
		"request_id": h.Get("X-Request-Id"), "correlation_id": h.Get("X-Correlation-Id"),
	}})
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(body)
}

func plainPrivate(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") == "" {
		w.Header().Set("WWW-Authenticate", `Bearer realm="things"`)
		plainFail(w, r, 401, "AUTH_UNAUTHENTICATED", "Log in")
		return
	}
	healthy(w, r)
}

// plainRead reads a thing.
func plainRead(w http.ResponseWriter, r *http.Request) (status int, code string) {
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil && r.ContentLength != 0 || err == nil && t != "application/json" {
		w.Header().Set("Accept", "application/json")
		return 415, "UNSUPPORTED_MEDIA_TYPE"
	}
	if r.ContentLength > maxThing && r.Header.Get("Expect") != "" {
		return 413, "REQUEST_BODY_TOO_LARGE" // the client has not sent it
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxThing))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		io.Copy(io.Discard, io.LimitReader(r.Body, 64<<20)) // so that the answer arrives
		return 413, "REQUEST_BODY_TOO_LARGE"
	}
	if err != nil {
		return 400, "VALIDATION_INVALID_JSON"
	}
	var in struct {
		Name *string `json:"name"`
		Size *int    `json:"size"`
	}
	var wrong *json.UnmarshalTypeError
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	switch err := d.Decode(&in); {
	case errors.As(err, &wrong):
		return 400, "VALIDATION_INVALID_BODY"
	case err != nil:
		return 400, "VALIDATION_INVALID_JSON"
	case d.Decode(&in) != io.EOF:
		return 400, "VALIDATION_INVALID_JSON"
	case in.Name == nil || in.Size == nil:
		return 400, "VALIDATION_INVALID_BODY"
	}
	return 200, ""
}

// plainLimit is how many requests /limited admits before it is closed for
// plainWindow.
const (
	plainLimit  = 20
	plainWindow = 4 * time.Second
)

// take counts a request and returns how long it has to wait, 0 if it is
// admitted.
func (p *plain) take() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if wait := p.closed.Sub(now); wait > 0 {
		return wait
	}
	if p.count == plainLimit {
		p.count, p.closed = 0, now.Add(plainWindow)
		return plainWindow
	}
	p.count++
	return 0
}

// plainRefuse sends the 429.
func (p *plain) plainRefuse(w http.ResponseWriter, r *http.Request, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
	p.fail(w, r, 429, "RATE_LIMIT_TOO_MANY_REQUESTS", "Not so fast")
}
