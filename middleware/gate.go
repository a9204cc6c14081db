package middleware

import (
	"sync"
	"sync/atomic"
)

// gate lets one goroutine at a time through, until it is shut for good. It is a
// sync.Mutex with an end: entering, leaving and shutting cost one atomic
// operation each, and all wait only where goroutines meet. The zero gate is
// open.
type gate struct{ state atomic.Uint32 }

const (
	gateOpen uint32 = iota
	gateBusy
	gateCrowded // busy, and somebody waits
	gateShut
)

// met is where the goroutines of all gates wait. They do so only if a handler
// leaves goroutines behind, or writes from several at once.
var met = sync.NewCond(new(sync.Mutex))

// enter waits until nobody else is inside. It returns false, and the caller is
// not inside, once the gate is shut.
func (g *gate) enter() bool {
	return g.state.CompareAndSwap(gateOpen, gateBusy) || g.wait(gateBusy)
}

// leave lets the next one in.
func (g *gate) leave() {
	if !g.state.CompareAndSwap(gateBusy, gateOpen) {
		g.leaveCrowd()
	}
}

func (g *gate) leaveCrowd() {
	met.L.Lock()
	g.state.Store(gateOpen)
	met.L.Unlock()
	met.Broadcast()
}

// shut waits until nobody is inside, and lets nobody in again.
func (g *gate) shut() {
	if !g.state.CompareAndSwap(gateOpen, gateShut) {
		g.wait(gateShut)
	}
}

// isShut reports whether the gate is shut.
func (g *gate) isShut() bool { return g.state.Load() == gateShut }

// wait sets the state once the gate is open. It returns false if it is shut.
func (g *gate) wait(to uint32) bool {
	met.L.Lock()
	defer met.L.Unlock()
	for {
		switch g.state.Load() {
		case gateShut:
			return false
		case gateOpen:
			if g.state.CompareAndSwap(gateOpen, to) {
				if to == gateShut {
					met.Broadcast() // who waits is to see it
				}
				return true
			}
		case gateBusy:
			g.state.CompareAndSwap(gateBusy, gateCrowded)
		case gateCrowded:
			met.Wait()
		}
	}
}
