// Package schema holds what validate knows of a Go type: what belongs there on
// the wire, the names of its members, and how a Go path of fields is called
// there. A type is looked at once and kept.
package schema

import (
	"reflect"
	"sync"
)

// Source is a part of a request that input comes from. Its schemas are kept
// for good, as encoding/json keeps them: the number of types in a program is
// bounded, and nothing that a client sends is in them.
type Source struct {
	In  string // as in apierr.Violation
	Tag string // the struct tag with the names

	types sync.Map // reflect.Type -> *Type
}

// The sources. Types of different sources do not mix.
var (
	JSON   = &Source{Tag: "json"}
	Query  = &Source{In: "query", Tag: "query"}
	Path   = &Source{In: "path", Tag: "path"}
	Header = &Source{In: "header", Tag: "header"}
	Form   = &Source{In: "form", Tag: "form"}
)

// Parameters are the sources beside JSON. They take only fields with a tag.
var Parameters = []*Source{Query, Path, Header, Form}

// Type is the schema of a Go type. It is read-only.
type Type struct {
	Go     reflect.Type
	Source *Source
	Kind   Kind
	Basic  bool   // a string, boolean or number that does not unmarshal itself
	Text   bool   // unmarshals itself from text
	Want   string // what belongs here, in JSON's words; empty: anything

	Members    []*Member         // Object: in order of declaration
	Fields     map[string]*Field // Object: the struct's own fields by their Go names
	Open       bool              // Object: members of any name are accepted
	Duplicates []string          // names that several fields claim, for Check
	Fault      error             // why nothing can be decoded into a value of the type, from JSON; nil: it can

	longest int // bytes of the longest name in byName
	byName  map[string]*Member
	folded  map[string]*Member // of members with case:ignore, by folded name
}

// Member is a member of a JSON object, or a parameter: a field of a struct, or
// of one that is embedded in it.
type Member struct {
	Name   string
	Index  []int // for reflect.Value.FieldByIndex
	Go     reflect.Type
	Single reflect.Type // a struct of this field alone, where options of its tag change its value; else nil
	Fault  error        // why nothing can be decoded into it with those options; nil: it can

	options string // of the tag
	tagged  bool   // the name comes from a tag
	fold    bool   // case:ignore
	rank    int    // position in Members
}

// Rank is the position of the member in the order of declaration.
func (m *Member) Rank() int { return m.rank }

// Field is a field of a struct by its Go name.
type Field struct {
	Index int
	Go    reflect.Type
	// Name is that of the member. It is empty for an embedded struct, whose
	// members are its parent's, and for a field that has no member.
	Name string
}

// Of returns the schema of a type.
func (s *Source) Of(t reflect.Type) *Type {
	if known, ok := s.types.Load(t); ok {
		return known.(*Type)
	}
	known, _ := s.types.LoadOrStore(t, s.newType(t))
	return known.(*Type)
}

func (s *Source) newType(t reflect.Type) *Type {
	st := &Type{Go: t, Source: s, Kind: kindOf(t), Want: Want(t), Text: UnmarshalsText(t)}
	switch k := t.Kind(); {
	case st.Kind != Leaf || UnmarshalsItself(t) || t == DurationType:
	case k == reflect.String, k >= reflect.Bool && k <= reflect.Float64 && k != reflect.Uintptr:
		st.Basic = true
	}
	if st.Kind == Object {
		st.addMembers()
		st.addFields()
	}
	if s == JSON {
		st.Fault = faultOf(t, st.Kind)
	}
	return st
}

// Composite reports whether an object or an array belongs here.
func (t *Type) Composite() bool { return t.Kind == Object || t.Kind == Map || t.Kind == List }

// Elem is the schema of what the type points to or has as elements.
func (t *Type) Elem() *Type { return t.Source.Of(t.Go.Elem()) }

// LongestName is the length in bytes of the longest name of a member.
func (t *Type) LongestName() int { return t.longest }

// Member finds the member of a name, nil if there is none.
func (t *Type) Member(name string) *Member {
	if m := t.byName[name]; m != nil || len(t.folded) == 0 {
		return m
	}
	return t.folded[fold(name)]
}
