package decode

import (
	"net/url"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

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
	// paramsPerByte and paramsBase bound what the values of parameters may
	// allocate, as budgetPerByte and budgetBase do for JSON.
	paramsPerByte = 20
	paramsBase    = 24 << 10
)

// Params decodes named parameters into v, a struct of the type t. Names that no
// member of t begins are ignored. It costs what names and values are long.
// limit is that of [Options], maxDepth the number of steps that a name may have.
func Params(values url.Values, v reflect.Value, t *schema.Type, limit, maxDepth int) (Result, Sent) {
	p := params{limit: limit, maxDepth: maxDepth, budget: paramsBase}
	stepped := 0
	for name, texts := range values {
		p.budget += paramsPerByte * (len(name) + textLength(texts))
		if hasSteps(t, name) {
			stepped++
		}
	}
	names := p.accepted(t, values, stepped)
	p.trace = newTrace(t, values, names, maxDepth)
	for name, texts := range values {
		if !hasSteps(t, name) {
			p.parameter(t, v, name, texts)
		}
	}
	for _, name := range names {
		p.parameter(t, v, name, values[name])
	}
	return Result{p.found, p.budget < 0}, Sent{p.trace}
}

// hasSteps reports whether a name leads beyond a member of t.
func hasSteps(t *schema.Type, name string) bool {
	return strings.ContainsAny(name, ".[") && (len(name) > t.LongestName() || t.Member(name) == nil)
}

