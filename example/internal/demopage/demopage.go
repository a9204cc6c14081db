// Package demopage is the page on which the demo server shows how it fails. For each
// way of failing there is a button. The server then sends the request to itself
// over TCP, twice: to the handler inside middleware.New, and to the same handler
// on a second listener without it. The page shows both responses as they were on
// the wire, and the log record of the first.
//
// The requests are a fixed list. The browser chooses one of them and can add a key;
// no host, path or URL comes from it.
package demopage

import (
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/failwell/failwell/apierr"
)

// Page is the page. Make one with New. It is safe for use by several goroutines.
type Page struct {
	config    Config
	scenarios map[string]*Scenario
	turns     chan struct{} // holds one for each run under way
}

// Config configures a Page.
type Config struct {
	Title string // of the contract

	// Addr is the host and port at which this machine reaches the server, and Plain
	// those of the same handlers without middleware.New.
	Addr, Plain string
	// Loopback means that no other machine reaches the server. The page then accepts
	// only Host names of the loopback interface, and no request that a proxy has
	// forwarded, and shows records without a key.
	Loopback bool

	Groups []Group

	// RequestID and CorrelationID are the names of the contract's headers. The page
	// sends a correlation ID. It finds the record of a request by the request ID of
	// the response, and by the correlation ID if no response came.
	RequestID, CorrelationID string

	Records *Records
	// SupportKey is asked for before a record is shown, unless Loopback is set.
	// Empty: records are then shown to nobody.
	SupportKey string
	// ErrorsPath and SupportPath are those of the reference page and of the page
	// of recent failures.
	ErrorsPath, SupportPath string
}

// New returns the page. It panics if two scenarios have one name.
func New(c Config) *Page {
	p := &Page{config: c, scenarios: make(map[string]*Scenario), turns: make(chan struct{}, maxRuns)}
	for _, g := range c.Groups {
		for i := range g.Scenarios {
			s := &g.Scenarios[i]
			if p.scenarios[s.Name] != nil {
				panic("demopage: two scenarios are named " + s.Name)
			}
			p.scenarios[s.Name] = s
		}
	}
	return p
}

// Register adds the page at / and what belongs to it.
func (p *Page) Register(mux *http.ServeMux) {
	mux.Handle("GET /{$}", p.guard(p.index))
	mux.Handle("POST /demo/run", p.guard(p.run))
	mux.Handle("GET /demo/{file}", p.guard(p.asset))
}

// guard keeps other sites out. They reach this page through the browser of someone
// who can open it: by a form, in a frame, or under a name of theirs that resolves to
// the loopback address.
func (p *Page) guard(next apierr.HandlerFunc) http.Handler {
	var origins http.CrossOriginProtection
	origins.SetDenyHandler(apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error {
		return apierr.Forbidden
	}))
	return origins.Handler(apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		if p.config.Loopback && (!isLoopback(hostname(r.Host)) || isForwarded(r.Header)) {
			return apierr.NotFound
		}
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; "+
			"form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		return next(w, r)
	}))
}

// isForwarded reports whether a proxy has added a field to the header of a request,
// whose client is then not known to be on this machine.
func isForwarded(h http.Header) bool {
	for _, name := range []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip"} {
		if len(h[name]) > 0 {
			return true
		}
	}
	return false
}

// hostname returns the host of a Host header without its port.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// isLoopback reports whether a host is localhost or an IP address of the loopback
// interface, with or without the brackets of IPv6.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	if len(host) > 2 && host[0] == '[' && host[len(host)-1] == ']' {
		host = host[1 : len(host)-1]
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// mayRead reports whether records are shown.
func (p *Page) mayRead(supportKey string) bool {
	if p.config.Loopback {
		return true
	}
	want := p.config.SupportKey
	return want != "" && subtle.ConstantTimeCompare([]byte(supportKey), []byte(want)) == 1
}
