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
// Numbers are little-endian:
//
//	8 bytes      time, in nanoseconds after 1970
//	8 bytes      duration, in nanoseconds
//	4 bytes      status
//	1 byte       flags
//	1 byte       number of violations
//	2 bytes ...  length of each of the texts of textsOf
//	             these texts
//	             In, Path and Rule of each violation, with 2 bytes of length
//	             in front of each

// textsOf returns the texts of f in the order of a record. The IDs come first,
// for hasID.
func textsOf(f *Failure) [texts]string {
	return [texts]string{
		f.RequestID, f.CorrelationID, f.TraceID, f.Method, f.Route, f.Path, f.Code,
		f.Cause, f.Stack, f.WriteError, f.SecondaryError,
	}
}

const texts = 11

// bounds are the most bytes of each of the texts.
var bounds = [texts]int{maxID, maxID, maxID, maxMethod, maxRoute, maxPath, maxCode, maxCause, maxStack, maxOther, maxOther}

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

	lengthsAt = 8 + 8 + 4 + 1 + 1
	headSize  = lengthsAt + 2*texts

	// maxRecord is more than all of them together, with their lengths.
	maxRecord = 32 << 10
)

const (
	flagClientGone = 1 << iota
	flagCut
)

// keep adds f as a record. The loop has no branch: few texts are too long.
func (r *ring) keep(f *Failure) {
	t := textsOf(f)
	size, spare := headSize, 0
	for i := range t {
		size += len(t[i])
		spare |= bounds[i] - len(t[i]) // negative if one of them is
	}
	if spare < 0 {
		size = headSize + clip(&t)
	}
	var rules []byte
	if len(f.Violations) > 0 {
		var buf [512]byte // enough for most, so that nothing is allocated
		rules = appendViolations(buf[:0], f.Violations)
	}
	if room := r.begin(size + len(rules)); room != nil {
		putRecord(room, f, &t, rules)
		r.end()
	}
}

// clip cuts the texts that are too long, and returns the length of all.
func clip(t *[texts]string) (size int) {
	for i := range t {
		t[i] = text.Clip(t[i], bounds[i])
		size += len(t[i])
	}
	return size
}

// putRecord writes the record over dst. The texts are within their bounds.
func putRecord(dst []byte, f *Failure, t *[texts]string, rules []byte) {
	le := binary.LittleEndian
	head := dst[:headSize]
	le.PutUint64(head, uint64(f.Time.UnixNano()))
	le.PutUint64(head[8:], uint64(f.Duration))
	le.PutUint32(head[16:], uint32(f.Status))
	var flags byte
	if f.ClientGone {
		flags |= flagClientGone
	}
	if f.Cut {
		flags |= flagCut
	}
	head[20] = flags
	head[21] = byte(min(len(f.Violations), maxViolations+1))
	lengths, n := head[lengthsAt:], headSize
	for i, s := range t {
		le.PutUint16(lengths[2*i:], uint16(len(s)))
		if s != "" { // half of them are empty
			n += copy(dst[n:], s)
		}
	}
	copy(dst[n:], rules)
}

// appendViolations appends In, Path and Rule of at most maxViolations, and of one
// more whose rule is "more" if there are more. Param belongs to the rule of the
// program, and Message may quote the value.
func appendViolations(b []byte, violations []apierr.Violation) []byte {
	for i, v := range violations {
		if i == maxViolations {
			v = apierr.Violation{Rule: "more"}
		}
		b = appendText(b, v.In, maxViolationIn)
		b = appendText(b, v.Path, maxViolationPath)
		b = appendText(b, v.Rule, maxViolationRule)
		if i == maxViolations {
			break
		}
	}
	return b
}

// appendText appends at most n bytes of s, and their number in front.
func appendText(b []byte, s string, n int) []byte {
	s = text.Clip(s, n)
	return append(binary.LittleEndian.AppendUint16(b, uint16(len(s))), s...)
}

// hasID reports whether one of the three IDs of the record is id.
func hasID(rec []byte, id string) bool {
	r := newReader(rec)
	for range 3 {
		if string(r.next()) == id {
			return true
		}
	}
	return false
}

// decodeFailure returns the failure of a record. It shares no memory with it.
func decodeFailure(rec []byte) Failure {
	le := binary.LittleEndian
	r := newReader(rec)
	f := Failure{
		Time:           time.Unix(0, int64(le.Uint64(rec))).UTC(),
		Duration:       time.Duration(le.Uint64(rec[8:])),
		Status:         int(int32(le.Uint32(rec[16:]))),
		ClientGone:     rec[20]&flagClientGone != 0,
		Cut:            rec[20]&flagCut != 0,
		RequestID:      r.text(),
		CorrelationID:  r.text(),
		TraceID:        r.text(),
		Method:         r.text(),
		Route:          r.text(),
		Path:           r.text(),
		Code:           r.text(),
		Cause:          r.text(),
		Stack:          r.text(),
		WriteError:     r.text(),
		SecondaryError: r.text(),
	}
	for range rec[21] {
		f.Violations = append(f.Violations, apierr.Violation{
			In: r.short(maxViolationIn), Path: r.short(maxViolationPath), Rule: r.short(maxViolationRule),
		})
	}
	return f
}

// reader reads the texts of a record.
type reader struct {
	lengths, rest []byte
	at            int // the number of the next text
}

func newReader(rec []byte) reader {
	return reader{lengths: rec[lengthsAt:headSize], rest: rec[headSize:]}
}

// next returns the next of the texts of textsOf.
func (r *reader) next() []byte {
	n := binary.LittleEndian.Uint16(r.lengths[2*r.at:])
	r.at++
	return r.take(int(n))
}

func (r *reader) take(n int) []byte {
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

// text is next as valid UTF-8.
func (r *reader) text() string { return valid(r.next(), bounds[r.at-1]) }

// short returns a text that has its length in front.
func (r *reader) short(most int) string {
	n := binary.LittleEndian.Uint16(r.take(2))
	return valid(r.take(int(n)), most)
}

// valid returns b as valid UTF-8 of at most n bytes. It is called for what is
// read and not for what is kept: few failures are ever read.
func valid(b []byte, n int) string {
	return text.Clip(strings.ToValidUTF8(string(b), "\uFFFD"), n)
}
