package recent

import (
	"encoding/binary"
	"strings"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/text"
)

// A record is a Failure as bytes. It holds no pointer, so that a thousand of
// them cost the garbage collector nothing and share no memory with a request.
// Texts have their length in front of them; the IDs come first, for hasID.

// Bounds of the texts, in bytes.
const (
	maxID     = 128
	maxMethod = 32
	maxRoute  = 256
	maxPath   = 512
	maxCode   = 128
	maxCause  = 4 << 10
	maxStack  = 12 << 10
	maxOther  = 1 << 10 // WriteError, SecondaryError

	maxViolationIn   = 64
	maxViolationPath = 128
	maxViolationRule = 64

	// maxRecord is more than all of them together, with their lengths.
	maxRecord = 32 << 10
)

const (
	flagClientGone = 1 << iota
	flagCut
)

// appendFailure appends f as a record.
func appendFailure(b []byte, f *Failure) []byte {
	b = appendText(b, f.RequestID, maxID)
	b = appendText(b, f.CorrelationID, maxID)
	b = appendText(b, f.TraceID, maxID)
	b = binary.LittleEndian.AppendUint64(b, uint64(f.Time.UnixNano()))
	b = binary.AppendVarint(b, int64(f.Duration))
	b = binary.AppendVarint(b, int64(f.Status))
	var flags byte
	if f.ClientGone {
		flags |= flagClientGone
	}
	if f.Cut {
		flags |= flagCut
	}
	b = append(b, flags)
	b = appendText(b, f.Method, maxMethod)
	b = appendText(b, f.Route, maxRoute)
	b = appendText(b, f.Path, maxPath)
	b = appendText(b, f.Code, maxCode)
	b = appendText(b, f.Cause, maxCause)
	b = appendText(b, f.Stack, maxStack)
	b = appendText(b, f.WriteError, maxOther)
	b = appendText(b, f.SecondaryError, maxOther)
	rules := f.Violations[:min(len(f.Violations), maxViolations+1)]
	b = append(b, byte(len(rules)))
	for _, v := range rules {
		b = appendText(b, v.In, maxViolationIn)
		b = appendText(b, v.Path, maxViolationPath)
		b = appendText(b, v.Rule, maxViolationRule)
	}
	return b
}

// appendText appends at most n bytes of s.
func appendText(b []byte, s string, n int) []byte {
	if len(s) > n {
		s = text.Clip(s, n)
	}
	if len(s) < 0x80 { // most are, and binary.AppendUvarint would do the same
		return append(append(b, byte(len(s))), s...)
	}
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// hasID reports whether one of the three IDs of the record is id.
func hasID(rec []byte, id string) bool {
	r := reader{rec}
	return string(r.bytes()) == id || string(r.bytes()) == id || string(r.bytes()) == id
}

// decodeFailure returns the failure of a record. It shares no memory with it.
func decodeFailure(rec []byte) Failure {
	r := reader{rec}
	f := Failure{RequestID: r.text(maxID), CorrelationID: r.text(maxID), TraceID: r.text(maxID)}
	f.Time = time.Unix(0, r.int64()).UTC()
	f.Duration = time.Duration(r.varint())
	f.Status = int(r.varint())
	flags := r.byte()
	f.ClientGone, f.Cut = flags&flagClientGone != 0, flags&flagCut != 0
	f.Method = r.text(maxMethod)
	f.Route = r.text(maxRoute)
	f.Path = r.text(maxPath)
	f.Code = r.text(maxCode)
	f.Cause = r.text(maxCause)
	f.Stack = r.text(maxStack)
	f.WriteError = r.text(maxOther)
	f.SecondaryError = r.text(maxOther)
	for range r.byte() {
		f.Violations = append(f.Violations, apierr.Violation{
			In: r.text(maxViolationIn), Path: r.text(maxViolationPath), Rule: r.text(maxViolationRule),
		})
	}
	return f
}

// reader reads a record that appendFailure has made.
type reader struct{ rest []byte }

// text returns the next text as valid UTF-8 of at most n bytes. The check is
// made here and not in appendText: few failures are ever read.
func (r *reader) text(n int) string {
	return text.Clip(strings.ToValidUTF8(string(r.bytes()), "\uFFFD"), n)
}

func (r *reader) bytes() []byte {
	n, size := binary.Uvarint(r.rest)
	end := size + int(n)
	b := r.rest[size:end]
	r.rest = r.rest[end:]
	return b
}

func (r *reader) varint() int64 {
	v, size := binary.Varint(r.rest)
	r.rest = r.rest[size:]
	return v
}

func (r *reader) int64() int64 {
	v := binary.LittleEndian.Uint64(r.rest)
	r.rest = r.rest[8:]
	return int64(v)
}

func (r *reader) byte() byte {
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}
