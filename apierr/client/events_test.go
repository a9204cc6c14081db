package client_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/client"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
)

// readEvents returns the events of a stream as text, and its error.
func readEvents(c *client.Client, r io.Reader) (events []string, end error) {
	for e, err := range c.Events(r) {
		if err != nil {
			return events, err
		}
		text := e.Name + "|" + string(e.Data)
		if e.ID != "" {
			text += "|id " + e.ID
		}
		if e.Retry != 0 {
			text += "|retry " + e.Retry.String()
		}
		events = append(events, text)
	}
	return events, nil
}

// Streams as the WHATWG HTML standard reads them, section 9.2.6, and their ends.
func TestEvents(t *testing.T) {
	const cut = "cut"
	long := strings.Repeat("x", 1<<20)
	for _, test := range []struct {
		name, stream string
		events       []string
		end          string // empty, cut, too long, or the code of a RemoteError
	}{
		// The examples of the standard.
		{"three lines of data", "data: YHOO\ndata: +2\ndata: 10\n\n", []string{"message|YHOO\n+2\n10"}, ""},
		{"a comment, IDs, and an end inside an event", ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n",
			[]string{"message|first event|id 1", "message|second event"}, cut},
		{"empty data, an LF, and an end inside an event", "data\n\ndata\ndata\n\ndata:", []string{"message|", "message|\n"}, cut},
		{"one space is dropped", "data:test\n\ndata: test\n\n", []string{"message|test", "message|test"}, ""},

		// Line ends.
		{"CR", "data: a\r\rdata: b\rdata: c\r\r", []string{"message|a", "message|b\nc"}, ""},
		{"CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", []string{"message|a", "message|b"}, ""},
		{"all in one stream", "data: a\r\ndata: b\rdata: c\n\r\ndata: d\n\n", []string{"message|a\nb\nc", "message|d"}, ""},
		{"LF CR is two ends", "data: a\n\rdata: b\n\n", []string{"message|a", "message|b"}, ""},

		// Fields.
		{"a byte order mark", "\uFEFFdata: a\n\n", []string{"message|a"}, ""},
		{"a second one is text", "\uFEFF\uFEFFdata: a\n\ndata: b\n\n", []string{"message|b"}, ""},
		{"one that is not at the beginning", "data: a\n\n\uFEFFdata: b\n\ndata: c\n\n", []string{"message|a", "message|c"}, ""},
		{"a name", "event: text\ndata: a\n\ndata: b\n\n", []string{"text|a", "message|b"}, ""},
		{"two names", "event: a\nevent: b\ndata: x\n\n", []string{"b|x"}, ""},
		{"an empty name", "event: a\nevent:\ndata: x\n\n", []string{"message|x"}, ""},
		{"a name without data is no event", "event: a\n\ndata: x\n\n", []string{"message|x"}, ""},
		{"names are case-sensitive", "Data: a\nDATA: b\ndata: c\n\n", []string{"message|c"}, ""},
		{"a space before the colon", "data : a\ndata: b\n\n", []string{"message|b"}, ""},
		{"a value with colons", "data: a: b:c\n\n", []string{"message|a: b:c"}, ""},
		{"a tab is no space", "data:\ta\n\n", []string{"message|\ta"}, ""},
		{"comments", ": a\n:b\n:\ndata: x\n: c\n\n: d\n", []string{"message|x"}, ""},
		{"an ID stays", "id: 7\ndata: a\n\ndata: b\n\nid\ndata: c\n\n", []string{"message|a|id 7", "message|b|id 7", "message|c"}, ""},
		{"an ID of an event without data", "id: 7\n\ndata: a\n\n", []string{"message|a|id 7"}, ""},
		{"an ID with a NUL", "id: 7\nid: 8\x00\ndata: a\n\n", []string{"message|a|id 7"}, ""},
		{"a retry", "retry: 1500\n\ndata: a\n\ndata: b\n\n", []string{"message|a|retry 1.5s", "message|b"}, ""},
		{"retries that are none", "retry: -1\nretry: 1.5\nretry: +1\nretry: 1 \nretry: 99999999999999999999\nretry:\ndata: a\n\n", []string{"message|a"}, ""},
		{"invalid UTF-8", "event: a\xff\ndata: b\xfe\n\n", []string{"a\uFFFD|b\uFFFD"}, ""},
		{"an unknown field", "foo: bar\nfoo\ndata: a\n\n", []string{"message|a"}, ""},

		// Ends.
		{"nothing", "", nil, ""},
		{"empty lines", "\n\n\r\r\n", nil, ""},
		{"inside a field name", "data: a\n\nda", []string{"message|a"}, cut},
		{"inside a value", "data: a\n\ndata: b", []string{"message|a"}, cut},
		{"before the empty line", "data: a\n\ndata: b\n", []string{"message|a"}, cut},
		{"before the empty line, CRLF", "data: a\r\n\r\ndata: b\r\n", []string{"message|a"}, cut},
		{"inside a comment", "data: a\n\n: keep-al", []string{"message|a"}, cut},
		{"after a comment", "data: a\n\n: keep-alive\n", []string{"message|a"}, ""},
		{"after an event's name", "data: a\n\nevent: b\n", []string{"message|a"}, cut},

		// Errors of the server.
		{"the contract's", "data: a\n\nevent: error\ndata: {\"error\":{\"code\":\"CHAT_STREAMING_ERROR\",\"message\":\"m\"}}\n\n", []string{"message|a"}, "CHAT_STREAMING_ERROR"},
		{"another of the contract's", "event: error\ndata: {\"error\":{\"code\":\"AGENT_NOT_FOUND\",\"message\":\"m\"}}\n\n", nil, "AGENT_NOT_FOUND"},
		{"over several lines", "event: error\ndata: {\"error\":{\ndata: \"code\":\"AGENT_NOT_FOUND\",\"message\":\"m\"}}\n\n", nil, "AGENT_NOT_FOUND"},
		{"what follows is not read", "event: error\ndata: {\"error\":{\"code\":\"AGENT_NOT_FOUND\",\"message\":\"m\"}}\n\ndata: a\n\n", nil, "AGENT_NOT_FOUND"},
		{"an unknown code", "event: error\ndata: {\"error\":{\"code\":\"NEW\",\"message\":\"m\"}}\n\n", nil, "CHAT_STREAMING_ERROR, intermediary"},
		{"no JSON", "event: error\ndata: oops\n\n", nil, "CHAT_STREAMING_ERROR, intermediary"},
		{"no data", "event: error\n\n", nil, "CHAT_STREAMING_ERROR, intermediary"},
		{"too much", "event: error\ndata: {\"error\":{\"code\":\"AGENT_NOT_FOUND\",\"message\":\"" + long[:300_000] + "\"}}\n\n", nil, "CHAT_STREAMING_ERROR, intermediary"},
		{"cut inside the error", "data: a\n\nevent: error\ndata: {\"err", []string{"message|a"}, cut},
		{"an error as data of another event", "data: {\"error\":{\"code\":\"AGENT_NOT_FOUND\",\"message\":\"m\"}}\n\n", []string{`message|{"error":{"code":"AGENT_NOT_FOUND","message":"m"}}`}, ""},

		// Bounds.
		{"data of 1 MiB", "data:" + long[5:] + "\n\n", []string{"message|" + long[5:]}, ""},
		{"a line over 1 MiB", "data: a\n\ndata:" + long + "\n\n", []string{"message|a"}, "too long"},
		{"data over 1 MiB in two lines", "data:" + long[:600_000] + "\ndata:" + long[:600_000] + "\n\n", nil, "too long"},
		{"a comment over 1 MiB", ":" + long + "\ndata: a\n\n", nil, "too long"},
		{"short lines without end", strings.Repeat("data: 1234567890\n", 100_000), nil, "too long"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, r := range readers(test.stream) {
				events, end := readEvents(client.New(chatbase.Contract), r)
				require.Equal(t, test.events, events)
				require.Equal(t, test.end, endOf(end))
			}
		})
	}
}

