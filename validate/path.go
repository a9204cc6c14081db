package validate

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// root is the path of the whole document.
const root = "$"

// pathLimit is the longest path, in bytes, that is told to a client. What lies
// deeper is told by its nearest ancestor that fits.
const pathLimit = 512

// appendName appends an object member to a path.
func appendName(path []byte, name string) []byte {
	if !plain(name) {
		path = append(path, '[')
		quoted, err := jsontext.AppendQuote(path, name)
		if err != nil { // not UTF-8, which no JSON that was accepted contains
			quoted = strconv.AppendQuoteToASCII(path, name)
		}
		return append(quoted, ']')
	}
	if len(path) > 0 {
		path = append(path, '.')
	}
	return append(path, name...)
}

// appendIndex appends an array element to a path.
func appendIndex(path []byte, i int) []byte {
	return append(strconv.AppendInt(append(path, '['), int64(i), 10), ']')
}

// plain reports whether a member name stands in a path as it is.
func plain(name string) bool {
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 0x80:
			return plainUnicode(name)
		case c < ' ', c == 0x7f, c == '.', c == '[', c == ']', c == '"', c == '\\':
			return false
		}
	}
	return name != "" && name != root
}

// plainUnicode is plain for names beyond ASCII: printable ones are.
func plainUnicode(name string) bool {
	for _, r := range name {
		if !strconv.IsPrint(r) || strings.ContainsRune(`.[]"\`, r) {
			return false
		}
	}
	return true
}

// trail is a path on its way down. It ends at the last step with which it is
// within pathLimit, so that long names cost nothing for what lies beneath them.
type trail struct {
	path   []byte
	beyond bool // there were further steps
}

// name is the trail to a member.
func (t trail) name(name string) trail {
	if t.beyond || len(name) > pathLimit {
		return trail{t.path, true}
	}
	return t.step(appendName(t.path, name))
}

// index is the trail to an element.
func (t trail) index(i int) trail {
	if t.beyond {
		return t
	}
	return t.step(appendIndex(t.path, i))
}

func (t trail) step(path []byte) trail {
	if len(path) > pathLimit {
		return trail{t.path, true}
	}
	return trail{path, false}
}

// apart is a trail whose steps do not overwrite those of another one.
func (t trail) apart() trail { return trail{t.path[:len(t.path):len(t.path)], t.beyond} }

// atRoot reports whether the trail leads nowhere yet.
func (t trail) atRoot() bool { return len(t.path) == 0 && !t.beyond }

// String is the path, "$" for the whole document.
func (t trail) String() string {
	if len(t.path) == 0 {
		return root
	}
	return string(t.path)
}

// step is one part of a path: a member by its name, or with isIndex set the
// element of an array.
type step struct {
	name    string
	index   int
	isIndex bool
}

// cutStep takes the first step off a path that appendName and appendIndex
// made. ok is false at its end.
func cutStep(path string) (s step, rest string, ok bool) {
	switch {
	case path == "" || path == root:
		return step{}, "", false
	case strings.HasPrefix(path, `["`):
		end := 2
		for end < len(path) && path[end] != '"' {
			if path[end] == '\\' {
				end++
			}
			end++
		}
		if end+2 > len(path) {
			return step{}, "", false
		}
		name, err := jsontext.AppendUnquote(nil, path[1:end+1])
		return step{name: string(name)}, path[end+2:], err == nil
	case path[0] == '[':
		end := strings.IndexByte(path, ']')
		if end < 0 {
			return step{}, "", false
		}
		i, err := strconv.Atoi(path[1:end])
		return step{index: i, isIndex: true}, path[end+1:], err == nil
	}
	path = strings.TrimPrefix(path, ".")
	if end := strings.IndexAny(path, ".["); end >= 0 {
		return step{name: path[:end]}, path[end:], true
	}
	return step{name: path}, "", true
}

// within reports whether path is base or lies beneath it.
func within(path, base string) bool {
	if base == root || path == base {
		return true
	}
	return len(path) > len(base) && path[:len(base)] == base && (path[len(base)] == '.' || path[len(base)] == '[')
}
