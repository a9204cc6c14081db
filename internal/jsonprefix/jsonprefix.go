// Package jsonprefix finds out how much of a JSON document a stream of bytes is,
// without keeping or parsing it.
package jsonprefix

import (
	"bytes"
	"regexp"
	"strings"
)

// Is is what the bytes so far are.
type Is uint8

const (
	// Empty: nothing but white space.
	Empty Is = iota
	// Incomplete: the beginning of a document. Whether it is well formed is
	// not known.
	Incomplete
	// Other: a complete document with whatever follows it, or no JSON.
	Other
)

// Scanner reads the bytes of a stream. The zero value has read none. It takes
// a few nanoseconds a byte up to the end of the first document, and nothing
// behind it. It is not safe for use by several goroutines.
type Scanner struct {
	state   state
	depth   int  // open objects and arrays
	escaped bool // in a string, behind a backslash
	word    []byte
}

type state uint8

const (
	ahead  state = iota // no byte but white space was read
	inside              // in an object or array, between strings
	quoted              // in a string
	word                // in a number, true, false or null at the root
	done
)

// maxWord is the length in bytes from which a word at the root counts as
// complete.
const maxWord = 64

// Write reads the next bytes.
func (s *Scanner) Write(p []byte) {
	for len(p) > 0 && s.state != done {
		switch s.state {
		case ahead:
			p = bytes.TrimLeft(p, " \t\r\n")
			if len(p) > 0 {
				p = s.begin(p)
			}
		case inside:
			p = s.inside(p)
		case quoted:
			p = s.quoted(p)
		case word:
			p = s.inWord(p)
		}
	}
}

// Is returns what the bytes so far are.
func (s *Scanner) Is() Is {
	switch {
	case s.state == ahead:
		return Empty
	case s.state == done, s.state == word && !s.wordIsCut():
		return Other
	}
	return Incomplete
}

// begin reads the first byte of a document.
func (s *Scanner) begin(p []byte) []byte {
	switch c := p[0]; {
	case c == '{', c == '[':
		s.state, s.depth = inside, 1
	case c == '"':
		s.state = quoted
	case c == '-', '0' <= c && c <= '9', c == 't', c == 'f', c == 'n':
		s.state = word
		return p
	default:
		s.state = done
	}
	return p[1:]
}

func (s *Scanner) inside(p []byte) []byte {
	for i, c := range p {
		switch c {
		case '"':
			s.state = quoted
			return p[i+1:]
		case '{', '[':
			s.depth++
		case '}', ']':
			if s.depth--; s.depth == 0 {
				s.state = done
				return nil
			}
		}
	}
	return nil
}

func (s *Scanner) quoted(p []byte) []byte {
	for i := 0; i < len(p); i++ {
		switch {
		case s.escaped:
			s.escaped = false
		case p[i] == '\\':
			s.escaped = true
		case p[i] == '"':
			s.state = inside
			if s.depth == 0 {
				s.state = done
			}
			return p[i+1:]
		}
	}
	return nil
}

func (s *Scanner) inWord(p []byte) []byte {
	for i, c := range p {
		isWord := 'a' <= c && c <= 'z' || c == 'E' || '0' <= c && c <= '9' || c == '-' || c == '+' || c == '.'
		if !isWord || len(s.word) == maxWord {
			s.state = done
			return p[i:]
		}
		s.word = append(s.word, c)
	}
	return nil
}

// cutNumber matches a number that needs another byte (RFC 8259 section 6).
var cutNumber = regexp.MustCompile(`^-?(|(0|[1-9][0-9]*)(\.|(\.[0-9]+)?[eE][+-]?))$`)

// wordIsCut reports whether a word at the root needs more bytes.
func (s *Scanner) wordIsCut() bool {
	for _, whole := range []string{"true", "false", "null"} {
		if strings.HasPrefix(whole, string(s.word)) {
			return len(s.word) < len(whole)
		}
	}
	return cutNumber.Match(s.word)
}