// readers are a stream that arrives in one piece, with its end, and byte by byte. A
// long one does not arrive byte by byte, and with -short in one piece only.
func readers(stream string) []io.Reader {
	all := []io.Reader{strings.NewReader(stream), iotest.DataErrReader(strings.NewReader(stream)), iotest.OneByteReader(strings.NewReader(stream))}
	switch long := len(stream) >= 10_000; {
	case long && testing.Short():
		return all[:1]
	case long:
		return all[:2]
	}
	return all
}

// endOf names the error of a stream.
func endOf(err error) string {
	var remote *client.RemoteError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &remote) && remote.Intermediary:
		return remote.Remote.Code + ", intermediary"
	case errors.As(err, &remote):
		return remote.Remote.Code
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "cut"
	case errors.Is(err, bufio.ErrTooLong):
		return "too long"
	}
	return err.Error()
}

// An event is returned when its empty line has arrived, also if that ends with CR,
// and not when more has.
func TestEventsArriveAtOnce(t *testing.T) {
	for _, end := range []string{"\n", "\r", "\r\n"} {
		r, w := io.Pipe()
		got := make(chan string)
		go func() {
			for e := range client.Events(r) {
				got <- string(e.Data)
			}
			close(got)
		}()
		for _, data := range []string{"a", "b"} {
			_, err := io.WriteString(w, "data: "+data+end+end)
			require.NoError(t, err)
			require.Equal(t, data, <-got)
		}
		w.Close()
		_, more := <-got
		require.False(t, more)
	}
}

