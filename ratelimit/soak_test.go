package ratelimit_test

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
)

// TestSoak sends 10 million distinct keys through a limiter that keeps a
// million, from several goroutines, on the process's own clock. It takes about
// half a minute.
func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("half a minute")
	}
	const keys, maxKeys, crowd = 10_000_000 / raceScale, 1_000_000 / raceScale, 4
	before := heap()
	l := ratelimit.NewMemoryWith(ratelimit.MemoryOptions{MaxKeys: maxKeys}, ratelimit.PerHour("p", 20))
	spend := func(key string) (n int) {
		for range 40 {
			if take(t, l, key) {
				n++
			}
		}
		return n
	}
	const spent = 1000
	for i := range spent {
		require.Equal(t, 20, spend(fmt.Sprint("spent", i)))
	}
	var peak atomic.Uint64
	done := make(chan struct{})
	var watch, wg sync.WaitGroup
	watch.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(200 * time.Millisecond):
				var s runtime.MemStats
				runtime.ReadMemStats(&s)
				peak.Store(max(peak.Load(), s.HeapInuse))
			}
		}
	})
	ask := func(key string) bool {
		d, err := l.Take(context.Background(), key, 1)
		return err != nil || d.Allowed
	}
	var admitted, again atomic.Int64
	for g := range crowd {
		wg.Go(func() {
			for i := g; i < keys; i += crowd {
				if ask("key" + strconv.Itoa(i)) {
					admitted.Add(1)
				}
				if i%1000 < crowd && ask(fmt.Sprint("spent", i/1000%spent)) {
					again.Add(1)
				}
			}
		})
	}
	wg.Wait()
	close(done)
	watch.Wait()
	s := l.Stats()
	t.Logf("admitted %d, %+v, heap %.0f MB, at most %d MB in use", admitted.Load(), s, (heap()-before)/1e6, peak.Load()/1e6)
	require.LessOrEqual(t, s.Keys, maxKeys)
	require.Less(t, heap()-before, 48e6, "a million keys and the shared buckets")
	require.Less(t, peak.Load(), uint64(before)+150e6, "memory is flat")
	require.Greater(t, admitted.Load(), int64(maxKeys), "not everyone is refused")
	require.Zero(t, again.Load(), "spent keys that keep asking stay spent")
	for i := range spent {
		require.LessOrEqual(t, spend(fmt.Sprint("spent", i)), 1, "spent keys stay spent")
	}
	for i := range 1000 { // the limit of keys that found no room holds too
		require.LessOrEqual(t, spend("key"+strconv.Itoa(keys-1-i)), 20)
	}
	runtime.KeepAlive(l)
}
