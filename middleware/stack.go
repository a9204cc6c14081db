package middleware

import (
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// maxFrames is the most frames of a stack in a record.
const maxFrames = 64

var counters = sync.Pool{New: func() any { return new([maxFrames]uintptr) }}

// setStack notes where the handler panicked: from the function that did to the
// one that New called. The frames of the runtime and the server are left out.
// debug.Stack costs more than three times as much, and formats all of them.
func (ex *exchange) setStack() {
	stack := stackTrace()
	for ; ex != nil; ex = ex.outer {
		ex.noted(func(n *notes) { n.stack = stack })
	}
}

// stackTrace returns the frames of a panic that is being recovered, one a
// line: function, file and line.
func stackTrace() string {
	pcs := counters.Get().(*[maxFrames]uintptr)
	defer counters.Put(pcs)
	// 4: Callers, stackTrace, setStack, failed; end and the runtime follow.
	n := runtime.Callers(4, pcs[:])
	frames := runtime.CallersFrames(pcs[:n])
	b := make([]byte, 0, 1024)
	panicked := false
	for {
		f, more := frames.Next()
		switch {
		case f.Function == enterFrame:
			return string(b)
		case strings.HasPrefix(f.Function, "runtime."):
			if f.Function == "runtime.gopanic" || f.Function == "runtime.Goexit" {
				b, panicked = b[:0], true // what is above it ran while recovering
			}
		case panicked:
			b = append(append(b, f.Function...), ' ')
			b = append(append(b, f.File...), ':')
			b = append(strconv.AppendInt(b, int64(f.Line), 10), '\n')
		}
		if !more {
			return string(b)
		}
	}
}

// enterFrame is the function that calls the handler.
const enterFrame = "github.com/failwell/failwell/middleware.(*handler).ServeHTTP"
