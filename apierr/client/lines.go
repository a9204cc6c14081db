package client

import (
	"bytes"
	"io"
	"iter"
)

// Lines returns the lines of a stream of JSON lines, under the contract of
// [apierr.Standard]. It is short for New(apierr.Standard).Lines(r).
func Lines(r io.Reader) iter.Seq2[[]byte, error] { return standard().Lines(r) }

// Lines returns the lines of a stream of JSON lines, the body of a response with
// the media type application/x-ndjson, application/jsonl or the like. The last
// pair has the error, if there is one:
//
//   - a [*RemoteError] for an error of the contract in the last line, where the
//     server sends it when it fails; the end of this line may be missing
//   - an error that is [io.ErrUnexpectedEOF] if the stream was cut: reading it
//     failed, or its last line has no line end
//   - the error of reading, if it is [context.Canceled] or
//     [context.DeadlineExceeded]. Another cause of a cancelled context is wrapped in
//     an error that is [io.ErrUnexpectedEOF].
//   - an error that is [bufio.ErrTooLong] for a line over 1 MiB
//
// A line with the form of the contract's errors may be data. It is returned once
// more has arrived: only the last one is an error. A [Decoder] is called
// with each line of at most 256 KiB; of a Format that cannot be decoded, or has
// neither code nor constants, no line is an error. A cut between two lines cannot be
// seen in a response without length and chunks.
//
// The lines are without their line ends, CRLF or LF. Empty lines are skipped, and
// nothing else of the JSON is checked. Each line is a new slice. Lines does not
// close r, and can be ranged over once.
func (c *Client) Lines(r io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		lines := newLineReader(r)
		var held []byte // may be the error that ends the stream
		for {
			line, err := lines.nextLF()
			if err == nil && len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			if held != nil {
				if err != nil && len(bytes.TrimSpace(lines.rest())) == 0 {
					yield(nil, c.streamError(held))
					return
				}
				if !yield(held, nil) {
					return
				}
				held = nil
			}
			switch {
			case err == io.EOF:
				return
			case err != nil:
				if rest := lines.rest(); c.isErrorLine(rest) {
					err = c.streamError(rest)
				}
				yield(nil, err)
				return
			case c.isErrorLine(line):
				held = bytes.Clone(line)
			case !yield(bytes.Clone(line), nil):
				return
			}
		}
	}
}

// isErrorLine reports whether a line has the form of the contract's errors.
func (c *Client) isErrorLine(line []byte) bool {
	if len(line) > maxBody {
		return false
	}
	f, ok := c.forms[0].(lineForm)
	return ok && f.isLine(line)
}
