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

	values fieldValues // for the header; what is left of them serves the next answer
}

var buffers = sync.Pool{New: func() any { return &buffer{b: make([]byte, 0, 512)} }}

// maxPooled is the capacity in bytes over which a buffer is not kept.
const maxPooled = 16 << 10

func (b *buffer) free() {
	if cap(b.b) <= maxPooled {
		buffers.Put(b)
	}
}

// maxBody is the most bytes that an answer may have. A body over it loses its
// details: a client that made a mistake has no use for megabytes of it.
const maxBody = 256 << 10

// maxMessage is the most bytes that a message may have; each may become six of
// the body.
const maxMessage = maxBody / 8

// encode makes the body. What fails or panics costs first the details and the
// violations, then the Format; a message without end costs itself.
func encode(f Format, e *Error, info Info) (body *buffer, fault error) {
	body = buffers.Get().(*buffer)
	if e.Message == "" || len(e.Message) > maxMessage {
		if e.Message != "" {
			fault = errTooLong
		}
		c := *e
		c.Message = phrase(e.Status)
		e = &c
	}
	if p, ours := f.(*plan); ours && len(e.Details) == 0 {
		body.b, _ = p.Append(body.b[:0], e, info) // it can fail by its length only
		if len(body.b) <= maxBody {
			body.form = f
			return body, fault
		}
	}
	err := body.append(f, e, info)
	if err == nil {
		return body, fault
	}
	plain := *e
	plain.Details, plain.Violations = nil, nil
	fault = errors.Join(fault, err)
	if err = body.append(f, &plain, info); err == nil {
		return body, fault
	}
	fault = errors.Join(fault, err)
	if body.append(Envelope{}, &plain, info) != nil { // a code without end
		plain.Code = Internal.Code
		body.b, _ = Envelope{}.Append(body.b[:0], &plain, info)
	}
	return body, fault
}

// append puts the body of e into b, from its start.
func (b *buffer) append(f Format, e *Error, info Info) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("apierr: the format %T panicked: %s", f, text.OfPanic(v))
		}
	}()
	dst, err := f.Append(b.b[:0], e, info)
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