// accepted returns the names of several steps, of which there are n, that belong
// to a member, lead somewhere and have texts that are a value. They are in a fixed order. At most
// maxBracketed may have brackets; the first member with more has a violation.
func (p *params) accepted(t *schema.Type, values url.Values, n int) []string {
	if n == 0 {
		return nil
	}
	names := make([]string, 0, n)
	for name := range values {
		if hasSteps(t, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	bracketed := 0
	return slices.DeleteFunc(names, func(name string) bool {
		m, rest := Head(t, name)
		switch {
		case m == nil:
			return utf8.ValidString(name)
		case strings.Contains(name, "["):
			if bracketed++; bracketed == maxBracketed+1 {
				p.at = fieldpath.Path{}.Name(m.Name)
				p.malformed()
			}
		}
		if bracketed > maxBracketed {
			return true
		}
		return !schema.IsFile(m.Go) && utf8.ValidString(name) && !p.leads(t, m, rest, values[name])
	})
}

// leads reports whether a name that begins with the member m leads to a value that
// its texts are one for. A name that leads nowhere has a violation.
func (p *params) leads(t *schema.Type, m *schema.Member, rest string, texts []string) bool {
	last := follow(t, m, rest, p.maxDepth, nil)
	if last == nil && !p.done() {
		p.at = fieldpath.Path{}.Name(m.Name)
		follow(t, m, rest, p.maxDepth, p.step) // as far as there is something
		p.malformed()
	}
	return last != nil && !isNone(last, texts)
}

func textLength(texts []string) (n int) {
	for _, text := range texts {
		n += len(text) + 1
	}
	return n
}

// params decodes the parameters of one request.
type params struct {
	at       fieldpath.Path
	found    []violation.Violation
	limit    int
	maxDepth int
	budget   int
	badName  bool   // a name that is not UTF-8 and that no member has was reported
	trace    *trace // nil: no name has several steps
}

func (p *params) done() bool { return len(p.found) > p.limit || p.budget < 0 }

func (p *params) add(v apierr.Violation) {
	v.Path = p.at.String()
	p.found = append(p.found, violation.Violation{Violation: v, Offset: violation.Unplaced})
}

func (p *params) malformed() {
	p.add(apierr.Violation{Rule: violation.Format, Message: message.Invalid})
}

func (p *params) notUTF8() {
	p.add(apierr.Violation{Rule: violation.Format, Message: message.NotUTF8})
}

// spend counts an allocation, and records a violation if it is one too many.
func (p *params) spend(bytes uintptr) bool {
	p.budget -= int(min(bytes, 1<<40))
	if p.budget < 0 {
		p.malformed()
	}
	return p.budget >= 0
}

// parameter decodes one parameter into a member of the struct v.
func (p *params) parameter(t *schema.Type, v reflect.Value, name string, texts []string) {
	if p.done() {
		return
	}
	m, rest := Head(t, name)
	p.at = fieldpath.Path{}
	switch {
	case m == nil && !utf8.ValidString(name) && !p.badName:
		p.badName = true
		p.notUTF8()
	case m == nil:
	case !utf8.ValidString(name):
		p.at = p.at.Name(m.Name)
		p.notUTF8()
	case schema.IsFile(m.Go):
		p.at = p.at.Name(m.Name)
		p.noFile(rest, texts)
	default:
		p.member(t, v, m, rest, texts)
	}
}

// noFile records texts in the place of a file, but for the empty text of a file
// input in which no file was chosen.
func (p *params) noFile(rest string, texts []string) {
	switch {
	case isEmpty(texts):
	case rest == "" || rest == AllElements:
		p.add(message.Wrong(message.File, "string"))
	default:
		p.malformed()
	}
}

// member decodes texts into a member of the struct v.
func (p *params) member(t *schema.Type, v reflect.Value, m *schema.Member, rest string, texts []string) {
	p.at = p.at.Name(m.Name)
	f, ok := schema.FieldByIndex(v, m.Index)
	if !ok {
		p.malformed()
		return
	}
	p.trace.start(m.Name)
	p.set(t.Source.Of(m.Go), f, rest, texts)
}

// step goes one step on from a value of type t.
func (p *params) step(t *schema.Type, s step) bool {
	switch t.Kind {
	case schema.Object:
		p.at = p.at.Name(s.member.Name)
	case schema.List:
		p.at = p.at.Index(s.index)
	default:
		p.at = p.at.Name(s.name)
	}
	return true
}

// set decodes texts into what the rest of a name leads to from v. It leads
// somewhere.
func (p *params) set(t *schema.Type, v reflect.Value, rest string, texts []string) {
	if t.Kind == schema.Pointer || t.Kind == schema.Optional {
		if rest == "" && isNone(t, texts) {
			return
		}
		if inner, ok := p.fill(t, v); ok {
			p.set(t.Elem(), inner, rest, texts)
		}
		return
	}
	if ends(t, rest) {
		p.texts(t, v, texts)
		return
	}
	s, _ := next(t, rest)
	switch t.Kind {
	case schema.Object:
		p.field(t, v, s, texts)
	case schema.List:
		p.element(t, v, s, texts)
	default:
		p.entry(t, v, s, texts)
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

func (p *params) field(t *schema.Type, v reflect.Value, s step, texts []string) {
	p.at = p.at.Name(s.member.Name)
	f, ok := schema.FieldByIndex(v, s.member.Index)
	if !ok {
		p.malformed()
		return
	}
	p.trace.push(s.member.Name)
	p.set(t.Source.Of(s.member.Go), f, s.rest, texts)
}

func (p *params) entry(t *schema.Type, v reflect.Value, s step, texts []string) {
	p.at = p.at.Name(s.name)
	key, ok := textKey(t.Go.Key(), s.name)
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
	p.trace.push(keyText(key))
	p.set(t.Elem(), elem, s.rest, texts)
	v.SetMapIndex(key, elem)
}

// texts decodes the texts of one name into a value that is no pointer.
func (p *params) texts(t *schema.Type, v reflect.Value, texts []string) {
	switch {
	case isNone(t, texts):
	case t.Kind == schema.List:
		p.list(t, v, texts)
	case t.Kind == schema.Object, t.Kind == schema.Map:
		p.add(message.Mismatch(t.Want, '"'))
	case len(texts) > 1, p.trace.again():
		v.SetZero()
		p.repeated()
	default:
		p.text(t, v, texts[0])
	}
}

func (p *params) repeated() {
	p.add(apierr.Violation{Rule: violation.Repeated, Message: message.Repeated})
}

// text decodes one text into a value that is not taken apart.
func (p *params) text(t *schema.Type, v reflect.Value, text string) {
	switch {
	case !utf8.ValidString(text):
		p.notUTF8()
	case !setText(t, v, text):
		v.SetZero()
		p.add(misfit(t, text))
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
		if a.Offset != b.Offset {
			return a.Offset - b.Offset
		}
		return comparePaths(a.Path, b.Path)
	})
}

// comparePaths compares paths as texts, and numbers in them by their value.
func comparePaths(a, b string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	x, y := digits(a[i:]), digits(b[i:])
	if x != y && (x > 0 && y > 0 || i > 0 && digits(a[i-1:i]) > 0) {
		return x - y
	}
	return strings.Compare(a[i:], b[i:])
}

// digits is the number of digits that a text begins with.
func digits(text string) int { return len(text) - len(strings.TrimLeft(text, "0123456789")) }
