package decode

import (
	"cmp"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/fieldpath"
	"github.com/failwell/failwell/validate/internal/message"
	"github.com/failwell/failwell/validate/internal/schema"
	"github.com/failwell/failwell/validate/internal/violation"
)

const (
	// maxBracketed is the number of names with brackets, such as
	// items[0].name, that are accepted.
	maxBracketed = 1000
	// maxElements is the number of elements that can be addressed by an index:
	// one name with a great index makes a list of that length.
	maxElements = 100
	// paramsPerByte and paramsBase bound what the values of parameters may
	// allocate, as budgetPerByte and budgetBase do for JSON.
	paramsPerByte = 20
	paramsBase    = 24 << 10
)

// Params decodes named parameters into v, a struct of the type t. Names that no
// member of t begins are ignored. It costs what names and values are long.
// limit is that of [Options], maxDepth the number of steps that a name may have.
func Params(values url.Values, v reflect.Value, t *schema.Type, limit, maxDepth int) Result {
	p := params{limit: limit, maxDepth: maxDepth, budget: paramsBase}
	for name, texts := range values {
		p.budget += paramsPerByte * (len(name) + textLength(texts))
	}
	var bracketed []string
	for name, texts := range values {
		if strings.Contains(name, "[") && t.Member(name) == nil {
			bracketed = append(bracketed, name)
		} else {
			p.parameter(t, v, name, texts)
		}
	}
	// Great indexes first, so that few lists grow.
	slices.SortFunc(bracketed[:min(len(bracketed), maxBracketed)], func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(b, a))
	})
	for i, name := range bracketed {
		if i < maxBracketed {
			p.parameter(t, v, name, values[name])
		} else if m, _ := head(t, name); m != nil && !schema.IsFile(m.Go) {
			p.at = fieldpath.Path{}.Name(m.Name)
			p.malformed()
			break
		}
	}
	return Result{p.found, p.budget < 0}
}

func textLength(texts []string) (n int) {
	for _, text := range texts {
		n += len(text) + 1
	}
	return n
}

type params struct {
	at       fieldpath.Path
	found    []violation.Violation
	limit    int
	maxDepth int
	budget   int
}

func (p *params) done() bool { return len(p.found) > p.limit || p.budget < 0 }

func (p *params) add(v apierr.Violation) {
	v.Path = p.at.String()
	p.found = append(p.found, violation.Violation{Violation: v, Offset: violation.Unplaced})
}

func (p *params) malformed() {
	p.add(apierr.Violation{Rule: violation.Format, Message: message.Invalid})
}

// spend counts an allocation, and records a violation if it is one too many.
func (p *params) spend(bytes uintptr) bool {
	p.budget -= int(min(bytes, 1<<40))
	if p.budget < 0 {
		p.malformed()
	}
	return p.budget >= 0
}

// head finds the member that a name begins with, and what is behind it.
func head(t *schema.Type, name string) (m *schema.Member, rest string) {
	if len(name) <= t.LongestName() {
		if m = t.Member(name); m != nil {
			return m, ""
		}
	}
	if i := strings.IndexAny(name, ".["); i >= 0 {
		return t.Member(name[:i]), name[i:]
	}
	return nil, ""
}

// parameter decodes one parameter into a member of the struct v.
func (p *params) parameter(t *schema.Type, v reflect.Value, name string, texts []string) {
	m, rest := head(t, name)
	if m == nil || schema.IsFile(m.Go) || p.done() {
		return
	}
	p.at = fieldpath.Path{}.Name(m.Name)
	f, ok := schema.FieldByIndex(v, m.Index)
	if !ok || !balanced(rest) || strings.Count(rest, ".")+strings.Count(rest, "[") > p.maxDepth {
		p.malformed()
		return
	}
	p.set(t.Source.Of(m.Go), f, rest, texts)
}

// balanced reports whether every bracket in a name is closed before the next
// one opens.
func balanced(name string) bool {
	open := false
	for i := range len(name) {
		switch c := name[i]; {
		case c == '[' && open, c == ']' && !open:
			return false
		case c == '[', c == ']':
			open = c == '['
		}
	}
	return !open
}

// set decodes texts into what the rest of a name leads to from v.
func (p *params) set(t *schema.Type, v reflect.Value, rest string, texts []string) {
	switch {
	case rest == "":
		p.texts(t, v, texts)
	case t.Kind == schema.Pointer, t.Kind == schema.Optional:
		if inner, ok := p.fill(t, v); ok {
			p.set(t.Elem(), inner, rest, texts)
		}
	case rest[0] == '.' && t.Kind == schema.Object:
		p.member(t, v, rest[1:], texts)
	case rest[0] == '[' && t.Kind == schema.List:
		p.element(t, v, rest, texts)
	case rest[0] == '[' && t.Kind == schema.Map:
		p.entry(t, v, rest, texts)
	default: // more steps than the type has
		p.malformed()
	}
}

