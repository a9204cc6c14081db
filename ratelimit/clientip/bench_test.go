package clientip_test

import (
	"sync/atomic"
	"testing"
)

var sink atomic.Int64

func Benchmark(b *testing.B) {
	for _, row := range addresses {
		r := request(row.peer, row.lines...)
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s, _ := row.key(r)
				sink.Store(int64(len(s)))
			}
		})
	}
}
