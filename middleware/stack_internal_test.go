package middleware

import (
	"runtime/debug"
	"testing"
)

// panicking calls recovered as New does: deferred, from a panic so many frames
// deep.
func panicking(depth int, recovered func()) {
	defer func() {
		recover()
		recovered()
	}()
	descend(depth)
}

func descend(n int) {
	if n == 0 {
		panic("deep")
	}
	descend(n - 1)
}

// What the stack of a panic costs beside the panic itself, and beside what
// debug.Stack would: the bound is a third.
func BenchmarkStack(b *testing.B) {
	for _, way := range []struct {
		name    string
		collect func()
	}{
		{"bare", func() {}},
		{"ours", func() { _ = stackTrace() }},
		{"debug.Stack", func() { _ = debug.Stack() }},
	} {
		b.Run(way.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				panicking(10, way.collect)
			}
		})
	}
}
