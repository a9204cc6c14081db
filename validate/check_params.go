package validate

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/failwell/failwell/validate/internal/decode"
	"github.com/failwell/failwell/validate/internal/schema"
)

// unfit is why no request can be decoded into a struct t from a source beside
// JSON, nil if it can. tagName is the tag of the rules. Each of its faults would
// blame the client for what no client can mend.
func unfit(s *schema.Source, t reflect.Type, tagName string) error {
	key := unfitKey{s, t, tagName}
	if known, ok := unfits.Load(key); ok {
		err, _ := known.(error)
		return err
	}
	c := paramsChecker{source: s, tagName: tagName, seen: make(map[reflect.Type]bool)}
	c.top(t)
	err := errors.Join(c.faults...)
	unfits.Store(key, err)
	return err
}

type unfitKey struct {
	source  *schema.Source
	typ     reflect.Type
	tagName string
}

var unfits sync.Map // unfitKey -> error or nil

// paramsChecker finds the faults of the types of one source.
type paramsChecker struct {
	source  *schema.Source
	tagName string // of the rules
	seen    map[reflect.Type]bool
	faults  []error
}

func (c *paramsChecker) fault(where, format string, args ...any) {
	c.faults = append(c.faults, fmt.Errorf("validate: %s: %s", where, fmt.Sprintf(format, args...)))
}

// top checks the type that parameters are decoded into.
func (c *paramsChecker) top(t reflect.Type) {
	if schema.JSON.Of(t).Kind != schema.Object {
		c.fault(nameOf(t), "%s parameters need a struct", c.source.In)
		return
	}
	c.object(c.source.Of(t))
}

func (c *paramsChecker) object(t *schema.Type) {
	if c.seen[t.Go] {
		return
	}
	c.seen[t.Go] = true
	name := nameOf(t.Go)
	for _, clash := range t.Duplicates {
		c.fault(name, "%s tags: %s", c.source.Tag, clash)
	}
	if len(t.Members) == 0 && len(t.Duplicates) == 0 {
		c.fault(name, "no field has a %s tag", c.source.Tag)
		return
	}
	c.unfilled(t.Go)
	for _, m := range t.Members {
		c.member(name+"."+t.Go.FieldByIndex(m.Index).Name, t.Go.FieldByIndex(m.Index))
	}
}

func (c *paramsChecker) member(where string, f reflect.StructField) {
	tag, ruled := f.Tag.Lookup("file")
	switch isFile := schema.IsFile(f.Type); {
	case ruled && !isFile:
		c.fault(where, "a file tag on %s", f.Type)
	case ruled:
		if err := attempt(func() { parseFileRules(tag) }); err != nil {
			c.fault(where, "%s", strings.TrimPrefix(err.Error(), "validate: "))
		}
	}
	switch {
	case !schema.IsFile(f.Type):
		c.value(where, c.source.Of(f.Type))
	case c.source != schema.Form:
		c.fault(where, "a %s has no files", c.source.In)
	}
}

// value checks a type that one name, or several that begin alike, fill.
func (c *paramsChecker) value(where string, t *schema.Type) {
	isFlat := c.source == schema.Path || c.source == schema.Header // whole names are looked up
	switch t.Kind {
	case schema.Pointer, schema.List, schema.Optional:
		c.value(where, t.Elem())
	case schema.Object, schema.Map:
		if isFlat {
			c.fault(where, "a %s has no parameters within %s", c.source.In, t.Go)
			return
		}
		if t.Kind == schema.Object {
			c.object(t)
			return
		}
		if !isKey(t.Go.Key()) {
			c.fault(where, "%s parameters have no map keys of type %s", c.source.In, t.Go.Key())
		}
		c.value(where, t.Elem())
	default:
		if !decode.TakesText(t) {
			c.fault(where, "%s parameters cannot be decoded into %s", c.source.In, t.Go)
		} else if err := schema.NilMethod(t.Go); err != nil {
			c.fault(where, "%s", err)
		}
	}
}

// isKey reports whether a name can be decoded into map keys of type t.
func isKey(t reflect.Type) bool {
	return t.Kind() == reflect.String || schema.Want(t) == "integer" || schema.Want(t) == "number" || schema.UnmarshalsItself(t)
}

// sourcesOf lists the sources that the tags of a struct, and of those embedded in
// it, are for. json reports whether JSON is one of them, as it is where there are
// no tags.
func sourcesOf(t reflect.Type) (sources []*schema.Source, json bool) {
	for _, s := range schema.Parameters {
		if hasTag(t, s.Tag, make(map[reflect.Type]bool)) {
			sources = append(sources, s)
		}
	}
	return sources, len(sources) == 0 || hasTag(t, schema.JSON.Tag, make(map[reflect.Type]bool))
}

// hasTag reports whether a field of a struct, or of one embedded in it, has a
// tag of a name.
func hasTag(t reflect.Type, tag string, seen map[reflect.Type]bool) bool {
	if t.Kind() != reflect.Struct || seen[t] {
		return false
	}
	seen[t] = true
	for i := range t.NumField() {
		f := t.Field(i)
		value, ok := f.Tag.Lookup(tag)
		if ok && value != "-" || f.Anonymous && hasTag(schema.Pointee(f.Type), tag, seen) {
			return true
		}
	}
	return false
}
