package conformance

import (
	"crypto/x509"
	"time"
)

// Run is what Test does before it reports.
var Run = inProcess

// WithPatience changes how long one request and its response may take.
func WithPatience(d time.Duration) Option { return option(func(c *config) { c.patience = d }) }

// WithRoots changes which certificates are trusted.
func WithRoots(roots *x509.CertPool) Option { return option(func(c *config) { c.roots = roots }) }

// WithHTTP1 leaves out HTTP/2, for tests that are short.
func WithHTTP1() Option { return option(func(c *config) { c.http1 = true }) }
