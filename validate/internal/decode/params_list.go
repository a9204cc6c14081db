package decode

import (
	"math/bits"
	"reflect"

	"github.com/failwell/failwell/validate/internal/schema"
)

// A list has the elements that were sent and no others: an index gives an element
// its place among the others, and gaps between indexes close. So items[7]=a alone
// makes a list of one element, no element is made up, and a great index costs
// nothing. Paths keep the indexes that the client sent, see [Sent].

// A list has room for all indexes.
const _ = uint(128 - maxElements)

// list is what the names of a request say of one list.
type list struct {
	indexes [2]uint64 // the indexes that were sent, one bit each
	plain   int32     // elements sent without an index, which come first
	filled  int32     // of plain, how many are decoded
}

// len is the number of elements.
func (l *list) len() int {
	return int(l.plain) + bits.OnesCount64(l.indexes[0]) + bits.OnesCount64(l.indexes[1])
}

// position is the position of the element with an index.
func (l *list) position(i int) int {
	n := int(l.plain) + bits.OnesCount64(l.indexes[i/64]&(1<<(i%64)-1))
	if i >= 64 {
		n += bits.OnesCount64(l.indexes[0])
	}
	return n
}

// sent is the index that the client sent for the element at a position.
func (l *list) sent(position int) int {
	i := position - int(l.plain)
	if i < 0 {
		return position
	}
	for word, all := range l.indexes {
		for ; all != 0; all &= all - 1 {
			if i == 0 {
				return 64*word + bits.TrailingZeros64(all)
			}
			i--
		}
	}
	return position
}

// element decodes texts into one element of a list.
func (p *params) element(t *schema.Type, v reflect.Value, s step, texts []string) {
	l, at := p.trace.list(), s.index
	switch {
	case at < int(l.plain):
		p.at = p.at.Index(at)
		p.repeated()
		return
	case t.Go.Kind() == reflect.Slice:
		if at = l.position(s.index); !p.grow(v, l.len()) {
			return
		}
		p.trace.gaps = p.trace.gaps || at != s.index
	case at >= v.Len():
		p.malformed()
		return
	}
	p.at = p.at.Index(s.index)
	p.trace.pushIndex(s.index)
	p.set(t.Elem(), v.Index(at), s.rest, texts)
}

// grow makes a slice n elements long.
func (p *params) grow(v reflect.Value, n int) bool {
	if n > v.Cap() {
		if !p.spend(uintptr(n) * v.Type().Elem().Size()) {
			return false
		}
		v.Grow(n - v.Len())
	}
	if n > v.Len() {
		v.SetLen(n)
	}
	return true
}

// list decodes texts into all elements of a list, behind those that another name
// of the list has sent.
func (p *params) list(t *schema.Type, v reflect.Value, texts []string) {
	start, n := 0, len(texts)
	if l := p.trace.list(); l != nil {
		start, n = int(l.filled), l.len()
		l.filled += int32(len(texts))
	}
	if t.Go.Kind() == reflect.Slice {
		if !p.grow(v, n) {
			return
		}
	} else if start+len(texts) > v.Len() {
		p.malformed()
		return
	}
	outer, elem, trace := p.at, t.Elem(), p.trace
	p.trace = nil // elements without an index are sent once
	for i, text := range texts {
		if p.done() {
			break
		}
		p.at = outer.Index(start + i)
		if text == "" && emptyIsNone(elem) {
			p.add(misfit(elem, text)) // it cannot be missing without moving the others
		} else {
			p.set(elem, v.Index(start+i), "", texts[i:i+1])
		}
	}
	p.at, p.trace = outer, trace
}
