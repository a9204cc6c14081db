package validate

import (
	"reflect"
	"strings"
	"time"

	"github.com/failwell/failwell/validate/internal/message"
	"github.com/failwell/failwell/validate/internal/schema"
)

// rules checks the tag of a field f of struct t.
func (k *checker) rules(t reflect.Type, f reflect.StructField, where, tag string) {
	// A nil value with omitempty stops before any rule is applied: this only
	// parses the tag, which panics on what does not exist.
	if err := attempt(func() { _ = k.config.rules.v.Var(nil, "omitempty,"+tag) }); err != nil {
		k.fault(where, "tag %q: %v", tag, err)
		return
	}
	at := f.Type
	for list := strings.Split(tag, ","); len(list) > 0; list = list[1:] {
		one := list[0]
		switch one {
		case "dive":
			next := schema.ElemOf(schema.Pointee(at))
			if next == nil {
				k.fault(where, "tag %q: %s has nothing to dive into", tag, at)
				return
			}
			if len(list) > 1 && list[1] == "keys" {
				list = k.keys(t, schema.Pointee(at), where, list[2:])
			}
			at = next
		case "omitempty", "omitzero", "omitnil", "structonly", "nostructlevel", "":
		default:
			k.rule(t, at, where, one)
		}
		if len(list) == 0 {
			return
		}
	}
}

// keys checks the rules of map keys, and returns the list from endkeys on.
func (k *checker) keys(t, at reflect.Type, where string, list []string) []string {
	for len(list) > 0 && list[0] != "endkeys" {
		if at.Kind() == reflect.Map {
			k.rule(t, at.Key(), where, list[0])
		}
		list = list[1:]
	}
	return list
}

// rule checks one rule, or several with "or", on a value of type at.
func (k *checker) rule(t, at reflect.Type, where, one string) {
	for alternative := range strings.SplitSeq(one, message.Or) {
		tag, param, _ := strings.Cut(alternative, "=")
		if !message.Known(tag) || outward[tag] {
			continue
		}
		if refers := message.ReferenceOf(tag); refers != message.NoReference && refers != message.Method && param != "" {
			k.reference(t, at, where, tag, param, refers)
			continue
		}
		if at = schema.Pointee(at); at.Kind() == reflect.Interface {
			continue // what is in it, only the request shows
		}
		err := attempt(func() { _ = k.config.rules.v.VarWithValue(sample(at), reflect.Zero(t).Interface(), alternative) })
		if err != nil {
			k.fault(where, "tag %q: %v", alternative, err)
		}
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

// outward are the built-in rules that look at the machine or the network, and
// the one that calls methods: they are not tried out.
var outward = map[string]bool{
	"file": true, "filepath": true, "dir": true, "dirpath": true, "image": true, "uds_exists": true,
	"tcp_addr": true, "tcp4_addr": true, "tcp6_addr": true, "udp_addr": true, "udp4_addr": true, "udp6_addr": true,
	"ip_addr": true, "ip4_addr": true, "ip6_addr": true, "unix_addr": true, "validateFn": true,
}

// sample is a value of type t that rules look at in earnest, not being zero.
func sample(t reflect.Type) any {
	v := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		v.SetString("a")
	case reflect.Slice:
		v.Set(reflect.MakeSlice(t, 1, 1))
	case reflect.Map:
		v.Set(reflect.MakeMap(t))
	case reflect.Struct:
		if t == schema.TimeType {
			return time.Unix(1, 0)
		}
	default:
		switch {
		case v.CanInt():
			v.SetInt(1)
		case v.CanUint():
			v.SetUint(1)
		case v.CanFloat():
			v.SetFloat(1)
		}
	}
	return v.Interface()
}
