package limittest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
)

// crowd is how many goroutines ask at once.
const crowd = 16

// together calls f from the crowd, n times in all, and returns the first
// error.
func together(n int, f func(i int) error) (first error) {
	var wg sync.WaitGroup
	var once sync.Once
	var next atomic.Int64
	for range crowd {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				if err := f(int(i)); err != nil {
					once.Do(func() { first = err })
					return
				}
			}
		})
	}
	wg.Wait()
	return first
}

func concurrent(t *testing.T, make Maker) {
	const n = 100
	l, _ := start(t, make, hourly("p", n))
	var admitted atomic.Int64
	err := together(10*n, func(int) error {
		d, err := l.Take(context.Background(), "k", 1)
		if d.Allowed {
			admitted.Add(1)
		}
		return err
	})
	noError(t, err)
	equal(t, n, int(admitted.Load()), "of %d requests at once", 10*n)
}

func concurrentSeveral(t *testing.T, make Maker) {
	l, _ := start(t, make, hourly("a", 100), hourly("b", 60), hourly("c", 90))
	var units, alone atomic.Int64
	err := together(500, func(i int) error {
		cost, names := 1+i%3, []string(nil)
		if i%5 == 0 { // some ask c alone
			names = []string{"c"}
		}
		d, err := l.Take(context.Background(), "k", cost, names...)
		if d.Allowed {
			units.Add(int64(cost))
			if names != nil {
				alone.Add(int64(cost))
			}
		}
		return err
	})
	noError(t, err)
	both := int(units.Load() - alone.Load())
	_, by := states(l.peek("k", 1))
	equal(t, 100-both, by["a"].Remaining, "a was charged exactly for what was admitted")
	equal(t, 60-both, by["b"].Remaining, "b was charged exactly for what was admitted")
	equal(t, 90-int(units.Load()), by["c"].Remaining, "c was charged exactly for what was admitted")
	isTrue(t, by["b"].Remaining == 0 || by["c"].Remaining == 0, "nothing was refused that there was room for: %v", by)
}

func concurrentRefunds(t *testing.T, make Maker) {
	const n = 8 // fewer than the crowd
	l, _ := start(t, make, hourly("p", n), hourly("q", n+1))
	var held, most atomic.Int64
	err := together(500, func(int) error {
		d, err := l.Take(context.Background(), "k", 1)
		if err != nil || !d.Allowed {
			return err
		}
		now := held.Add(1)
		for m := most.Load(); now > m && !most.CompareAndSwap(m, now); m = most.Load() {
		}
		held.Add(-1)
		return l.Refund(context.Background(), "k", 1)
	})
	noError(t, err)
	atMost(t, most.Load(), int64(n), "as many were held at once as there are units")
	equal(t, n, l.drain("k", 2*n), "all was given back, and nothing twice")
}
