package reference

import (
	"errors"

	"github.com/failwell/failwell/internal/seam"
)

// streams says how a response ends that fails after it has begun.
func (b *builder) streams() section {
	unknown := errors.New("a failure midway")
	return standard(titleStreams,
		text("A response that has begun keeps its status. If it fails later, its end depends on its content type:"),
		list(
			words("An event stream, ", code("text/event-stream"), ", ends with one event named ", code("error"), " whose data is the error."),
			words("A stream of JSON lines, ", code("application/x-ndjson"), ", ends with one line that is the error."),
			words("Any other response is aborted: the connection or HTTP/2 stream ends before the body is complete, and reading it fails. Drop what has arrived."),
		),
		shown("Last event of an event stream", "text", respondMidway(b.compiled, seam.EventStream, unknown)),
		shown("Last line of a stream of JSON lines", "json", respondMidway(b.compiled, seam.JSONLines, unknown)),
	)
}
