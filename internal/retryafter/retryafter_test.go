package retryafter_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/internal/retryafter"
)

func TestParse(t *testing.T) {
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	const longest = retryafter.MaxSeconds * time.Second
	for _, test := range []struct {
		value string
		want  time.Duration
	}{
		// delay-seconds
		{"0", 0},
		{"1", time.Second},
		{" \t7 ", 7 * time.Second},
		{"007", 7 * time.Second},
		{"9000000000", longest},
		{"9000000001", longest},
		{"99999999999999999999", longest},

		// HTTP-date, the three forms of RFC 9110 section 5.6.7
		{"Wed, 01 Jul 2026 12:00:30 GMT", 30 * time.Second},
		{"Wednesday, 01-Jul-26 12:00:30 GMT", 30 * time.Second},
		{"Wed Jul  1 12:00:30 2026", 30 * time.Second},
		{"Wed, 01 Jul 2026 12:00:00 GMT", 0},
		{"Wed, 01 Jul 2026 11:59:59 GMT", 0},
		{"Mon, 01 Jan 0001 00:00:00 GMT", 0},
		{"Fri, 31 Dec 9999 23:59:59 GMT", longest},

		// neither
		{"", 0},
		{" ", 0},
		{"-1", 0},
		{"+1", 0},
		{"1.5", 0},
		{"1s", 0},
		{"1, 2", 0},
		{"soon", 0},
		{"٣", 0},
		{"Wed, 01 Jul 2026 12:00:30 UTC", 0},
	} {
		require.Equal(t, test.want, retryafter.Parse(test.value, func() time.Time { return now }), "%q", test.value)
	}
}
