package decode

import (
	"encoding"
	"fmt"
	"hash/maphash"
	"net/url"
	"reflect"
	"strconv"
	"unicode/utf8"

	"github.com/failwell/failwell/validate/internal/schema"
)

// trace knows which values the names of a request lead to, however the names are
// written, so that two names of one value are noticed, and the lengths of lists
// are known before they are made. A nil trace knows nothing.
//
// Values are known by the hash of the steps to them, which costs less memory than
// the steps. Of 1000 values, two have one hash in one of 10^13 requests, which is
// then rejected; the seed is random, so that no client can bring it about.
type trace struct {
	key   []byte // of the value that is decoded: the steps to it
	lists map[uint64]*list
	set   map[uint64]struct{} // the values that have their text
	room  []list              // for lists
	gaps  bool                // an element has another index than the one that was sent
}

// traceSeed is the seed of all hashes.
var traceSeed = maphash.MakeSeed()

// newTrace is the trace for names of several steps, and for the other names that
// may lead to the same values. It is nil if there are no such names.
func newTrace(t *schema.Type, values url.Values, names []string, maxDepth int) *trace {
	if len(names) == 0 {
		return nil
	}
	tr := &trace{lists: make(map[uint64]*list, len(names)), set: make(map[uint64]struct{}, len(names))}
	visit := tr.visit
	survey := func(m *schema.Member, rest string, texts []string) {
		tr.start(m.Name)
		if last := follow(t, m, rest, maxDepth, visit); last != nil && last.Kind == schema.List {
			tr.note().plain += int32(len(texts))
		}
	}
	for name, texts := range values {
		if m := t.Member(name); m != nil && !schema.IsFile(m.Go) && !isNone(t.Source.Of(m.Go), texts) {
			survey(m, "", texts)
		}
	}
	for _, name := range names {
		if m, rest := Head(t, name); m != nil && !schema.IsFile(m.Go) && utf8.ValidString(name) {
			survey(m, rest, values[name])
		}
	}
	return tr
}

// visit goes one step on from a value of type t, and notes the elements that are
// sent. It reports false for a map key that does not exist.
func (tr *trace) visit(t *schema.Type, s step) bool {
	switch t.Kind {
	case schema.Object:
		tr.push(s.member.Name)
	case schema.List:
		if l := tr.note(); t.Go.Kind() == reflect.Slice { // an array has all its elements
			l.indexes[s.index/64] |= 1 << (s.index % 64)
		}
		tr.pushIndex(s.index)
	default:
		key, ok := textKey(t.Go.Key(), s.name)
		if !ok {
			return false
		}
		tr.push(keyText(key))
	}
	return true
}

func (tr *trace) start(name string) {
	if tr != nil {
		tr.key = append(tr.key[:0], name...)
	}
}

// push goes one step on. Lengths stand in front of names, so that no name looks
// like two.
func (tr *trace) push(name string) {
	if tr != nil {
		tr.key = append(strconv.AppendInt(append(tr.key, '.'), int64(len(name)), 10), ':')
		tr.key = append(tr.key, name...)
	}
}

func (tr *trace) pushIndex(i int) {
	if tr != nil {
		tr.key = strconv.AppendInt(append(tr.key, '['), int64(i), 10)
	}
}

// list is what is known of the list at the key, nil for nothing.
func (tr *trace) list() *list {
	if tr == nil {
		return nil
	}
	return tr.lists[tr.hash()]
}

func (tr *trace) hash() uint64 { return maphash.Bytes(traceSeed, tr.key) }

// again reports whether another name has set the value at the key.
func (tr *trace) again() bool {
	if tr == nil {
		return false
	}
	h := tr.hash()
	_, known := tr.set[h]
	tr.set[h] = struct{}{}
	return known
}

// note is what is known of the list at the key.
func (tr *trace) note() *list {
	h := tr.hash()
	l := tr.lists[h]
	if l == nil {
		if len(tr.room) == 0 {
			tr.room = make([]list, 8)
		}
		l, tr.room = &tr.room[0], tr.room[1:]
		tr.lists[h] = l
	}
	return l
}

// textKey makes a map key of the text in brackets.
func textKey(t reflect.Type, text string) (reflect.Value, bool) {
	if t.PkgPath() != "" || t.Kind() != reflect.String && schema.Want(t) != "integer" {
		return mapKey(t, text)
	}
	key := reflect.New(t).Elem() // a type of the language: json would take a hundred times as long
	return key, setPlain(key, text)
}

// keyText is the text of a map key in a path, which equal keys share.
func keyText(key reflect.Value) string {
	if key.Type().NumMethod() > 0 {
		if m, ok := reflect.TypeAssert[encoding.TextMarshaler](key); ok {
			if text, err := m.MarshalText(); err == nil {
				return string(text)
			}
		}
	}
	if key.Kind() == reflect.String {
		return key.String()
	}
	return fmt.Sprint(key)
}
