package validate

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/failwell/failwell/apierr"
)

// tooDeep reports a body with objects and arrays more than maxDepth deep in
// each other. What encoding/json/v2 allows could exhaust what comes after.
func (c *config) tooDeep(body []byte) error {
	if bytes.Count(body, []byte{'{'})+bytes.Count(body, []byte{'['}) <= c.maxDepth {
		return nil
	}
	depth := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '{', '[':
			if depth++; depth > c.maxDepth {
				return invalidJSON(body, i, "nested too deeply")
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

// syntaxOf returns what is wrong with a body as JSON, nil if nothing is.
func syntaxOf(body []byte) error {
	if jsontext.Value(body).IsValid() {
		return nil
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(body))
	_, err := d.ReadValue()
	if err == nil {
		s := scanner{body, int(d.InputOffset())}
		for s.i < len(body) && isSpace(body[s.i]) {
			s.i++
		}
		return invalidJSON(body, s.i, "unexpected data after the value")
	}
	if len(bytes.TrimLeft(body, " \t\r\n")) == 0 {
		return apierr.InvalidJSON.WithMessage("The request body is empty")
	}
	at := len(body)
	if e, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		at = min(int(e.ByteOffset), len(body))
	}
	return invalidJSON(body, at, fault(body, at, err))
}

// fault says what is wrong at an offset, without the parser's own words.
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
	case (c == '}' || c == ']') && bytes.HasSuffix(bytes.TrimRight(body[:at], " \t\r\n"), []byte{','}):
		return "trailing comma"
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

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

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

// invalidJSON says what is wrong with a body, and where, counted from 1, a
// column being a character.
func invalidJSON(body []byte, at int, what string) *apierr.Error {
	before := body[:at]
	line := bytes.Count(before, []byte{'\n'}) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return apierr.InvalidJSON.WithMessage(fmt.Sprintf("Invalid JSON: %s at line %d, column %d", what, line, column))
}
