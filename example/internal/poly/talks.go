package poly

import "sync"

// talks counts the open WebSockets, so that the server can wait for them when
// it stops.
type talks struct {
	stop chan struct{} // closed when all are to end

	mu    sync.Mutex
	ended bool
	open  sync.WaitGroup
}

// begin reports whether one more may be opened. If so, the caller calls done at
// its end.
func (t *talks) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.ended {
		t.open.Add(1)
	}
	return !t.ended
}

func (t *talks) done() { t.open.Done() }

// end closes stop and waits until all have ended.
func (t *talks) end() {
	t.mu.Lock()
	if !t.ended {
		t.ended = true
		close(t.stop)
	}
	t.mu.Unlock()
	t.open.Wait()
}
