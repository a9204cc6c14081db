//go:build unix

package validate_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/failwell/failwell/validate"
)

// processorTime is the processor time of the process, which waiting for a
// processor does not count towards.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkHostile reports what validate adds to json/v2 for each byte of the
// input, in ns/B and B/B.
func BenchmarkHostile(b *testing.B) {
	rules := validate.New(nil, validate.WithMaxBody(0))
	for _, s := range sized(1 << 20).hostileShapes(rules) {
		b.Run(strings.ReplaceAll(s.name, " ", "-"), func(b *testing.B) {
			var total, plain time.Duration // of the processor
			bytes, n := 0, 0
			for b.Loop() {
				start := processorTime()
				bytes += allocated(func() { _ = s.run() })
				total += processorTime() - start
				if n++; s.plain != nil {
					start = processorTime()
					bytes -= allocated(s.plain)
					plain += processorTime() - start
				}
			}
			size := float64(n) * float64(s.size)
			b.ReportMetric(float64(total-plain)/size, "ns/B")
			b.ReportMetric(float64(bytes)/size, "B/B")
		})
	}
}
