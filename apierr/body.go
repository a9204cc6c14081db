package apierr

import (
	"errors"
	"fmt"
	"sync"

	"github.com/failwell/failwell/internal/text"
)

// buffer is a pooled body.
type buffer struct {
	b    []byte
	form Format // that made it
	info Info   // here and not on the stack, where a Format would move it to the heap

	values fieldValues // for the header; what is left of them serves the next answer
}

var buffers = sync.Pool{New: func() any { return &buffer{b: make([]byte, 0, 512)} }}

// maxPooled is the capacity in bytes over which a buffer is not kept.
const maxPooled = 16 << 10

func newBuffer() *buffer { return buffers.Get().(*buffer) }

func (b *buffer) free() {
	b.form, b.info = nil, Info{}
	if cap(b.b) <= maxPooled {
		buffers.Put(b)
	}
}

// maxBody is the most bytes of a body. A longer one loses its details: no
// client reads megabytes about its mistake.
const maxBody = 256 << 10

// maxMessage is the most bytes of a message; each may become six of the body.
const maxMessage = maxBody / 8

// encode makes the body of e. A detail that cannot be encoded costs itself; a Format
// that fails or panics costs first the details and the violations, then the
// Format; a message that is too long is replaced by the status phrase.
func (b *buffer) encode(f Format, e *Error) (fault error) {
	if e.Message == "" || len(e.Message) > maxMessage {
		if e.Message != "" {
			fault = errTooLong
		}
		c := *e
		c.Message = phrase(e.Status)
		e = &c
	}
	ours := isOurs(f)
	if len(e.Details) > 0 && !ours { // it may not refuse what must not be sent
		var dropped error
		if e, dropped = withEncodableDetails(e, false); dropped != nil {
			fault = errors.Join(fault, dropped)
		}
	}
	if p, isPlan := f.(*plan); isPlan && len(e.Details) == 0 {
		b.b, _ = p.append(b.b[:0], e, &b.info) // fails by its length only
		if len(b.b) <= maxBody {
			b.form = f
			return fault
		}
	}
	err := b.append(f, e)
	if err != nil && len(e.Details) > 0 && ours {
		if good, dropped := withEncodableDetails(e, true); dropped != nil {
			e, fault = good, errors.Join(fault, dropped)
			err = b.append(f, e)
		}
	}
	if err == nil {
		return fault
	}
	plain := *e
	plain.Details, plain.Violations = nil, nil
	fault = errors.Join(fault, err)
	if err = b.append(f, &plain); err == nil {
		return fault
	}
	fault = errors.Join(fault, err)
	if b.append(Envelope{}, &plain) != nil { // the code is too long
		plain.Code = Internal.Code
		b.b, _ = Envelope{}.Append(b.b[:0], &plain, b.info)
	}
	return fault
}

// isOurs reports whether a Format is of this package: it fails on a detail that
// must not be sent, and appends one that is encoded already.
func isOurs(f Format) bool {
	switch f.(type) {
	case *plan, Problem:
		return true
	}
	return false
}

// append replaces the content of b by the body of e.
func (b *buffer) append(f Format, e *Error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("apierr: the format %T panicked: %s", f, text.OfPanic(v))
		}
	}()
	dst, err := f.Append(b.b[:0], e, b.info)
	if err != nil {
		return err
	}
	if len(dst) > maxBody {
		return errTooLong
	}
	b.form = f
	if _, ours := f.(*plan); ours {
		b.b = dst
	} else {
		b.b = append(b.b[:0], dst...) // dst may be a slice that the Format keeps
	}
	return nil
}

// errTooLong is the fault of a body over maxBody.
var errTooLong = errors.New("apierr: the body is too long")
