package middlewaretest

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/failwell/failwell/apierr"
)

// The media types of streams whose last event or line can be an error.
const eventStream = "text/event-stream"

var lineStreams = []string{"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"}

// streamOf returns the media type of a response that has begun as a stream,
// empty if it has not.
func streamOf(response *http.Response) string {
	mediaType := mediaTypeOf(response.Header.Get("Content-Type"))
	if response.StatusCode >= 400 {
		return ""
	}
	for _, stream := range append(lineStreams, eventStream) {
		if mediaType == stream {
			return stream
		}
	}
	return ""
}

// mediaTypeOf returns the type of a Content-Type without its parameters, in
// lower case.
func mediaTypeOf(contentType string) string {
	mediaType, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(mediaType))
}

// readStream reads the error at the end of a stream, in the first of the
// contract's forms that it has.
func (a *answer) readStream(contract apierr.Contract) {
	last := lastLine(a.body)
	if a.stream == eventStream {
		last = lastError(a.body)
	}
	if len(last) == 0 {
		return
	}
	for _, format := range formatsOf(contract) {
		of := answer{body: last}
		of.read(contract, &http.Response{Header: http.Header{"Content-Type": {format.ContentType()}}})
		if of.fault == "" || a.stream == eventStream && !a.failed {
			a.failed, a.unknown, a.code, a.id, a.message, a.fault = true, of.unknown, of.code, of.id, of.message, of.fault
		}
		if of.fault == "" {
			return
		}
	}
}

// lastLine is the last line of JSON lines.
func lastLine(body []byte) []byte {
	body = bytes.TrimSpace(body)
	return body[bytes.LastIndexByte(body, '\n')+1:]
}

// lastError is the data of the last event of an event stream if it is named
// error; nil if it is not.
func lastError(body []byte) []byte {
	body = bytes.TrimRight(body, "\n")
	if i := bytes.LastIndex(body, []byte("\n\n")); i >= 0 {
		body = body[i+2:]
	}
	var data []byte
	named := false
	for line := range bytes.Lines(body) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		named = named || bytes.Equal(line, []byte("event: error"))
		if d, ok := bytes.CutPrefix(line, []byte("data: ")); ok {
			data = append(data, d...)
		}
	}
	if !named {
		return nil
	}
	return data
}
