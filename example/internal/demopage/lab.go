package demopage

import (
	"io/fs"
	"net/http"
)

// Lab returns the scenarios of package lab. source has the Go files of the package,
// and codes are those of /lab/raise.
func Lab(source fs.FS, codes []string) []Group {
	src := parse(source)
	jsonBody := http.Header{"Content-Type": {"application/json"}}
	return []Group{
		{Title: "A handler returns an error", Scenarios: []Scenario{
			{Name: "raise", Title: "A declared error", Path: "/lab/raise/{code}", Choices: codes, Source: src.of("raise"),
				Text: "The handler returns an error that the contract declares."},
			{Name: "unmapped", Title: "An unknown error", Path: "/lab/unmapped", Source: src.of("unmapped"),
				Text: "The handler returns an error of a driver. Its text is for the log."},
			{Name: "invalid", Title: "An invalid body", Method: "POST", Path: "/lab/echo", Header: jsonBody,
				Body: `{"name":"A","email":7,"age":41}`, Source: src.of("person", "echo"),
				Text: "Everything that is wrong is reported in one response."},
			{Name: "malformed", Title: "Malformed JSON", Method: "POST", Path: "/lab/echo", Header: jsonBody,
				Body: `{"name":"Ada",`, Source: src.of("person", "echo"),
				Text: "The body ends too early."},
			{Name: "large", Title: "A body over the limit", Method: "POST", Path: "/lab/echo",
				Header: http.Header{"Content-Type": {"application/json"}, "Content-Length": {"3000000"}, "Expect": {"100-continue"}},
				Source: src.of("echo"),
				Text:   "The client announces 3 MB and waits for permission to send them."},
			{Name: "media-type", Title: "Another media type", Method: "POST", Path: "/lab/echo",
				Header: http.Header{"Content-Type": {"text/csv"}}, Body: "name,email\n", Source: src.of("echo"),
				Text: "The handler accepts JSON only."},
			{Name: "limited", Title: "The sixth request of a minute", Path: "/lab/limited", Times: 6, Source: src.of("limited"),
				Text: "Five are allowed for each address. The button sends requests until one is rejected, to each side. Both sides share the limit."},
		}},
		{Title: "The handler does not use failwell", Scenarios: []Scenario{
			{Name: "http-error", Title: "http.Error", Path: "/lab/http-error", Source: src.of("httpError"),
				Text: "The text of a query is written to the client."},
			{Name: "stale", Title: "A header of another body", Path: "/lab/stale", Source: src.of("stale"),
				Text: "ETag, Content-Length and Content-Encoding describe a body that is not sent."},
			{Name: "own-json", Title: "A failure in JSON of its own", Path: "/lab/own-json", Source: src.of("ownJSON"),
				Text: "A declared media type other than plain text passes unchanged."},
			{Name: "hints", Title: "Early hints, then a bare status", Path: "/lab/hints", Source: src.of("hints"),
				Text: "The 103 passes; the 418 has no body."},
			{Name: "timeout", Title: "http.TimeoutHandler", Path: "/lab/timeout", Source: src.of("timeout"),
				Text: "The handler outlives its deadline of 200 ms."},
			{Name: "proxy", Title: "An upstream that is down", Path: "/lab/proxy", Source: src.of("proxy"),
				Text: "httputil.ReverseProxy answers with a 502 that has no body."},
			{Name: "nowhere", Title: "No such route", Path: "/lab/nowhere", Source: src.of("Register"),
				Text: "No handler runs: ServeMux answers 404."},
			{Name: "method", Title: "No such method", Method: "DELETE", Path: "/lab/echo", Source: src.of("Register"),
				Text: "No handler runs: ServeMux answers 405 with Allow."},
		}},
		{Title: "The handler panics or aborts", Scenarios: []Scenario{
			{Name: "panic", Title: "A panic", Path: "/lab/panic", Source: src.of("panics"),
				Text: "net/http alone closes the connection without a response."},
			{Name: "panic-midway", Title: "A panic after the first half", Path: "/lab/panic-midway", Source: src.of("panicsMidway"),
				Text: "The response has begun, so it is aborted. It must not look complete."},
			{Name: "abort", Title: "http.ErrAbortHandler", Path: "/lab/abort", Source: src.of("aborts"),
				Text: "The handler aborts the response itself."},
		}},
		{Title: "The response is a stream", Scenarios: []Scenario{
			{Name: "sse-fails", Title: "Events that fail", Path: "/lab/sse-fails", Source: src.of("eventsFail"),
				Text: "The source fails after two events. Outside middleware.New, apierr cannot see that the response has begun."},
			{Name: "ndjson-fails", Title: "JSON lines that fail", Path: "/lab/ndjson-fails", Source: src.of("linesFail"),
				Text: "The source fails after two lines. Outside middleware.New, apierr cannot see that the response has begun."},
			{Name: "stream", Title: "A stream that succeeds", Path: "/lab/stream", Source: src.of("stream"),
				Text: "Two lines, a second apart. Nothing is buffered."},
			{Name: "hijack", Title: "A connection that is taken over", Path: "/lab/hijack", Line: "hello\n", Source: src.of("hijack"),
				Header: http.Header{"Connection": {"Upgrade"}, "Upgrade": {"lab-echo"}},
				Text:   "The handler answers 101 itself, with the IDs, and echoes a line."},
		}},
	}
}
