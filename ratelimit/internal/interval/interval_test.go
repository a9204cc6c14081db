package interval_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit/internal/interval"
)

func TestOf(t *testing.T) {
	for _, c := range []struct {
		window time.Duration
		limit  int
		want   time.Duration
	}{
		{time.Second, 10, 100 * time.Millisecond},
		{time.Second, 3, 333_333_334}, // rounded up: never more than the rate
		{time.Second, 1_000_000_000, 1},
		{time.Second, 999_999_999, 2},
		{1, 2, 1},
		{math.MaxInt64, 1, math.MaxInt64},
		{math.MaxInt64, math.MaxInt64, 1},
		// Not a rate.
		{0, 7, 0},
		{time.Second, 0, 0},
		{-time.Second, 7, 0},
		{time.Second, -7, 0},
	} {
		require.Equal(t, c.want, interval.Of(c.window, c.limit), "%v %d", c.window, c.limit)
	}
}
