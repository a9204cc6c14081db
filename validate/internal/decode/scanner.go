package decode

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// scanner walks over JSON that is known to be valid. On anything else it ends
// early. It never panics.
type scanner struct {
	b []byte
	i int // before a value, between values, or at the end
}

// kind returns the first byte of the value ahead, 0 at the end.
func (s *scanner) kind() byte {
	for s.i < len(s.b) {
		switch c := s.b[s.i]; c {
		case ' ', '\t', '\n', '\r', ',', ':':
			s.i++
		default:
			return max(c, 1) // NUL is not the end
		}
	}
	return 0
}

// enter goes into the object or array ahead.
func (s *scanner) enter() {
	s.kind()
	s.i++
}

// more reports whether the object or array has another member or element, and
// leaves it if not.
func (s *scanner) more() bool {
	switch s.kind() {
	case 0:
		return false
	case '}', ']':
		s.i++
		return false
	}
	return true
}

// name reads the name of the member ahead, and where it stands.
func (s *scanner) name() (name []byte, at int) {
	s.kind()
	at = s.i
	s.skipString()
	raw := s.b[at:s.i]
	if len(raw) < 2 {
		return nil, at
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1], at
	}
	name, _ = jsontext.AppendUnquote(nil, raw)
	return name, at
}

// next reads the value ahead.
func (s *scanner) next() []byte {
	s.kind()
	at := s.i
	s.skip()
	return s.b[at:s.i]
}

// skip goes past the value ahead.
func (s *scanner) skip() {
	for depth := 0; ; {
		switch s.kind() {
		case 0:
			return
		case '"':
			s.skipString()
		case '{', '[':
			depth++
			s.i++
		case '}', ']':
			depth--
			s.i++
		default:
			s.skipWord()
		}
		if depth <= 0 {
			return
		}
	}
}

func (s *scanner) skipString() {
	s.i++
	rest := s.b[min(s.i, len(s.b)):]
	if end := bytes.IndexByte(rest, '"'); end >= 0 && bytes.IndexByte(rest[:end], '\\') < 0 {
		s.i += end + 1 // most strings
		return
	}
	for ; s.i < len(s.b); s.i++ {
		switch s.b[s.i] {
		case '\\':
			s.i++
		case '"':
			s.i++
			return
		}
	}
	s.i = len(s.b)
}

// skipWord goes past a number, true, false or null.
func (s *scanner) skipWord() {
	for s.i++; s.i < len(s.b); s.i++ {
		switch s.b[s.i] {
		case ' ', '\t', '\n', '\r', ',', ':', '}', ']', '{', '[', '"':
			return
		}
	}
}
