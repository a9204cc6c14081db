package schema

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/failwell/failwell/internal/fieldpath"
)

// Wire is the path on the wire of a Go path such as "Inner.Password" or
// "Items[0].ID", counted from the struct t. ok is false where a part of it has
// no name there, as what is within a type that unmarshals itself.
func (t *Type) Wire(goPath string) (path string, ok bool) {
	var at fieldpath.Path
	in := t.Go
	for part := range strings.SplitSeq(goPath, ".") {
		name, indexes, _ := strings.Cut(part, "[")
		sf, found := fieldOf(in, name)
		if !found || UnmarshalsItself(Pointee(in)) {
			return "", false
		}
		in = Pointee(in)
		for _, i := range sf.Index { // more than one if the field is promoted
			f := in.Field(i)
			if n := t.Source.NameOf(f); n.Out {
				return "", false
			} else if !n.Flat {
				at = at.Name(n.Name)
			}
			in = Pointee(f.Type)
		}
		for index := range strings.SplitSeq(indexes, "[") {
			if index == "" {
				continue
			}
			i, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
			if err != nil || in.Kind() != reflect.Slice && in.Kind() != reflect.Array {
				return "", false
			}
			at, in = at.Index(i), Pointee(in.Elem())
		}
	}
	return at.String(), !at.IsRoot()
}

// HasField reports whether a Go path leads to a field of t, whether or not it
// has a name on the wire.
func HasField(t reflect.Type, goPath string) bool {
	for part := range strings.SplitSeq(goPath, ".") {
		name, indexes, _ := strings.Cut(part, "[")
		sf, ok := fieldOf(t, name)
		if !ok {
			return false
		}
		t = sf.Type
		for range strings.Count(indexes, "]") {
			if t = ElemOf(Pointee(t)); t == nil {
				return false
			}
		}
	}
	return true
}

func fieldOf(t reflect.Type, name string) (sf reflect.StructField, ok bool) {
	if t == nil || Pointee(t).Kind() != reflect.Struct {
		return sf, false
	}
	return Pointee(t).FieldByName(name)
}
