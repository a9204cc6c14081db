package client

import (
	"bytes"
	"io"
	"iter"
	"strconv"
	"time"
	"unicode/utf8"
)

// Event is one server-sent event, as the WHATWG HTML standard defines it in
// section 9.2.
type Event struct {
	// Name is the type of the event. It is "message" if the server names none.
	Name string

	// Data is the text, its lines joined by LF. Invalid UTF-8 is U+FFFD.
	Data []byte

	// ID is the last event ID: that of this event, or of an earlier one. Empty:
	// there is none.
	ID string

	// Retry is the time to wait before reconnecting, if a retry field stands
	// between the event before and this one. 0: there is none.
	Retry time.Duration
}

// Events returns the events of a stream, under the contract of [apierr.Standard].
// It is short for New(apierr.Standard).Events(r).
func Events(r io.Reader) iter.Seq2[Event, error] { return standard().Events(r) }

// Events returns the events of a stream, the body of a response with the media
// type text/event-stream. The last pair has the error, if there is one:
//
//   - a [*RemoteError] for an event named error, which the server sends as the
//     last one when it fails. Nothing after it is read. If its data is not an error
//     of the contract, Remote is the error that the contract maps
//     [apierr.StreamFailed] to.
//   - an error that is [io.ErrUnexpectedEOF] if the stream was cut: reading it
//     failed, or it ends inside an event
//   - the error of reading, if it is [context.Canceled] or
//     [context.DeadlineExceeded]. Another cause of a cancelled context is wrapped in
//     an error that is [io.ErrUnexpectedEOF].
//   - an error that is [bufio.ErrTooLong] for an event over 1 MiB
//
// Without an error, the server has ended the stream as HTTP has it, after a whole
// event. That a response without length and chunks, as of HTTP/1.0, was cut
// between two events cannot be seen: there, only an event of the API's own can
// say that the stream is complete.
//
// Each Data is a new slice. Events does not close r, and can be ranged over once.
func (c *Client) Events(r io.Reader) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		events := eventReader{lines: newLineReader(r)}
		for {
			e, err := events.next()
			switch {
			case err == io.EOF:
				return
			case err == nil && e.Name == "error":
				err = c.streamError(e.Data)
			}
			if err != nil {
				yield(Event{}, err)
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// eventReader reads events from lines.
type eventReader struct {
	lines *lineReader

	// Of the event under way.
	name    string
	data    []byte // each line with an LF
	retry   time.Duration
	pending bool // there is a line of it

	id string // the last event ID
}

// next returns the next event, io.EOF at the end of a whole stream.
func (r *eventReader) next() (Event, error) {
	for {
		line, err := r.lines.next()
		if err == io.EOF && r.pending {
			return Event{}, io.ErrUnexpectedEOF
		}
		if err != nil {
			return Event{}, err
		}
		if len(line) > 0 {
			if err := r.field(line); err != nil {
				return Event{}, err
			}
			continue
		}
		if e, ok := r.dispatch(); ok {
			return e, nil
		}
	}
}

// field reads one line of an event. Comments are ignored.
func (r *eventReader) field(line []byte) error {
	name, value, _ := bytes.Cut(line, []byte(":"))
	value = bytes.TrimPrefix(value, []byte(" "))
	if len(name) == 0 {
		return nil
	}
	r.pending = true
	switch string(name) {
	case "event":
		r.name = string(valid(value))
	case "data":
		if len(r.data)+len(value) > maxEvent {
			return errTooLong
		}
		r.data = append(append(r.data, value...), '\n')
	case "id":
		if bytes.IndexByte(value, 0) < 0 {
			r.id = string(valid(value))
		}
	case "retry":
		if ms, err := strconv.ParseUint(string(value), 10, 32); err == nil {
			r.retry = time.Duration(ms) * time.Millisecond
		}
	}
	return nil
}

// dispatch ends an event. ok is false for an event without data, which the standard
// drops. An event named error is kept: it is a failure without data.
func (r *eventReader) dispatch() (e Event, ok bool) {
	e = Event{Name: r.name, Data: valid(r.data), ID: r.id, Retry: r.retry}
	ok = len(r.data) > 0 || r.name == "error"
	r.name, r.data, r.pending = "", nil, false
	if !ok {
		return Event{}, false
	}
	r.retry = 0
	e.Data = bytes.TrimSuffix(e.Data, []byte("\n"))
	if e.Name == "" {
		e.Name = "message"
	}
	return e, true
}

// valid returns b, with U+FFFD in place of invalid UTF-8.
func valid(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	return bytes.ToValidUTF8(b, []byte("\uFFFD"))
}
