package conformance

import "time"

// Run is what Test does before it reports.
var Run = inProcess

// WithPatience changes how long one request and its response may take.
func WithPatience(d time.Duration) Option { return option(func(c *config) { c.patience = d }) }
