package validate

import (
	"cmp"
	"context"
	"encoding"
	"errors"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-playground/form/v4"

	"github.com/failwell/failwell/apierr"
)

const (
	// mostBrackets is how many names with brackets, such as items[0].name,
	// are taken from a client: the form decoder's work for them grows with
	// their square.
	mostBrackets = 1000
	// mostElements is how many elements may be addressed by an index: one
	// name with a great index makes an array of that length.
	mostElements = 100
)

// newFormDecoder makes a decoder for values of type t. It has one for each
// type, since types that unmarshal themselves must be registered with it.
func (n *naming) newFormDecoder(t reflect.Type) *form.Decoder {
	d := form.NewDecoder()
	d.SetMode(form.ModeExplicit)
	d.SetMaxArraySize(mostElements)
	d.RegisterTagNameFunc(func(sf reflect.StructField) string {
		switch name := parseName(sf, n.tag); {
		case name.out:
			return "-"
		case name.flat:
			return "\x00" // any name: the decoder asks for one, and nobody sends this
		default:
			return name.name
		}
	})
	registerTexts(d, t, make(map[reflect.Type]bool))
	return d
}

// registerTexts teaches d the types within t that unmarshal themselves from
// text.
func registerTexts(d *form.Decoder, t reflect.Type, seen map[reflect.Type]bool) {
	if seen[t] || t == fileType {
		return
	}
	seen[t] = true
	if t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(textUnmarshaler) {
		d.RegisterCustomTypeFunc(func(values []string) (any, error) {
			v := reflect.New(t)
			if len(values) > 0 && values[0] != "" {
				u, _ := reflect.TypeAssert[encoding.TextUnmarshaler](v)
				if err := u.UnmarshalText([]byte(values[0])); err != nil {
					return nil, err
				}
			}
			return v.Elem().Interface(), nil
		}, reflect.Zero(t).Interface())
		return
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		registerTexts(d, t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() || f.Anonymous {
				registerTexts(d, f.Type, seen)
			}
		}
	}
}

// fill decodes values into in, a pointer to the type of s, and judges it.
// extra, if not nil, adds what else is to be found before the rules run.
func (w *work) fill(ctx context.Context, c *config, in any, s *survey, values url.Values, extra func(*work)) (err error) {
	defer recovered(&err)
	known, found := s.shape.known(values)
	w.found = append(w.found, found...)
	if err := s.decoder().Decode(in, known); err != nil {
		faults, ok := errors.AsType[form.DecodeErrors](err)
		if !ok {
			return apierr.Internal.Wrap(err)
		}
		for at := range faults {
			w.found = append(w.found, s.shape.fault(at, known[at]))
		}
	}
	if extra != nil {
		extra(w)
	}
	w.say.ownWords(w.found)
	decoding := len(w.found)
	if err := w.judge(ctx, c, s, reflect.ValueOf(in).Elem()); err != nil {
		return apierr.Internal.Wrap(err)
	}
	w.found = unrelated(w.found, decoding)
	for i := range w.found {
		w.found[i].offset = s.shape.rank(w.found[i].Path)
	}
	slices.SortStableFunc(w.found, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.offset, b.offset), cmp.Compare(a.Path, b.Path))
	})
	return c.report(nil, w.found, apierr.InvalidParameter)
}

// known returns the values whose names lead to a field of s, and a finding for
// each that is not well formed. The form decoder panics on those, with the
// client's bytes in the log.
func (s *shape) known(values url.Values) (url.Values, []finding) {
	kept := make(url.Values, min(len(values), len(s.fields)))
	var found []finding
	brackets := 0
	for name, v := range values {
		top := name
		if i := strings.IndexAny(name, ".["); i >= 0 && s.byName[name] == nil {
			top = name[:i]
		}
		f := s.byName[top]
		switch {
		case f == nil || isFile(f.typ):
			continue
		case !balanced(name), f.typ.Kind() == reflect.Array && len(v) > f.typ.Len() && !unmarshalsItself(f.typ):
			found = append(found, s.malformed(top)) // for an array the decoder would print a warning
			continue
		}
		if strings.Contains(name, "[") {
			if brackets++; brackets > mostBrackets {
				return nil, append(found, s.malformed(top))
			}
		}
		kept[name] = v
	}
	return kept, found
}

func (s *shape) malformed(name string) finding {
	return finding{apierr.Violation{Path: trail{path: appendName(nil, name)}.String(), Rule: ruleFormat, Message: msgInvalid}, unplaced}
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

// fault is the finding for values that did not fit their field.
func (s *shape) fault(at string, values []string) finding {
	path, t := s.follow(at)
	bad := apierr.Violation{Rule: ruleFormat, Message: msgInvalid}
	if t != nil && len(values) > 0 {
		i := 0
		if elem := elemOf(t); elem != nil && !isBytes(t) {
			t = elem
			i = max(0, slices.IndexFunc(values, func(v string) bool { return !fits(t, v) }))
			path += string(appendIndex(nil, i))
		}
		bad = misfit(t, wantOf(t), asJSON(t, values[i]))
	}
	bad.Path = path
	return finding{bad, unplaced}
}

// asJSON is a text as the JSON value that misfit is to judge.
func asJSON(t reflect.Type, value string) []byte {
	if want := wantOf(t); want == "integer" || want == "number" {
		if _, err := strconv.ParseFloat(value, 64); err == nil || errors.Is(err, strconv.ErrRange) {
			return []byte(value)
		}
	}
	return []byte{'"'}
}

// fits reports whether the form decoder takes a text for a number.
func fits(t reflect.Type, value string) bool {
	var err error
	switch k := pointee(t).Kind(); {
	case value == "":
	case k >= reflect.Int && k <= reflect.Int64:
		_, err = strconv.ParseInt(value, 10, pointee(t).Bits())
	case k >= reflect.Uint && k <= reflect.Uint64:
		_, err = strconv.ParseUint(value, 10, pointee(t).Bits())
	case k == reflect.Float32 || k == reflect.Float64:
		_, err = strconv.ParseFloat(value, pointee(t).Bits())
	}
	return err == nil
}

// follow finds the path and type of a name such as filter.tags[0]; the type is
// nil where it leads nowhere.
func (s *shape) follow(name string) (string, reflect.Type) {
	t := s.typ
	var path []byte
	for name != "" {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if name[0] == '[' {
			end := strings.IndexByte(name, ']')
			elem := elemOf(t)
			if end < 0 || elem == nil {
				return trail{path: path}.String(), nil
			}
			if i, err := strconv.Atoi(name[1:end]); err == nil && t.Kind() != reflect.Map {
				path = appendIndex(path, i)
			} else {
				path = appendName(path, name[1:end])
			}
			t, name = elem, name[end+1:]
			continue
		}
		name = strings.TrimPrefix(name, ".")
		if t.Kind() != reflect.Struct {
			return trail{path: path}.String(), nil
		}
		part, rest := name, ""
		inner := s.names.shapeOf(t)
		if i := strings.IndexAny(name, ".["); i >= 0 && inner.byName[name] == nil {
			part, rest = name[:i], name[i:]
		}
		f := inner.byName[part]
		if f == nil {
			return trail{path: path}.String(), nil
		}
		path, t, name = appendName(path, part), f.typ, rest
	}
	return trail{path: path}.String(), t
}

// rank is where the field that a path begins with stands among the fields.
func (s *shape) rank(path string) int {
	first, _, _ := cutStep(path)
	return slices.IndexFunc(s.fields, func(f *field) bool { return f.name == first.name })
}
