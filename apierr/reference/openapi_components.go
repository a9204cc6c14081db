package reference

import (
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// registry has the components of one kind, by name and in the order in which
// they were added.
type registry struct {
	kind     string
	names    []string
	values   map[string]any
	added    map[addition]string                    // the name that it was given
	next     map[string]int                         // by base: the last number that was given
	existing func(kind, name string) jsontext.Value // of the document around; nil: there is none
}

// addition is a component, encoded, and the name that was asked for.
type addition struct{ base, value string }

func newRegistry(kind string) *registry {
	return &registry{
		kind: kind, values: map[string]any{}, added: map[addition]string{}, next: map[string]int{},
		existing: func(string, string) jsontext.Value { return nil },
	}
}

// add adds a component and returns its name: base if that is free or has the
// same value already, else base with a number.
func (r *registry) add(base string, value any) string {
	key := addition{base, string(encoded(value))}
	if name, ok := r.added[key]; ok {
		return name
	}
	name := r.free(base, func(string) any { return value })
	if _, ok := r.values[name]; !ok {
		r.names, r.values[name] = append(r.names, name), value
	}
	r.added[key] = name
	return name
}

// maxCompared is with how many components of one base a new one is compared
// before it receives the next number: many long codes have one base.
const maxCompared = 16

// free returns the name that add gives a component, which may have its own name
// in it.
func (r *registry) free(base string, value func(name string) any) string {
	for n := 1; ; n++ {
		if n > maxCompared {
			n = max(n, r.next[base])
		}
		name := base
		if n > 1 {
			name += "-" + strconv.Itoa(n)
		}
		v := value(name)
		if have, ok := r.values[name]; ok {
			if equal(have, v) {
				return name
			}
			continue
		}
		if have := r.existing(r.kind, name); have == nil || same(have, encoded(v)) {
			r.next[base] = n
			return name
		}
	}
}

// object returns the components by name.
func (r *registry) object() object {
	var o object
	for _, name := range r.names {
		o = append(o, property{name, r.values[name]})
	}
	return o
}

// reference is an object that refers to a component.
func reference(kind, name string) object {
	return object{{"$ref", "#/components/" + kind + "/" + name}}
}

// maxComponentName is how long the name of a component is before a number is
// added.
const maxComponentName = 100

// componentName returns a name that OpenAPI allows for a component,
// ^[a-zA-Z0-9._-]+$, as like the text as that.
func componentName(text string) string {
	var b strings.Builder
	for _, r := range text {
		if b.Len() >= maxComponentName {
			break
		}
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '.', r == '_', r == '-':
			b.WriteRune(r)
		default:
			b.WriteByte('_')
		}
	}
	if name := b.String(); name != "" && !slices.Contains(ofPrototype, name) {
		return name
	}
	return b.String() + "_"
}

// ofPrototype are names that every object of JavaScript has: tools that are
// written in it confuse them with components.
var ofPrototype = []string{
	"__proto__", "constructor", "prototype", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable",
	"toLocaleString", "toString", "valueOf", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__",
}
