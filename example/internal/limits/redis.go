package limits

import (
	"io"
	"log/slog"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/redislimit"
)

// InRedis keeps the limits in a Redis that several processes share. While it
// cannot be reached each process limits on its own. The Closer closes the
// client that all limiters of the Maker have in common.
func InRedis(url string, logger *slog.Logger) (Maker, io.Closer, error) {
	client, err := redislimit.NewClient(url)
	if err != nil {
		return nil, nil, err
	}
	return func(name string, policies ...ratelimit.Policy) ratelimit.Limiter {
		o := redislimit.Options{Prefix: "failwell-example:" + name + ":", Logger: logger}
		return redislimit.New(client, o, policies...)
	}, client, nil
}
