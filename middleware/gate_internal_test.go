package middleware

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// One goroutine at a time is inside, and none once the gate is shut; the race
// detector watches n.
func TestGate(t *testing.T) {
	for range 100 {
		var g gate
		var all sync.WaitGroup
		var n, inside int
		for range 8 {
			all.Go(func() {
				for range 100 {
					if !g.enter() {
						return
					}
					inside++
					n++
					inside--
					g.leave()
				}
			})
		}
		g.shut()
		after := n
		require.Zero(t, inside)
		require.False(t, g.enter())
		require.True(t, g.isShut())
		g.shut() // again: it does not wait
		all.Wait()
		require.Equal(t, after, n)
	}
}

// A goroutine that waits inside keeps the gate from being shut.
func TestGateWaits(t *testing.T) {
	var g gate
	require.True(t, g.enter())
	shut := make(chan bool)
	go func() {
		g.shut()
		close(shut)
	}()
	for g.state.Load() != gateCrowded {
	}
	require.False(t, g.isShut())
	g.leave()
	<-shut
	require.True(t, g.isShut())
}
