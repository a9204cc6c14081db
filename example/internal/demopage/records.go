package demopage

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	keptRecords   = 256
	maxRecord     = 64 << 10        // bytes; longer ones are not kept
	recordTimeout = 2 * time.Second // a record is written after the response
)

// Records keeps the newest 256 log records of requests, so that the page can show
// that of a request. The zero value is ready. It is safe for use by several
// goroutines.
type Records struct {
	mu      sync.Mutex
	ring    [keptRecords]record
	next    int
	changed chan struct{} // closed when a record comes; nil: nobody waits
}

// record is a log record in JSON.
type record struct {
	request, correlation string // the IDs
	line                 []byte
}

// Handler returns a slog.Handler that passes each record to next and keeps those of
// requests. A nil next drops them.
func (rs *Records) Handler(next slog.Handler) slog.Handler {
	if next == nil {
		next = slog.DiscardHandler
	}
	return slog.NewMultiHandler(next, slog.NewJSONHandler(lines{rs}, nil))
}

// lines is an io.Writer of JSON lines.
type lines struct{ records *Records }

func (l lines) Write(line []byte) (int, error) {
	if len(line) <= maxRecord {
		// Records that handlers write have the IDs too, but no duration.
		r := record{line: bytes.Clone(line)}
		done := false
		for _, m := range members(line) {
			switch m.Name {
			case "request_id":
				r.request = m.Text
			case "correlation_id":
				r.correlation = m.Text
			case "duration_ms":
				done = true
			}
		}
		if done {
			l.records.add(r)
		}
	}
	return len(line), nil
}

func (rs *Records) add(r record) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	rs.ring[rs.next] = r
	rs.next = (rs.next + 1) % keptRecords
	if rs.changed != nil {
		close(rs.changed)
		rs.changed = nil
	}
}

// find returns the record of the request with that request or correlation ID. It
// waits for it at most 2 s, and then returns nil.
func (rs *Records) find(ctx context.Context, id string) []byte {
	ctx, cancel := context.WithTimeout(ctx, recordTimeout)
	defer cancel()
	for {
		line, changed := rs.lookup(id)
		if line != nil {
			return line
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil
		}
	}
}

// lookup returns the record, or a channel that is closed when another comes.
func (rs *Records) lookup(id string) (line []byte, changed <-chan struct{}) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	for i := range rs.ring {
		if r := &rs.ring[i]; id != "" && (r.request == id || r.correlation == id) {
			return r.line, nil
		}
	}
	if rs.changed == nil {
		rs.changed = make(chan struct{})
	}
	return nil, rs.changed
}

// member is a member of a JSON object.
type member struct {
	Name string
	Text string // a string's content, anything else as it is
}

// members returns the members of a JSON object in their order, none if it is no
// object.
func members(object []byte) []member {
	d := jsontext.NewDecoder(bytes.NewReader(object), jsontext.AllowDuplicateNames(true))
	if t, err := d.ReadToken(); err != nil || t.Kind() != '{' {
		return nil
	}
	var all []member
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return all
		}
		m := member{Name: name.String()}
		v, err := d.ReadValue()
		if err != nil {
			return all
		}
		m.Text = string(v)
		if text, err := jsontext.AppendUnquote(nil, v); v.Kind() == '"' && err == nil {
			m.Text = string(text)
		}
		all = append(all, m)
	}
	return all
}