// fill returns the value that a pointer points to, or the one that an Optional
// holds, and makes it if there is none.
func (p *params) fill(t *schema.Type, v reflect.Value) (inner reflect.Value, ok bool) {
	if t.Kind == schema.Optional {
		if v.Len() == 0 {
			if !p.spend(t.Go.Elem().Size()) {
				return v, false
			}
			v.Set(reflect.MakeSlice(t.Go, 1, 1))
		}
		return v.Index(0), true
	}
	if v.IsNil() {
		if !p.spend(t.Go.Elem().Size()) {
			return v, false
		}
		v.Set(reflect.New(t.Go.Elem()))
	}
	return v.Elem(), true
}

func (p *params) member(t *schema.Type, v reflect.Value, name string, texts []string) {
	m, rest := head(t, name)
	if m == nil {
		p.malformed()
		return
	}
	p.at = p.at.Name(m.Name)
	if f, ok := schema.FieldByIndex(v, m.Index); ok {
		p.set(t.Source.Of(m.Go), f, rest, texts)
	} else {
		p.malformed()
	}
}

func (p *params) element(t *schema.Type, v reflect.Value, rest string, texts []string) {
	end := strings.IndexByte(rest, ']')
	i, err := strconv.ParseUint(rest[1:end], 10, 16)
	if err != nil || i >= maxElements || t.Go.Kind() == reflect.Array && int(i) >= v.Len() {
		p.malformed()
		return
	}
	if t.Go.Kind() == reflect.Slice && !p.extend(v, int(i)+1) {
		return
	}
	p.at = p.at.Index(int(i))
	p.set(t.Elem(), v.Index(int(i)), rest[end+1:], texts)
}

// extend makes a slice at least n elements long.
func (p *params) extend(v reflect.Value, n int) bool {
	if n <= v.Len() {
		return true
	}
	if n > v.Cap() {
		grown := max(n, 2*v.Cap())
		if n <= maxElements {
			grown = min(grown, maxElements)
		}
		if !p.spend(uintptr(grown) * v.Type().Elem().Size()) {
			return false
		}
		v.Grow(grown - v.Len())
	}
	v.SetLen(n)
	return true
}

func (p *params) entry(t *schema.Type, v reflect.Value, rest string, texts []string) {
	end := strings.IndexByte(rest, ']')
	name := rest[1:end]
	p.at = p.at.Name(name)
	key, ok := mapKey(t.Go.Key(), name)
	if !ok {
		p.malformed()
		return
	}
	size := t.Go.Elem().Size() + entrySize(t.Go)
	if v.IsNil() {
		size += mapSize(t.Go)
	}
	if !p.spend(size) {
		return
	}
	if v.IsNil() {
		v.Set(reflect.MakeMap(t.Go))
	}
	elem := reflect.New(t.Go.Elem()).Elem()
	if known := v.MapIndex(key); known.IsValid() {
		elem.Set(known)
	}
	p.set(t.Elem(), elem, rest[end+1:], texts)
	v.SetMapIndex(key, elem)
}

// texts decodes the texts of one name.
func (p *params) texts(t *schema.Type, v reflect.Value, texts []string) {
	switch t.Kind {
	case schema.Pointer, schema.Optional:
		if isEmpty(texts) && schema.Pointee(t.Go.Elem()).Kind() != reflect.String {
			return
		}
		if inner, ok := p.fill(t, v); ok {
			p.texts(t.Elem(), inner, texts)
		}
	case schema.List:
		p.list(t, v, texts)
	case schema.Object, schema.Map:
		p.add(message.Mismatch(t.Want, '"'))
	default:
		p.text(t, v, texts[0])
	}
}

func isEmpty(texts []string) bool {
	return !slices.ContainsFunc(texts, func(text string) bool { return text != "" })
}

func (p *params) list(t *schema.Type, v reflect.Value, texts []string) {
	if t.Go.Kind() == reflect.Slice {
		if !p.extend(v, len(texts)) {
			return
		}
	} else if len(texts) > v.Len() {
		p.malformed()
		return
	}
	outer := p.at
	for i := range texts {
		if p.done() {
			return
		}
		p.at = outer.Index(i)
		p.texts(t.Elem(), v.Index(i), texts[i:i+1])
	}
	p.at = outer
}

// text decodes one text into a value that is not taken apart.
func (p *params) text(t *schema.Type, v reflect.Value, text string) {
	if text == "" && (v.Kind() != reflect.String || schema.UnmarshalsText(t.Go)) {
		return // an empty value is none
	}
	if !setText(t, v, text) {
		v.SetZero()
		p.add(message.Misfit(t.Go, t.Want, asJSON(t, text)))
	}
}

// SortByDeclaration puts violations in the order of the members of t that they
// stand in, and those of one member in the order of their paths.
func SortByDeclaration(t *schema.Type, found []violation.Violation) {
	for i := range found {
		found[i].Offset = -1 // the whole
		step, _, _ := fieldpath.Cut(found[i].Path)
		if m := t.Member(step.Name); m != nil {
			found[i].Offset = m.Rank()
		}
	}
	slices.SortStableFunc(found, func(a, b violation.Violation) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Path, b.Path))
	})
}
