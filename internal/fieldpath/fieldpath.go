// Package fieldpath is the grammar of the paths of violations:
//
//	$                the whole document
//	name             a member of the outermost object
//	a.b              member b of member a
//	items[0].name    a member of the first element of an array
//	meta["a.b"].zip  a member whose name is not plain, as a JSON string
//
// It appends to paths, takes them apart, and nothing else in this module does
// either.
package fieldpath

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Root is the path of the whole document.
const Root = "$"

// Limit is the length in bytes of the longest path that a client receives. A
// deeper place is reported as its nearest ancestor whose path fits.
const Limit = 512

// AppendName appends an object member to a path.
func AppendName(path []byte, name string) []byte {
	if !Plain(name) {
		path = append(path, '[')
		quoted, err := jsontext.AppendQuote(path, name)
		if err != nil { // invalid UTF-8, which accepted JSON never contains
			quoted = strconv.AppendQuoteToASCII(path, name)
		}
		return append(quoted, ']')
	}
	if len(path) > 0 {
		path = append(path, '.')
	}
	return append(path, name...)
}

// AppendIndex appends an array element to a path.
func AppendIndex(path []byte, i int) []byte {
	return append(strconv.AppendInt(append(path, '['), int64(i), 10), ']')
}

// Plain reports whether a path holds a member name unquoted.
func Plain(name string) bool {
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 0x80:
			return plainUnicode(name)
		case c < ' ', c == 0x7f, c == '.', c == '[', c == ']', c == '"', c == '\\':
			return false
		}
	}
	return name != "" && name != Root
}

// plainUnicode is Plain for names beyond ASCII, which must be printable.
func plainUnicode(name string) bool {
	for _, r := range name {
		if !strconv.IsPrint(r) || strings.ContainsRune(`.[]"\`, r) {
			return false
		}
	}
	return true
}

// Step is one part of a path: a member, or an element of an array.
type Step struct {
	Name    string // of a member; for an element empty, or its digits where they overflow Index
	Index   int    // of an element; -1 if it overflows
	IsIndex bool   // whether this is an element
}

// Member and Element are the steps of the two kinds.
func Member(name string) Step { return Step{Name: name} }
func Element(i int) Step      { return Step{Index: i, IsIndex: true} }

// String is the name of a member, or the digits of an index.
func (s Step) String() string {
	if s.IsIndex && s.Name == "" {
		return strconv.Itoa(s.Index)
	}
	return s.Name
}

// Split takes a path apart. Root has no steps. ok is false for a path that is
// not of this grammar.
func Split(path string) (steps []Step, ok bool) {
	if path == Root {
		return nil, true
	}
	if strings.HasPrefix(path, "$.") || strings.HasPrefix(path, "$[") {
		path = path[1:]
	}
	for {
		step, rest, ok := Cut(path)
		if !ok {
			return nil, false
		}
		steps = append(steps, step)
		if path = rest; path == "" {
			return steps, true
		}
	}
}

// Cut takes the first step off a path. The rest begins with the dot or the
// bracket of the next step. ok is false for the root and the empty path, and
// where the first step is malformed.
func Cut(path string) (s Step, rest string, ok bool) {
	switch {
	case path == "" || path == Root:
		return Step{}, "", false
	case strings.HasPrefix(path, `["`):
		return cutQuoted(path)
	case path[0] == '[':
		return cutIndex(path)
	}
	path = strings.TrimPrefix(path, ".")
	end := strings.IndexAny(path, ".[")
	if end < 0 {
		end = len(path)
	}
	return Member(path[:end]), path[end:], end > 0
}

// cutQuoted reads a JSON string in brackets.
func cutQuoted(path string) (s Step, rest string, ok bool) {
	end := 2
	for end < len(path) && path[end] != '"' {
		if path[end] == '\\' {
			end++
		}
		end++
	}
	if end+1 >= len(path) || path[end+1] != ']' {
		return Step{}, "", false
	}
	name, err := jsontext.AppendUnquote(nil, path[1:end+1])
	rest = path[end+2:]
	return Member(string(name)), rest, err == nil && begins(rest)
}

// cutIndex reads a number in brackets.
func cutIndex(path string) (s Step, rest string, ok bool) {
	end := strings.IndexByte(path, ']')
	if end < 2 || strings.Trim(path[1:end], "0123456789") != "" {
		return Step{}, "", false
	}
	rest = path[end+1:]
	i, err := strconv.Atoi(path[1:end])
	if err != nil {
		return Step{Name: path[1:end], Index: -1, IsIndex: true}, rest, begins(rest)
	}
	return Element(i), rest, begins(rest)
}

// begins reports whether a step, or the end, may follow a bracket.
func begins(rest string) bool { return rest == "" || rest[0] == '.' || rest[0] == '[' }

// Parent is a path without its last step, and empty for a path of one step.
func Parent(path string) string {
	end := 0
	for rest := path; ; {
		_, after, ok := Cut(rest)
		if !ok || after == "" {
			return path[:end]
		}
		end, rest = len(path)-len(after), after
	}
}

// Within reports whether path is base or lies beneath it.
func Within(path, base string) bool {
	if base == Root || path == base {
		return true
	}
	return len(path) > len(base) && path[:len(base)] == base && (path[len(base)] == '.' || path[len(base)] == '[')
}

// Shorten returns a path of at most [Limit] bytes: path itself or its nearest
// ancestor that fits.
func Shorten(path string) string {
	if len(path) <= Limit {
		return path
	}
	fits := 0
	for rest := path; ; {
		_, after, ok := Cut(rest)
		at := len(path) - len(after)
		if !ok || at > Limit {
			break
		}
		fits, rest = at, after
	}
	if fits == 0 {
		return Root
	}
	return path[:fits]
}
