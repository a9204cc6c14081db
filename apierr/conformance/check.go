package conformance

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/failwell/failwell/apierr"
)

// Check checks the server at a URL, of any language, and returns what it found.
// A path in the URL is put before the paths of the checks.
//
// By default it sends safe methods only, and asks for paths that do not exist
// and for those of [WithRoute]. [WithBody], [WithProtected], [WithLimited] and
// [WithFlood] allow more. Over https it speaks HTTP/1.1 and, if the server does,
// HTTP/2. Redirects are not followed and proxies of the environment not used.
//
// It returns an error for a contract with faults, a URL that is not http or
// https, and a server that does not answer at all. A run takes at most three
// minutes, a request ten seconds, and of a body a megabyte is read. The checks
// that ctx cuts off are not exercised.
func Check(ctx context.Context, serverURL string, contract apierr.Contract, opts ...Option) (*Report, error) {
	r, err := newRun("Check", contract, opts)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(serverURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("conformance: %q is no http or https URL", serverURL)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("conformance: the URL has credentials, a query or a fragment: send credentials by WithHeader")
	}
	if r.app, err = r.targetsAt(ctx, u); err != nil {
		return nil, err
	}
	r.flooding, r.remote = r.flood, true
	here := local{label: randomWord(), patience: r.patience}
	defer here.close()
	if err := r.mount(&here); err != nil {
		return nil, err
	}
	report := r.all(ctx)
	report.Server = u.String()
	return report, nil
}

// newRun checks the contract and the options.
func newRun(who string, c apierr.Contract, opts []Option) (*run, error) {
	m, err := newModel(c)
	if err != nil {
		return nil, err
	}
	return &run{config: newConfig(who, opts), model: m, canary: "canary-" + randomWord()}, nil
}

// mount serves the kit's own handlers inside the layer.
func (r *run) mount(l *local) (err error) {
	if r.wrap == nil {
		return nil
	}
	r.kit, err = l.serve(r.wrap(r.handlers()))
	if len(r.app) == 1 {
		r.kit = r.kit[:1] // over the same protocol
	}
	return err
}

// targetsAt returns a target for each protocol that the server speaks.
func (c *config) targetsAt(ctx context.Context, u *url.URL) ([]*target, error) {
	base := strings.TrimSuffix(u.String(), "/")
	first := &target{base: base, patience: c.patience, protocol: "HTTP/1.1", client: newClient(protocolsOf((*http.Protocols).SetHTTP1), c.roots), dial: dialerFor(u, c.roots)}
	if a := first.do(ctx, get("/"), c.header); a.status == 0 {
		return nil, fmt.Errorf("conformance: %s does not answer: %w", u, a.err)
	}
	targets := []*target{first}
	if u.Scheme != "https" {
		return targets, nil
	}
	second := &target{base: base, patience: c.patience, protocol: "HTTP/2", client: newClient(protocolsOf((*http.Protocols).SetHTTP2), c.roots)}
	if a := second.do(ctx, get("/"), c.header); a.status != 0 {
		targets = append(targets, second)
	}
	return targets, nil
}

func dialerFor(u *url.URL, roots *x509.CertPool) dialer {
	host, port := u.Hostname(), u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	address := net.JoinHostPort(host, port)
	if u.Scheme == "http" {
		return func(ctx context.Context) (net.Conn, error) { return new(net.Dialer).DialContext(ctx, "tcp", address) }
	}
	d := &tls.Dialer{Config: &tls.Config{ServerName: host, RootCAs: roots, NextProtos: []string{"http/1.1"}}}
	return func(ctx context.Context) (net.Conn, error) { return d.DialContext(ctx, "tcp", address) }
}
