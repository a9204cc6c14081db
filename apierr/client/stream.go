package client

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/failwell/failwell/apierr"
)

// maxEvent is the most bytes of one line, and of the data of one event.
const maxEvent = 1 << 20

var errTooLong = fmt.Errorf("client: the stream has more than 1 MiB in one event or line: %w", bufio.ErrTooLong)

// streamError returns the error in body, which the server has sent as the end of a
// stream.
func (c *Client) streamError(body []byte) *RemoteError {
	var got content
	var ok bool
	if len(body) <= maxBody {
		got, ok = c.forms[0].read(body)
	}
	e, known := c.resolve(got, ok, c.streamFailed.Status)
	if !known || got.code == "" && got.id == 0 {
		e = c.streamFailed
	}
	return remoteError(body, got, e, known)
}

// streamFailed returns what the contract answers in place of
// [apierr.StreamFailed].
func streamFailed(contract apierr.Contract, compiled *apierr.CompiledContract) *apierr.Error {
	if m := contract.Mappings[apierr.StreamFailed]; m.Error != nil {
		return m.Error
	}
	if contract.Closed && contract.Lookup(apierr.StreamFailed.Code) == nil {
		return compiled.ForStatus(apierr.StreamFailed.Status)
	}
	return apierr.StreamFailed
}

// lineReader reads lines of at most maxEvent bytes.
type lineReader struct {
	r       *bufio.Reader
	started bool
	afterCR bool // the line before ended with CR: an LF belongs to it
	line    []byte
}

func newLineReader(r io.Reader) *lineReader { return &lineReader{r: bufio.NewReader(r)} }

var bom = []byte("\uFEFF")

// next returns the next line of an event stream, without its end: CR, LF or both.
// A line that ends with CR is returned before what follows has arrived. The line
// is valid until the next call. The error is io.EOF after the end of a line.
func (l *lineReader) next() ([]byte, error) { return l.until("\r\n") }

// nextLF is next for lines that end with LF or CRLF.
func (l *lineReader) nextLF() ([]byte, error) {
	line, err := l.until("\n")
	return bytes.TrimSuffix(line, []byte("\r")), err
}

// rest returns the part of a line that was read before the error of next or nextLF.
func (l *lineReader) rest() []byte { return l.line }

// until returns the next line that ends with one of the bytes.
func (l *lineReader) until(ends string) ([]byte, error) {
	l.line = l.line[:0]
	for {
		chunk, err := l.chunk()
		if err != nil {
			return nil, l.end(err)
		}
		if l.afterCR {
			l.afterCR = false
			if chunk[0] == '\n' {
				l.r.Discard(1)
				continue
			}
		}
		end := bytes.IndexAny(chunk, ends)
		length := end
		if end < 0 {
			length = len(chunk)
		}
		if len(l.line)+length > maxEvent {
			return nil, errTooLong
		}
		l.line = append(l.line, chunk[:length]...)
		if end < 0 {
			l.r.Discard(length)
			continue
		}
		l.afterCR = chunk[end] == '\r'
		l.r.Discard(end + 1)
		if !l.started {
			l.started, l.line = true, bytes.TrimPrefix(l.line, bom)
		}
		return l.line, nil
	}
}

// chunk returns what has arrived, at least one byte.
func (l *lineReader) chunk() ([]byte, error) {
	if _, err := l.r.Peek(1); err != nil {
		return nil, err
	}
	return l.r.Peek(l.r.Buffered())
}

// end returns the error of a stream that ends with err.
func (l *lineReader) end(err error) error {
	if !l.started {
		l.line = bytes.TrimPrefix(l.line, bom)
	}
	switch {
	case err == io.EOF && len(l.line) == 0:
		return io.EOF
	case err == io.EOF:
		return io.ErrUnexpectedEOF
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return fmt.Errorf("client: the stream was cut: %w: %w", io.ErrUnexpectedEOF, err)
}
