package validate

import (
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"

	"github.com/failwell/failwell/validate/internal/message"
	"github.com/failwell/failwell/validate/internal/rules"
	"github.com/failwell/failwell/validate/internal/schema"
)

// unfilled checks the fields of a struct that have no name in the source: no
// request can fill them, so a rule that rejects the zero value would reject every
// request.
func (c *paramsChecker) unfilled(t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		switch n := c.source.NameOf(f); {
		case n.Flat && f.Type.Kind() == reflect.Struct:
			c.unfilled(f.Type)
		case n.Out && f.IsExported():
			c.zero(nameOf(t)+"."+f.Name, f)
		}
	}
}

// zero checks the rules of a field that is always zero.
func (c *paramsChecker) zero(where string, f reflect.StructField) {
	tag := f.Tag.Get(c.tagName)
	if tag == "-" {
		return
	}
	if tag != "" && rejects(tag, reflect.Zero(f.Type)) {
		c.fault(where, "it has no %s tag, and %q rejects its zero value", c.source.Tag, tag)
		return
	}
	if f.Type.Kind() != reflect.Struct || f.Type.ConvertibleTo(schema.TimeType) || strings.Contains(tag, "omit") || strings.Contains(tag, "struct") {
		return
	}
	for i := range f.Type.NumField() { // of which there are no cycles without pointers
		if inner := f.Type.Field(i); inner.IsExported() {
			c.zero(where+"."+inner.Name, inner)
		}
	}
}

// rejects reports whether a tag of built-in rules, none of which names another
// field, rejects a value.
func rejects(tag string, v reflect.Value) bool {
	for _, one := range strings.FieldsFunc(tag, func(r rune) bool { return r == ',' || r == '|' }) {
		name, _, _ := strings.Cut(one, "=")
		isRule := name != "dive" && !strings.HasPrefix(name, "omit") && name != "keys" && name != "endkeys"
		if isRule && (!message.Known(name) || message.ReferenceOf(name) != message.NoReference || rules.Outward[name] || name == "validateFn") {
			return false
		}
	}
	var err error
	if attempt(func() { err = standard().v.Var(v.Interface(), tag) }) != nil {
		return false // Check reports the tag
	}
	_, broken := err.(validator.ValidationErrors)
	return broken
}
