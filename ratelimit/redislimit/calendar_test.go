package redislimit_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/redislimit"
)

// The script receives the ends of four periods; each must be where the clock on
// the wall shows the first instant of another day or month.
func TestEndsOfPeriods(t *testing.T) {
	for _, zone := range []string{"UTC", "Europe/Paris", "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Apia", "America/Havana"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Skip("there are no time zones on this machine: ", err)
		}
		for _, p := range []ratelimit.Policy{ratelimit.Daily("q", 1).In(loc), ratelimit.Monthly("q", 1).In(loc)} {
			label := func(sec int64) string {
				if p.Calendar == ratelimit.Month {
					return time.Unix(sec, 0).In(loc).Format("2006-01")
				}
				return time.Unix(sec, 0).In(loc).Format("2006-01-02")
			}
			// Around New Year 2012 Apia left a day out; the steps are of 7 hours.
			for sec := time.Date(2011, 12, 25, 0, 0, 0, 0, loc).Unix(); sec < time.Date(2012, 12, 25, 0, 0, 0, 0, loc).Unix(); sec += 7*3600 + 1 {
				ends := redislimit.Ends(p, sec)
				require.Len(t, ends, 4)
				var e [4]int64
				for i := range e {
					e[i], err = strconv.ParseInt(ends[i].(string), 10, 64)
					require.NoError(t, err)
					require.NotEqual(t, label(e[i]-1), label(e[i]), "%s %v: end %d", zone, p.Calendar, i)
				}
				require.LessOrEqual(t, e[0], sec)
				require.Less(t, sec, e[1])
				for i := range 3 {
					require.Equal(t, label(e[i]), label(e[i+1]-1), "%s %v: nothing between the ends %d and %d", zone, p.Calendar, i, i+1)
				}
			}
		}
	}
}

func TestSlot(t *testing.T) {
	// The check value of the Redis Cluster specification, and CLUSTER KEYSLOT
	// of some tags.
	require.Equal(t, 0x31C3, redislimit.Slot("123456789"))
	require.Equal(t, 12182, redislimit.Slot("foo"))
	require.Equal(t, 5061, redislimit.Slot("bar"))
	require.Equal(t, 0, redislimit.Slot(""))
}