// A stream that breaks does not look whole, for any error of reading it.
func TestStreamsThatBreak(t *testing.T) {
	errStream := errors.New("stream error: stream ID 1; INTERNAL_ERROR")
	enough := fmt.Errorf("the caller: %w", context.Canceled)
	for _, test := range []struct {
		name string
		err  error
		cut  bool
	}{
		{"a cut body", io.ErrUnexpectedEOF, true},
		{"a reset", errStream, true},
		{"the caller's own end", enough, false},
		{"the caller's deadline", context.DeadlineExceeded, false},
	} {
		for _, sent := range []string{"", "data: a\n\n", "data: a\n\nda"} {
			t.Run(test.name, func(t *testing.T) {
				for _, err := range []error{
					last(client.Events(io.MultiReader(strings.NewReader(sent), iotest.ErrReader(test.err)))),
					last(client.Lines(io.MultiReader(strings.NewReader(sent), iotest.ErrReader(test.err)))),
				} {
					require.ErrorIs(t, err, test.err)
					require.Equal(t, test.cut, errors.Is(err, io.ErrUnexpectedEOF))
				}
			})
		}
	}
}

// last returns the error of a stream.
func last[T any](stream func(func(T, error) bool)) (last error) {
	stream(func(_ T, err error) bool {
		last = err
		return true
	})
	return last
}

// The contract of Events and Lines is not compiled for each stream.
func TestStreamAllocations(t *testing.T) {
	empty := strings.NewReader("")
	require.Less(t, testing.AllocsPerRun(20, func() { last(client.Events(empty)) }), 20.0)
	require.Less(t, testing.AllocsPerRun(20, func() { last(client.Lines(empty)) }), 20.0)
}

// Nothing is read after the loop has ended.
func TestEventsStop(t *testing.T) {
	r := &counting{Reader: io.MultiReader(strings.NewReader("data: a\n\n"), zeros{})}
	for range client.Events(r) {
		break
	}
	for range client.Lines(io.MultiReader(strings.NewReader("{}\n"), r)) {
		break
	}
	require.Less(t, r.n, int64(10<<10))
}

// The error of a stream has the message, the details and the IDs that the server
// sends in it.
func TestStreamErrorIsWhole(t *testing.T) {
	stream := "event: error\ndata: " + `{"error":{"code":"STREAM_FAILED","message":"Only this time","details":{"a":1}}}` + "\n\n"
	var e *client.RemoteError
	require.ErrorAs(t, last(client.Events(strings.NewReader(stream))), &e)
	require.ErrorIs(t, e, apierr.StreamFailed)
	require.Equal(t, "Only this time", e.Remote.Message)
	require.Equal(t, map[string]any{"a": 1.0}, e.Remote.Details)
	require.Equal(t, apierr.StreamFailed.Status, e.Remote.Status)
	require.Contains(t, string(e.Body), `"STREAM_FAILED"`)
	require.Equal(t, "remote: 500 STREAM_FAILED: Only this time", e.Error())
	require.Empty(t, apierr.StreamFailed.Details, "the declared error is not changed")
}
