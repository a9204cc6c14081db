package validate

import (
	"encoding"
	"reflect"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// shape is what this package knows of a Go type, worked out once: what belongs
// there on the wire, and how its members are called.
type shape struct {
	typ   reflect.Type
	names *naming
	build build
	basic bool   // a string, integer or boolean without methods of its own to decode it
	want  string // what belongs here, in JSON's words; empty: anything

	fields  []*field           // object: its members, in order of declaration
	byName  map[string]*field  // the same by name on the wire
	members map[string]*member // the struct's own fields by their Go names
	open    bool               // object: members of any name are taken
	clashes []string           // names that two fields claim, for Check
}

// build is how a value of a type is taken apart.
type build uint8

const (
	leaf     build = iota // in one piece
	object                // a struct
	dict                  // a map
	list                  // a slice or an array
	pointer               // null, or what it points to
	optional              // an Optional
)

// field is a member of a JSON object: a field of a struct, or of one that is
// embedded in it.
type field struct {
	name   string
	index  []int // as reflect's FieldByIndex has it
	typ    reflect.Type
	tagged bool         // the name comes from a tag
	fold   bool         // case:ignore
	single reflect.Type // a struct of this field alone, where options of its tag matter to its value
}

// member is a field of a struct as validator names it.
type member struct {
	index int
	typ   reflect.Type
	tag   reflect.StructTag
	// wire is the name of the member. It is empty for what has no place of
	// its own on the wire: an embedded struct, whose members are its
	// parent's, and a field that is left out.
	wire string
}

// naming is a place that input comes from, with the struct tag that holds the
// names there. The shapes of the types seen are kept for good, as encoding/json
// does: the number of types in a program is bounded, and nothing that a client
// sends is in them.
type naming struct {
	tag     string
	shapes  sync.Map // reflect.Type -> *shape
	surveys sync.Map // reflect.Type, or surveyKey for unusual rule tags -> *survey
}

var (
	jsonNames   = &naming{tag: "json"}
	queryNames  = &naming{tag: "query"}
	pathNames   = &naming{tag: "path"}
	headerNames = &naming{tag: "header"}
	formNames   = &naming{tag: "form"}
)

// shapeOf returns the shape of a type.
func (n *naming) shapeOf(t reflect.Type) *shape {
	if s, ok := n.shapes.Load(t); ok {
		return s.(*shape)
	}
	s, _ := n.shapes.LoadOrStore(t, n.newShape(t))
	return s.(*shape)
}

func (n *naming) newShape(t reflect.Type) *shape {
	s := &shape{typ: t, names: n, build: buildOf(t), want: wantOf(t)}
	switch k := t.Kind(); {
	case s.build != leaf || unmarshalsItself(t) || t == durationType:
	case k == reflect.String, k == reflect.Bool, k >= reflect.Int && k <= reflect.Int64:
		s.basic = true
	}
	if s.build == object {
		s.addFields()
		s.addMembers()
	}
	return s
}

var (
	timeType     = reflect.TypeFor[time.Time]()
	durationType = reflect.TypeFor[time.Duration]()
	rawType      = reflect.TypeFor[jsontext.Value]()

	unmarshalers = []reflect.Type{
		reflect.TypeFor[json.UnmarshalerFrom](),
		reflect.TypeFor[json.Unmarshaler](),
		reflect.TypeFor[encoding.TextUnmarshaler](),
	}
	textUnmarshaler = unmarshalers[2]
	optionalType    = reflect.TypeFor[interface{ isOptional() }]()
)

// unmarshalsItself reports whether values of t decode themselves.
func unmarshalsItself(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface {
		return false
	}
	for _, u := range unmarshalers {
		if reflect.PointerTo(t).Implements(u) {
			return true
		}
	}
	return false
}

func buildOf(t reflect.Type) build {
	switch {
	case t.Implements(optionalType) && t.Kind() == reflect.Slice:
		return optional
	case t.Kind() == reflect.Pointer:
		return pointer
	case unmarshalsItself(t), isBytes(t):
		return leaf
	}
	switch t.Kind() {
	case reflect.Struct:
		return object
	case reflect.Map:
		return dict
	case reflect.Slice, reflect.Array:
		return list
	}
	return leaf
}

// isBytes reports whether t is written as base64 in a string.
func isBytes(t reflect.Type) bool {
	k := t.Kind()
	return (k == reflect.Slice || k == reflect.Array) && t.Elem().Kind() == reflect.Uint8 && !unmarshalsItself(t.Elem())
}

// wantOf names what belongs where t is, in JSON's words; empty where that is
// for the type to say.
func wantOf(t reflect.Type) string {
	switch {
	case t == timeType, isBytes(t):
		return "string"
	case t.Kind() == reflect.Pointer:
		return wantOf(t.Elem())
	case t.Implements(optionalType) && t.Kind() == reflect.Slice:
		return wantOf(t.Elem())
	case unmarshalsItself(t):
		if reflect.PointerTo(t).Implements(unmarshalers[0]) || reflect.PointerTo(t).Implements(unmarshalers[1]) {
			return ""
		}
		return "string"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.String:
		return "string"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return "integer"
	case reflect.Float32, reflect.Float64:
		return "number"
	case reflect.Struct, reflect.Map:
		return "object"
	case reflect.Slice, reflect.Array:
		return "array"
	}
	return ""
}
