// Package demopage is the page on which the demo server shows how it fails. For each
// way of failing there is a button. The server then sends the request to itself
// over TCP, twice: to the handler inside middleware.New, and to the same handler
// on a second listener without it. The page shows both responses as they were on
// the wire, and the log record of the first.
//
// The requests are a fixed list. What the browser sends chooses from it, and can
// add a key: no host, path or URL comes from the client.
package demopage

import (
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"

	"github.com/failwell/failwell/apierr"
)

// Page is the page. Make one with New. It is safe for use by several goroutines.
type Page struct {
	config    Config
	scenarios map[string]*Scenario
	loopback  bool
}

// Config is what the page needs to know.
type Config struct {
	Title  string // of the contract
	Addr   string // where the server listens, host and port
	Plain  string // where the same handler listens without middleware.New
	Groups []Group
	Keys   []string // that the field for a key offers

	// RequestID and CorrelationID are the names of the contract's headers. The
	// record of a request is found by the first; by the second, which the page
	// sends, where no response comes.
	RequestID, CorrelationID string

	Records *Records
	// SupportKey is asked for before a record is shown, if Addr is not a loopback
	// address. Empty: records are then shown to nobody.
	SupportKey string
	// ErrorsPath and SupportPath are those of the reference page and of the page
	// of recent failures.
	ErrorsPath, SupportPath string
}

// New returns the page. It panics if two scenarios have one name.
func New(c Config) *Page {
	p := &Page{config: c, scenarios: make(map[string]*Scenario)}
	for _, g := range c.Groups {
		for i := range g.Scenarios {
			s := &g.Scenarios[i]
			if p.scenarios[s.Name] != nil {
				panic("demopage: two scenarios are named " + s.Name)
			}
			p.scenarios[s.Name] = s
		}
	}
	host, _, _ := net.SplitHostPort(c.Addr)
	p.loopback = isLoopback(host)
	return p
}

// Register adds the page at / and what belongs to it.
func (p *Page) Register(mux *http.ServeMux) {
	mux.Handle("GET /{$}", p.guard(p.index))
	mux.Handle("POST /demo/run", p.guard(p.run))
	mux.Handle("GET /demo/{file}", p.guard(p.asset))
}

// guard keeps other sites out: a page elsewhere may not use this one through the
// browser of someone who has it open, be it by a form or by a name of its own
// that resolves to the loopback address.
func (p *Page) guard(next apierr.HandlerFunc) http.Handler {
	var origins http.CrossOriginProtection
	origins.SetDenyHandler(apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error {
		return apierr.Forbidden
	}))
	return origins.Handler(apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		if p.loopback && !isLoopback(hostname(r.Host)) {
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

// hostname returns the host of a Host header without its port.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

func isLoopback(host string) bool {
	if host == "localhost" {
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
	if p.loopback {
		return true
	}
	want := p.config.SupportKey
	return want != "" && subtle.ConstantTimeCompare([]byte(supportKey), []byte(want)) == 1
}
