package decode

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/fieldpath"
	"github.com/failwell/failwell/validate/internal/message"
	"github.com/failwell/failwell/validate/internal/schema"
	"github.com/failwell/failwell/validate/internal/violation"
)

// walk decodes a body value by value and records what is wrong with each. It
// reads every byte once, at every depth, so hostile input costs what its length
// is.
//
// This is a walk of our own and not json's with a function for every value:
// such a function cannot see unknown members, and would have to decode the
// values inside a failing one again at each level.
type walk struct {
	scanner
	options Options
	json    json.Options // of options
	at      fieldpath.Stack
	found   []violation.Violation
	// decoded is the offset up to which the first attempt decoded everything.
	// Values that end before it are in place and are skipped.
	decoded    int
	unfinished []int // see unfinishedAt
	budget     int   // see budget.go
	fault      error // why nothing can be decoded into the type of the value ahead; it ends the walk
}

// done reports whether the walk ends here.
func (w *walk) done() bool { return len(w.found) > w.options.Limit || w.budget < 0 || w.fault != nil }

func (w *walk) add(offset int, v apierr.Violation) {
	v.Path = w.at.String()
	w.found = append(w.found, violation.Violation{Violation: v, Offset: offset})
}

// value decodes the value ahead into v, which is settable. single is that of
// [schema.Member].
func (w *walk) value(t *schema.Type, v reflect.Value, single reflect.Type) {
	c := w.kind()
	if w.skipDecoded() {
		return
	}
	if t.Fault != nil && !(c == 'n' && len(w.at) > 0 && t.Composite()) {
		w.fault = fmt.Errorf("validate: %s: %w", t.Go, t.Fault)
		return
	}
	switch {
	case single != nil || t.Kind == schema.Leaf:
		w.leaf(t, v, single)
	case t.Kind == schema.Pointer:
		w.pointer(t, v, c == 'n')
	case t.Kind == schema.Optional:
		w.optional(t, v, c == 'n')
	case c == 'n' && len(w.at) > 0:
		w.skip() // null is the zero value, as in json
		v.SetZero()
	case c == '{' && t.Kind == schema.Object:
		w.object(t, v)
	case c == '{' && t.Kind == schema.Map:
		w.entries(t, v)
	case c == '[' && t.Kind == schema.List:
		w.list(t, v)
	default:
		w.add(w.i, message.Mismatch(t.Want, c))
		w.skip()
		v.SetZero()
	}
}

// skipDecoded skips the value ahead if the first attempt decoded it.
func (w *walk) skipDecoded() bool {
	start := w.i
	if start >= w.decoded {
		return false
	}
	if _, unfinished := slices.BinarySearch(w.unfinished, start); unfinished {
		return false
	}
	w.skip()
	if w.i < w.decoded {
		return true
	}
	w.i = start
	return false
}

// unfinishedAt lists the offsets of the objects and arrays that are open at an
// offset, outermost first.
func unfinishedAt(body []byte, offset int) (open []int) {
	s := scanner{b: body[:min(offset, len(body))]}
	for {
		switch s.kind() {
		case 0:
			return open
		case '{', '[':
			open = append(open, s.i)
			s.i++
		case '}', ']':
			open = open[:max(len(open)-1, 0)]
			s.i++
		case '"':
			s.skipString()
		default:
			s.skipWord()
		}
	}
}

func (w *walk) pointer(t *schema.Type, v reflect.Value, null bool) {
	inner := t.Elem()
	if null && !(len(w.at) == 0 && inner.Composite()) {
		w.skip()
		v.SetZero()
		return
	}
	if v.IsNil() {
		w.spend(inner.Go.Size())
		v.Set(reflect.New(inner.Go))
	}
	w.value(inner, v.Elem(), nil)
}

func (w *walk) optional(t *schema.Type, v reflect.Value, null bool) {
	if null {
		w.skip()
		v.Set(reflect.MakeSlice(t.Go, 0, 0))
		return
	}
	if v.Len() == 0 {
		w.spend(t.Go.Elem().Size())
		v.Set(reflect.MakeSlice(t.Go, 1, 1))
	}
	w.value(t.Elem(), v.Index(0), nil)
}

