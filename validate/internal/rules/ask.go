package rules

import (
	"reflect"
	"strconv"

	"github.com/go-playground/validator/v10"
)

// ask puts one rule on one value to validator, and returns its error if the
// rule is broken. v is the field, in what it leads to. It panics where
// validator does: on tags that do not exist or do not fit the type. Where the
// client chose the type, a rule that does not fit it is broken.
func (e *Evaluation) ask(r *rule, at place, v, in reflect.Value) (broken bool, fe validator.FieldError) {
	if r.text == "" {
		panic("validate: a struct tag has an empty rule")
	}
	if at.deferred && r.known {
		defer func() {
			if recover() != nil {
				broken, fe = true, nil
			}
		}()
	}
	var err error
	if in.Kind() == reflect.Struct && !isTime(in.Type()) {
		err = e.askOfStruct(r, at, in)
	} else {
		err = e.Validator.VarWithValueCtx(e.Context, interfaceOf(v), pointerTo(at.parent), r.text)
	}
	if err == nil {
		return false, nil
	}
	failures, ok := err.(validator.ValidationErrors)
	if !ok || len(failures) == 0 {
		panic(err)
	}
	return true, failures[0]
}

// askOfStruct puts a rule on a struct to validator, which looks at the rules of
// a struct only where it is a field.
func (e *Evaluation) askOfStruct(r *rule, at place, v reflect.Value) error {
	if !e.Own {
		return nil // it would call the struct-level rules of the program
	}
	if at.field != "" {
		only := at.field
		if name := at.parent.Type().Name(); name != "" {
			only = name + "." + only
		}
		return e.Validator.StructFilteredCtx(e.Context, pointerTo(at.parent), func(namespace []byte) bool {
			return string(namespace) != only
		})
	}
	holder := reflect.New(reflect.StructOf([]reflect.StructField{{
		Name: "F", Type: v.Type(), Tag: reflect.StructTag(e.tagName + ":" + strconv.Quote(r.text)),
	}}))
	holder.Elem().Field(0).Set(v)
	return e.Validator.StructFilteredCtx(e.Context, holder.Interface(), func(namespace []byte) bool {
		return string(namespace) != "F"
	})
}

// pointerTo is a pointer to a struct, also to one in an unexported field; nil
// for the invalid value.
func pointerTo(v reflect.Value) any {
	switch {
	case !v.IsValid():
		return nil
	case !v.CanAddr():
		return v.Interface()
	case v.CanInterface():
		return v.Addr().Interface()
	}
	return reflect.NewAt(v.Type(), v.Addr().UnsafePointer()).Interface()
}

// interfaceOf is a value as validator takes it. An interface is passed behind a
// pointer, since it would be lost on the way.
func interfaceOf(v reflect.Value) any {
	if !v.IsValid() {
		return nil
	}
	if v.Kind() != reflect.Interface && v.CanInterface() {
		return v.Interface()
	}
	if v.CanAddr() {
		at := reflect.NewAt(v.Type(), v.Addr().UnsafePointer())
		if v.Kind() == reflect.Interface {
			return at.Interface()
		}
		return at.Elem().Interface()
	}
	holder := reflect.New(v.Type())
	holder.Elem().Set(v)
	return holder.Interface()
}
