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
// the deadlines of contexts heeded, short timeouts of its own. It sends
// nothing. The caller closes it.
//
// The URL is one of go-redis's, redis:// or rediss:// or unix://; parameters
// that it has are kept, but for those settings. With the parameter addr it
// names the nodes of a cluster, and with master_name the sentinels of that
// master:
//
//	redis://:secret@limits:6379/0?pool_size=50
//	redis://node1:6379?addr=node2:6379&addr=node3:6379
//	redis://sentinel1:26379?master_name=limits&addr=sentinel2:26379
//
// A single address of a cluster is one given twice: ?addr= with the same. The
// error is one of the URL, and may contain parts of it.
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
	// ioTimeout bounds what the client does on its own account, such as
	// learning of a cluster's nodes. Calls are bounded by Options.Timeout.
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
	o.DisableRoutingPolicies = true // they take a COMMAND, and the keys say all
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

// dialer is go-redis's.
type dialer = func(ctx context.Context, network, addr string) (net.Conn, error)

// failLater returns a dialer that gives a broken connection for an error. The
// pool of go-redis counts errors of dialling, and after some of them looks
// only once a second whether it may dial again; a broken connection is just
// thrown away. So the limiter's own probes decide how soon Redis is back.
func failLater(dial dialer) dialer {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		if err != nil {
			return broken{err}, nil
		}
		return c, nil
	}
}

// broken is a connection that fails with the error of its dialling.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error)         { return 0, b.err }
func (b broken) Write([]byte) (int, error)        { return 0, b.err }
func (b broken) Close() error                     { return nil }
func (b broken) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (b broken) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (b broken) SetDeadline(time.Time) error      { return nil }
func (b broken) SetReadDeadline(time.Time) error  { return nil }
func (b broken) SetWriteDeadline(time.Time) error { return nil }