func (w *walk) object(t *schema.Type, v reflect.Value) {
	for w.enter(); w.more() && !w.done(); {
		name, offset := w.name()
		m := t.Member(string(name))
		switch {
		case m != nil:
			w.at.PushName(m.Name)
			w.member(t, m, v)
			w.at.Pop()
		case t.Open || w.options.AllowUnknown:
			w.skip()
		default:
			w.at.PushName(string(name))
			w.add(offset, apierr.Violation{Rule: violation.Unknown, Message: message.Unknown})
			w.at.Pop()
			w.skip()
		}
	}
}

func (w *walk) member(t *schema.Type, m *schema.Member, v reflect.Value) {
	w.kind()
	f, ok := schema.FieldByIndex(v, m.Index)
	if !ok {
		w.add(w.i, apierr.Violation{Rule: violation.Format, Message: message.Invalid})
		w.skip()
		return
	}
	if m.Fault != nil {
		w.fault = fmt.Errorf("validate: %s, member %q: %w", t.Go, m.Name, m.Fault)
		return
	}
	w.value(t.Source.Of(m.Go), f, m.Single)
}

func (w *walk) entries(t *schema.Type, v reflect.Value) {
	if v.IsNil() {
		w.spend(mapSize(t.Go))
		v.Set(reflect.MakeMap(t.Go))
	}
	elem := t.Elem()
	// One key and one value serve all entries: a map copies them.
	key, ev := reflect.New(t.Go.Key()).Elem(), reflect.New(elem.Go).Elem()
	for w.enter(); w.more() && !w.done(); {
		raw, offset := w.name()
		w.kind()
		if !w.skipDecoded() {
			name := string(raw)
			w.at.PushName(name)
			ok := setKey(key, name)
			if !ok {
				w.add(offset, apierr.Violation{Rule: violation.Format, Message: message.Invalid})
			}
			w.entry(elem, v, key, ev, ok)
			w.at.Pop()
		}
	}
}

// entry decodes the value ahead into ev, and sets the entry of a map to it if
// the key is ok.
func (w *walk) entry(elem *schema.Type, v, key, ev reflect.Value, ok bool) {
	w.spend(elem.Go.Size() + entrySize(v.Type()))
	ev.SetZero()
	if w.i < w.decoded { // the first attempt ended within this value
		if known := v.MapIndex(key); ok && known.IsValid() {
			ev.Set(known)
		} else {
			w.decoded = 0
		}
	}
	w.value(elem, ev, nil)
	if ok {
		v.SetMapIndex(key, ev)
	}
}

func (w *walk) list(t *schema.Type, v reflect.Value) {
	isSlice := t.Go.Kind() == reflect.Slice
	if isSlice {
		w.keepCapacity(t.Go, v)
	}
	elem := t.Elem()
	start, n := w.i, 0
	for w.enter(); w.more() && !w.done(); n++ {
		if isSlice {
			w.extend(v, n)
		} else if n >= v.Len() {
			w.skip()
			continue
		}
		w.at.PushIndex(n)
		w.value(elem, v.Index(n), nil)
		w.at.Pop()
	}
	if !isSlice && n != v.Len() && !w.done() {
		size := strconv.Itoa(v.Len())
		w.add(start, apierr.Violation{Rule: violation.Length, Param: size, Message: "Must contain exactly " + message.Plural(size, "item")})
	}
}

// keepCapacity empties a slice and keeps the elements that the first attempt
// decoded in its capacity.
func (w *walk) keepCapacity(t reflect.Type, v reflect.Value) {
	if v.IsNil() {
		v.Set(reflect.MakeSlice(t, 0, 0))
	} else {
		v.SetLen(0)
	}
}

// extend makes a slice of n elements one element longer.
func (w *walk) extend(v reflect.Value, n int) {
	if n == v.Cap() {
		w.spend(uintptr(n+max(n, 4)) * v.Type().Elem().Size())
		v.Grow(max(n, 4))
	}
	v.SetLen(n + 1)
}
