package telemetry

import (
	"sync"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/semconv/v1.43.0/httpconv"

	"github.com/failwell/failwell/middleware"
)

// buckets are the bounds that the conventions recommend for durations, in
// seconds.
var buckets = []float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10}

type metrics struct {
	duration metric.Float64Histogram
	active   metric.Int64UpDownCounter
	ended    cache[endedKey, []metric.RecordOption]
	running  cache[runningKey, []metric.AddOption]
}

func newMetrics(p metric.MeterProvider) *metrics {
	meter := p.Meter(ScopeName, metric.WithSchemaURL(schemaURL))
	duration, err := httpconv.NewServerRequestDuration(meter, metric.WithExplicitBucketBoundaries(buckets...))
	if err != nil {
		otel.Handle(err)
	}
	active, err := httpconv.NewServerActiveRequests(meter)
	if err != nil {
		otel.Handle(err)
	}
	return &metrics{duration: duration.Inst(), active: active.Inst()}
}

// runningKey has what separates requests under way.
type runningKey struct {
	method string
	secure bool
}

// endedKey has what separates requests after their answer. Each part is one of
// a number that the program knows, not one that a client can make.
type endedKey struct {
	runningKey
	version, route, errorType, clientCode string
	status                                int
}

// underWay returns the attributes of http.server.active_requests.
func (m *metrics) underWay(q *request) []metric.AddOption {
	key := runningKey{q.method, q.secure}
	if opts, ok := m.running.load(key); ok {
		return opts
	}
	set := attribute.NewSet(semconv.HTTPRequestMethodKey.String(q.method), schemeOf(q.secure))
	return m.running.store(key, []metric.AddOption{metric.WithAttributeSet(set)})
}

// record records http.server.request.duration.
func (m *metrics) record(q *request, o *middleware.Outcome, errorType string) {
	if !m.duration.Enabled(q.ctx) {
		return
	}
	key := endedKey{
		runningKey{q.method, q.secure},
		q.version, o.Route, errorType, clientCodeOf(o, errorType), statusSent(o),
	}
	opts, ok := m.ended.load(key)
	if !ok {
		opts = m.ended.store(key, []metric.RecordOption{metric.WithAttributeSet(key.set())})
	}
	m.duration.Record(q.ctx, o.Duration.Seconds(), opts...)
}

// set returns the attributes of http.server.request.duration.
func (k endedKey) set() attribute.Set {
	attrs := append(make([]attribute.KeyValue, 0, 7), semconv.HTTPRequestMethodKey.String(k.method), schemeOf(k.secure))
	if k.version != "" {
		attrs = append(attrs, semconv.NetworkProtocolVersion(k.version))
	}
	if k.route != "" {
		attrs = append(attrs, semconv.HTTPRoute(k.route))
	}
	if k.status != 0 {
		attrs = append(attrs, semconv.HTTPResponseStatusCode(k.status))
	}
	if k.errorType != "" {
		attrs = append(attrs, semconv.ErrorTypeKey.String(k.errorType))
	}
	if k.clientCode != "" {
		attrs = append(attrs, errorCodeKey.String(k.clientCode))
	}
	return attribute.NewSet(attrs...)
}

// maxCached is the most entries of a cache. A server has fewer combinations; more
// cost what they would without one.
const maxCached = 4096

// cache keeps what is dear to make. The zero value is empty.
type cache[K comparable, V any] struct {
	mu      sync.RWMutex
	entries map[K]V
}

func (c *cache[K, V]) load(key K) (v V, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok = c.entries[key]
	return v, ok
}

// store keeps v unless the cache is full, and returns it.
func (c *cache[K, V]) store(key K, v V) V {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries == nil {
		c.entries = make(map[K]V)
	}
	if len(c.entries) < maxCached {
		c.entries[key] = v
	}
	return v
}
