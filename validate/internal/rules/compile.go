package rules

import (
	"reflect"
	"strings"
	"sync"

	"github.com/failwell/failwell/validate/internal/schema"
)

// The words of tags that are not rules.
const (
	diveTag    = "dive"
	keysTag    = "keys"
	endKeysTag = "endkeys"
	skipTag    = "-"
)

// node is a type with the rules for its values.
type node struct {
	source  *schema.Source
	tagName string
	tag     string

	steps    []step
	object   *object // the value is a struct whose fields have rules, which apply behind the steps; else nil
	isStruct bool    // the value is a struct, and not a time
	deferred bool    // the type shows only in the value: an interface or a validator.Valuer
	optional bool    // an Optional
}

// step is one part of a tag.
type step struct {
	kind  stepKind
	rule  *rule // of kind ruleStep
	keys  *node // of kind diveStep: the rules of map keys; nil: none
	elems *node // of kind diveStep; nil where the type of the value has no elements
}

type stepKind uint8

const (
	ruleStep stepKind = iota
	omitEmptyStep
	omitZeroStep
	omitNilStep
	diveStep
	endStep // structonly, nostructlevel: what is within the struct is not evaluated
)

// object is the fields of a struct that have rules or lead to some.
type object struct {
	typ    reflect.Type
	schema *schema.Type
	fields []field
}

type field struct {
	index  int
	goName string
	name   string // of the member; empty where it has no name of its own
	node   *node
}

// nodeKey is what a node is compiled from.
type nodeKey struct {
	source       *schema.Source
	tagName, tag string
	typ          reflect.Type
}

var nodes sync.Map // nodeKey -> *node

// nodeOf returns the compiled rules for a value of type t.
func nodeOf(source *schema.Source, tagName string, t reflect.Type, tag string) *node {
	if n, ok := nodes.Load(nodeKey{source, tagName, tag, t}); ok {
		return n.(*node)
	}
	c := compiler{source: source, tagName: tagName, nodes: make(map[nodeKey]*node)}
	n := c.node(t, tag)
	for key, n := range c.nodes { // whole: none of them refers to an unfinished one
		nodes.LoadOrStore(key, n)
	}
	return n
}

// compiler compiles a type and those within it.
type compiler struct {
	source  *schema.Source
	tagName string
	nodes   map[nodeKey]*node
}

func (c *compiler) node(t reflect.Type, tag string) *node {
	key := nodeKey{c.source, c.tagName, tag, t}
	if n := c.nodes[key]; n != nil {
		return n
	}
	n := &node{source: c.source, tagName: c.tagName, tag: tag, deferred: isDeferred(t)}
	c.nodes[key] = n // before what is within: types may hold themselves
	t = schema.Pointee(t)
	n.optional = schema.IsOptional(t)
	n.isStruct = t.Kind() == reflect.Struct && !isTime(t)
	n.steps = c.steps(t, tag)
	if n.isStruct && leadsToRules(t, c.tagName, make(map[reflect.Type]bool)) {
		n.object = c.object(t)
	}
	return n
}

// isDeferred reports whether only a value of t shows what its rules apply to.
func isDeferred(t reflect.Type) bool {
	for ; ; t = t.Elem() {
		if t.Kind() == reflect.Interface || t.Implements(valuerType) {
			return true
		}
		if t.Kind() != reflect.Pointer {
			return false
		}
	}
}

func (c *compiler) steps(t reflect.Type, tag string) (steps []step) {
	if tag == "" {
		return nil
	}
	list := strings.Split(tag, ",")
	for i, one := range list {
		switch one {
		case diveTag:
			findMisfits(t, steps)
			return append(steps, c.dive(t, list[i+1:]))
		case "omitempty":
			steps = append(steps, step{kind: omitEmptyStep})
		case "omitzero":
			steps = append(steps, step{kind: omitZeroStep})
		case "omitnil":
			steps = append(steps, step{kind: omitNilStep})
		case "structonly", "nostructlevel":
			findMisfits(t, steps)
			return append(steps, step{kind: endStep})
		default:
			steps = append(steps, step{kind: ruleStep, rule: parseRule(one)})
		}
	}
	findMisfits(t, steps)
	return steps
}

// findMisfits marks the rules that no value of type t satisfies.
func findMisfits(t reflect.Type, steps []step) {
	var known []string
	for _, s := range steps {
		if s.kind == ruleStep && s.rule.known {
			known = append(known, s.rule.text)
		}
	}
	together := Contradiction(t, known)
	for _, s := range steps {
		if s.kind != ruleStep || !s.rule.known {
			continue
		}
		if _, compares := comparisons[s.rule.tag]; compares {
			s.rule.misfit = together
		}
		if s.rule.misfit == "" {
			s.rule.misfit = misfit(t, s.rule.text)
		}
	}
}

// misfit is Misfit of the built-in rules. Those that validator panics on are
// left to where they are applied.
func misfit(t reflect.Type, rule string) (why string) {
	defer func() {
		if recover() != nil {
			why = ""
		}
	}()
	return Misfit(builtIn(), t, rule)
}

func (c *compiler) dive(t reflect.Type, rest []string) step {
	s := step{kind: diveStep}
	elem := schema.ElemOf(t)
	if elem == nil {
		return s
	}
	keys, rest := CutKeys(rest)
	if t.Kind() == reflect.Map && keys != nil {
		s.keys = c.node(t.Key(), strings.Join(keys, ","))
	}
	s.elems = c.node(elem, strings.Join(rest, ","))
	return s
}

func (c *compiler) object(t reflect.Type) *object {
	o := &object{typ: t, schema: c.source.Of(t)}
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get(c.tagName)
		if tag == skipTag || !f.IsExported() && !f.Anonymous {
			continue
		}
		if tag == "" && !leadsToRules(f.Type, c.tagName, make(map[reflect.Type]bool)) {
			continue
		}
		compiled := field{index: i, goName: f.Name, node: c.node(f.Type, tag)}
		if known := o.schema.Fields[f.Name]; known != nil {
			compiled.name = known.Name
		}
		o.fields = append(o.fields, compiled)
	}
	return o
}

// leadsToRules reports whether a value of type t may have rules without a tag
// of its own: those of its fields.
func leadsToRules(t reflect.Type, tagName string, seen map[reflect.Type]bool) bool {
	if isDeferred(t) {
		return true
	}
	if t = schema.Pointee(t); t.Kind() != reflect.Struct || isTime(t) || seen[t] {
		return false
	}
	seen[t] = true
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get(tagName)
		if tag == skipTag || !f.IsExported() && !f.Anonymous {
			continue
		}
		if tag != "" || leadsToRules(f.Type, tagName, seen) {
			return true
		}
	}
	return false
}
