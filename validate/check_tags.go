package validate

import (
	"reflect"
	"strings"

	"github.com/failwell/failwell/validate/internal/message"
	"github.com/failwell/failwell/validate/internal/rules"
	"github.com/failwell/failwell/validate/internal/schema"
)

// fieldRules checks the tags of validator in a struct.
func (k *checker) fieldRules(t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() && !f.Anonymous {
			continue
		}
		if tag := f.Tag.Get(k.config.tagName); tag != "" && tag != "-" {
			k.rules(t, f, nameOf(t)+"."+f.Name, tag)
		}
	}
}

// rules checks the tag of a field f of struct t.
func (k *checker) rules(t reflect.Type, f reflect.StructField, where, tag string) {
	// A nil value with omitempty stops before any rule is applied: this only
	// parses the tag, which panics on what does not exist.
	if err := attempt(func() { _ = k.config.rules.v.Var(nil, "omitempty,"+tag) }); err != nil {
		k.fault(where, "tag %q: %v", tag, err)
		return
	}
	at, list := f.Type, strings.Split(tag, ",")
	for {
		level, rest, dives := rules.CutLevel(list)
		k.level(t, at, where, level)
		k.nilRules(at, where, level, dives)
		if !dives {
			return
		}
		next := schema.ElemOf(schema.Pointee(at))
		if next == nil {
			k.fault(where, "tag %q: %s has nothing to dive into", tag, at)
			return
		}
		keys, rest := rules.CutKeys(rest)
		if m := schema.Pointee(at); m.Kind() == reflect.Map {
			k.level(t, m.Key(), where, keys)
		}
		at, list = next, rest
	}
}

// level checks the rules for one value of type at.
func (k *checker) level(t, at reflect.Type, where string, level []string) {
	for _, one := range level {
		switch one {
		case "omitempty", "omitzero", "omitnil", "structonly", "nostructlevel", "":
		default:
			k.rule(t, at, where, one)
		}
	}
	if why := rules.Contradiction(schema.Pointee(at), level); why != "" {
		k.fault(where, "%s", why)
	}
}

// nilRules checks what is applied to a nil pointer: validator goes on behind a
// rule such as required_without, which accepts nil.
func (k *checker) nilRules(at reflect.Type, where string, level []string, dives bool) {
	if at.Kind() != reflect.Pointer && at.Kind() != reflect.Interface || len(level) == 0 || !takesNil(level[0]) {
		return
	}
	for i, one := range level {
		switch tag, _, _ := strings.Cut(one, "="); {
		case strings.HasPrefix(one, "omit"), one == "structonly", one == "nostructlevel":
			return
		case i > 0 && !takesNil(one) && message.Known(tag) && tag != message.RuleRequired && tag != "isdefault":
			k.fault(where, "%s is applied to nil behind %s: put omitempty before it", one, level[0])
			return
		}
	}
	if dives {
		k.fault(where, "dive is applied to nil behind %s: put omitempty before it", level[0])
	}
}

// takesNil reports whether a rule is applied to nil and may accept it.
func takesNil(one string) bool {
	tag, _, _ := strings.Cut(one, "=")
	refers := message.ReferenceOf(tag)
	return refers == message.Fields || refers == message.Pairs
}

// rule checks one rule, or several with "or", on a value of type at.
func (k *checker) rule(t, at reflect.Type, where, one string) {
	for alternative := range strings.SplitSeq(one, message.Or) {
		tag, param, _ := strings.Cut(alternative, "=")
		if !message.Known(tag) || rules.Outward[tag] || tag == "validateFn" {
			continue
		}
		if tag == "unique" {
			k.unique(schema.ElemOf(schema.Pointee(at)), where, alternative, param)
		}
		if refers := message.ReferenceOf(tag); refers != message.NoReference && param != "" {
			k.reference(t, at, where, tag, param, refers)
			continue
		}
		at := schema.Pointee(at)
		if at.Kind() == reflect.Interface {
			continue // what is in it, only the request shows
		}
		if at == schema.NumberType && rules.Measures(tag) {
			k.fault(where, "tag %q: the rule counts the characters of a json.Number and does not compare its value", alternative)
			continue
		}
		if err := attempt(func() {
			_ = k.config.rules.v.VarWithValue(rules.Sample(at), reflect.Zero(t).Interface(), alternative)
		}); err != nil {
			k.fault(where, "tag %q: %v", alternative, err)
			return
		}
	}
	k.misfit(schema.Pointee(at), where, one)
}

// misfit checks that a value of type at, which is no pointer, can satisfy a
// rule or one of its alternatives.
func (k *checker) misfit(at reflect.Type, where, one string) {
	for alternative := range strings.SplitSeq(one, message.Or) {
		tag, _, _ := strings.Cut(alternative, "=")
		if !message.Known(tag) || rules.Outward[tag] || tag == "validateFn" || message.ReferenceOf(tag) != message.NoReference {
			return
		}
	}
	var why string
	_ = attempt(func() { why = rules.Misfit(k.config.rules.v, at, one) })
	if why != "" {
		k.fault(where, "tag %q: %s", one, why)
	}
}

// reference checks that the fields which a rule names are there.
func (k *checker) reference(t, at reflect.Type, where, tag, param string, refers message.Reference) {
	if refers == message.FieldOfItem {
		t = schema.ElemOf(schema.Pointee(at))
	}
	names := message.Words(param)
	if refers == message.Pairs && len(names)%2 != 0 {
		k.fault(where, "tag %q: it takes pairs of a field and a value", tag+"="+param)
		return
	}
	for i, name := range names {
		if refers == message.Pairs && i%2 == 1 {
			continue
		}
		if !schema.HasField(t, name) {
			k.fault(where, "tag %q: there is no field %s", tag+"="+param, name)
		}
	}
}

// unique checks that the elements of a list or map, or one field of them, can be
// compared whatever they hold: validator panics on a list or map in an interface,
// and the client chooses what an interface holds.
func (k *checker) unique(elem reflect.Type, where, rule, field string) {
	if elem == nil {
		return
	}
	elem = schema.Pointee(elem)
	if field != "" && elem.Kind() == reflect.Struct {
		f, found := elem.FieldByName(field)
		if !found {
			return // reference reports it
		}
		elem = schema.Pointee(f.Type)
	}
	if holdsInterface(elem) {
		k.fault(where, "tag %q: the values in an interface are not all comparable", rule)
	}
}

// holdsInterface reports whether a comparison of two values of type t compares
// what interfaces hold.
func holdsInterface(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Interface:
		return true
	case reflect.Array:
		return holdsInterface(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if holdsInterface(t.Field(i).Type) {
				return true
			}
		}
	}
	return false
}
