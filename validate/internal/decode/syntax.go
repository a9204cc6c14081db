package decode

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Malformed is the error for a body that is not JSON.
type Malformed struct {
	What         string // what is wrong, in English. Empty: the body is empty
	Line, Column int    // where, from 1; a column is a character
}

// Error is the message for clients in English.
func (m *Malformed) Error() string {
	if m.What == "" {
		return "The request body is empty"
	}
	return fmt.Sprintf("Invalid JSON: %s at line %d, column %d", m.What, m.Line, m.Column)
}

// Depth returns a *Malformed for a body whose objects and arrays are nested more
// than maxDepth deep. encoding/json/v2 itself allows 10,000.
func Depth(body []byte, maxDepth int) error {
	if bytes.Count(body, []byte{'{'})+bytes.Count(body, []byte{'['}) <= maxDepth {
		return nil
	}
	depth := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '{', '[':
			if depth++; depth > maxDepth {
				return malformed(body, i, "nested too deeply")
			}
		case '}', ']':
			depth--
		case '"':
			s := scanner{body, i}
			s.skipString()
			i = s.i - 1
		}
	}
	return nil
}

// Syntax returns the *Malformed of a body, nil if it is valid JSON.
func Syntax(body []byte) error {
	if jsontext.Value(body).IsValid() {
		return nil
	}
	return SyntaxError(body, json.Unmarshal(body, new(jsontext.Value)))
}

// SyntaxError is the *Malformed for an error of json about a body.
func SyntaxError(body []byte, err error) error {
	s := scanner{b: body}
	if s.kind() == 0 && s.i == len(body) {
		return &Malformed{}
	}
	at := len(body)
	if e, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		at = min(int(e.ByteOffset), len(body))
	}
	if s.skip(); s.i <= at && len(bytes.TrimLeft(body[s.i:at], " \t\r\n")) == 0 && at < len(body) {
		return malformed(body, at, "unexpected data after the value")
	}
	if comma := trailingComma(body, at); comma >= 0 {
		return malformed(body, comma, "trailing comma")
	}
	return malformed(body, at, fault(body, at, err))
}

// trailingComma finds the comma that a closing bracket follows, at an offset
// that is that of either, -1 if there is none.
func trailingComma(body []byte, at int) int {
	if at < len(body) && (body[at] == '}' || body[at] == ']') {
		at = len(bytes.TrimRight(body[:at], " \t\r\n")) - 1
	}
	if at < 0 || at >= len(body) || body[at] != ',' {
		return -1
	}
	rest := bytes.TrimLeft(body[at+1:], " \t\r\n")
	if len(rest) == 0 || rest[0] != '}' && rest[0] != ']' {
		return -1
	}
	return at
}

// fault describes the syntax error at an offset. It repeats no text of the parser.
func fault(body []byte, at int, err error) string {
	rest := body[at:]
	switch {
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")) && at <= 3,
		bytes.HasPrefix(body, []byte("\xff\xfe")) && at <= 2, bytes.HasPrefix(body, []byte("\xfe\xff")) && at <= 2:
		return "unexpected byte order mark"
	case errors.Is(err, jsontext.ErrDuplicateName):
		return "duplicate name in an object"
	case len(rest) == 0:
		return "unexpected end"
	case errors.Is(err, jsontext.ErrNonStringName):
		return "names must be strings in double quotes"
	}
	switch c := rest[0]; {
	case c == '\\':
		return "invalid escape sequence in a string"
	case c < ' ' && inString(body, at):
		return "unescaped control character"
	case c == '/', c == '#':
		return "comments are not allowed"
	case c == '\'':
		return "strings must be in double quotes"
	case c == 'N', c == 'I':
		return "NaN and Infinity are not JSON"
	}
	if r, n := utf8.DecodeRune(rest); r == utf8.RuneError && n <= 1 {
		return "invalid UTF-8"
	}
	return "unexpected character"
}

// inString reports whether an offset lies in a string.
func inString(body []byte, at int) bool {
	in := false
	for i := 0; i < at; i++ {
		switch body[i] {
		case '\\':
			if in {
				i++
			}
		case '"':
			in = !in
		}
	}
	return in
}

// malformed is the error for a fault at an offset.
func malformed(body []byte, at int, what string) *Malformed {
	before := body[:at]
	line := bytes.Count(before, []byte{'\n'}) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return &Malformed{what, line, column}
}
