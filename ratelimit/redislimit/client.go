package redislimit

import (
	"context"
	"errors"
	"net"
	"net/url"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// NewClient returns a client with settings that fit a [Limiter]: no retries,
// context deadlines enabled, short timeouts (250 ms each for dialing, reading,
// writing and the pool). It sends nothing. The caller closes it.
//
// The URL is one of go-redis's, redis:// or rediss:// or unix://. Its
// parameters apply, except those for retries. With the parameter addr it lists
// the nodes of a cluster, and with master_name the sentinels of that master:
//
//	redis://:secret@limits:6379/0?pool_size=50
//	redis://node1:6379?addr=node2:6379&addr=node3:6379
//	redis://sentinel1:26379?master_name=limits&addr=sentinel2:26379
//
// For a cluster with a single address, give the same address twice. The error
// is about the URL and may contain parts of it, but no password.
func NewClient(rawURL string) (redis.UniversalClient, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, errors.New("redislimit: the URL of Redis cannot be parsed") // it may hold a password
	}
	switch q := u.Query(); {
	case q.Has("master_name"):
		return newFailoverClient(rawURL)
	case q.Has("addr"):
		return newClusterClient(rawURL)
	}
	return newSingleClient(rawURL)
}

const (
	// ioTimeout bounds what the client does by itself, such as learning of a
	// cluster's nodes. Options.Timeout bounds the calls.
	ioTimeout = 250 * time.Millisecond
	dialers   = 8 // at once, for each node
)

func newSingleClient(rawURL string) (redis.UniversalClient, error) {
	o, err := redis.ParseURL(rawURL)
	if err != nil {
		return nil, err
	}
	o.MaxRetries = -1
	o.ContextTimeoutEnabled = true
	o.DisableIdentity = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	o.PipelinePoolSize = -1
	setDefault(&o.DialTimeout, ioTimeout)
	setDefault(&o.ReadTimeout, ioTimeout)
	setDefault(&o.WriteTimeout, ioTimeout)
	setDefault(&o.PoolTimeout, ioTimeout)
	setDefault(&o.MaxConcurrentDials, dialers)
	o.Dialer = failLater(redis.NewDialer(o))
	return redis.NewClient(o), nil
}

func newClusterClient(rawURL string) (redis.UniversalClient, error) {
	o, err := redis.ParseClusterURL(rawURL)
	if err != nil {
		return nil, err
	}
	o.MinRetryBackoff, o.MaxRetryBackoff = -1, -1
	o.ContextTimeoutEnabled = true
	o.DisableIdentity = true
	o.PipelinePoolSize = -1
	o.DisableRoutingPolicies = true // they send a COMMAND; the keys are enough
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	setDefault(&o.DialTimeout, ioTimeout)
	setDefault(&o.ReadTimeout, ioTimeout)
	setDefault(&o.WriteTimeout, ioTimeout)
	setDefault(&o.PoolTimeout, ioTimeout)
	setDefault(&o.MaxConcurrentDials, dialers)
	o.Dialer = failLater(redis.NewDialer(&redis.Options{DialTimeout: o.DialTimeout, TLSConfig: o.TLSConfig}))
	return redis.NewClusterClient(o), nil
}

func newFailoverClient(rawURL string) (redis.UniversalClient, error) {
	o, err := redis.ParseFailoverURL(rawURL)
	if err != nil {
		return nil, err
	}
	o.MaxRetries = -1
	o.ContextTimeoutEnabled = true
	o.DisableIdentity = true
	o.PipelinePoolSize = -1
	setDefault(&o.DialTimeout, ioTimeout)
	setDefault(&o.ReadTimeout, ioTimeout)
	setDefault(&o.WriteTimeout, ioTimeout)
	setDefault(&o.PoolTimeout, ioTimeout)
	setDefault(&o.MaxConcurrentDials, dialers)
	o.Dialer = failLater(redis.NewDialer(&redis.Options{DialTimeout: o.DialTimeout, TLSConfig: o.TLSConfig}))
	return redis.NewFailoverClient(o), nil
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// dialer is the type of go-redis.
type dialer = func(ctx context.Context, network, addr string) (net.Conn, error)

// failLater returns a dialer that returns a broken connection in place of an
// error. After some errors of dialing, the pool of go-redis tries only once a
// second; a broken connection it just drops. So the limiter's own probes decide
// how soon Redis is back.
func failLater(dial dialer) dialer {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		if err != nil {
			return broken{err}, nil
		}
		return c, nil
	}
}

// broken is a connection that fails with the error of its dialing.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error)         { return 0, b.err }
func (b broken) Write([]byte) (int, error)        { return 0, b.err }
func (b broken) Close() error                     { return nil }
func (b broken) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (b broken) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (b broken) SetDeadline(time.Time) error      { return nil }
func (b broken) SetReadDeadline(time.Time) error  { return nil }
func (b broken) SetWriteDeadline(time.Time) error { return nil }
