package rules

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/go-playground/validator/v10"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/fieldpath"
	"github.com/failwell/failwell/validate/internal/message"
	"github.com/failwell/failwell/validate/internal/schema"
	"github.com/failwell/failwell/validate/internal/violation"
)

// Evaluation applies rules to the value of one request. It is not safe for use
// by several goroutines.
type Evaluation struct {
	Context   context.Context
	Validator *validator.Validate
	// Own reports that the validator has its built-in rules and no others. If
	// not, every broken rule is put to the validator before it is reported,
	// and rules that are not built in are left out, as are the rules behind
	// them.
	Own bool
	// Structure leaves out all rules. What remains are null elements, the
	// length of map keys, and null where JSON is kept as it was sent and is
	// required.
	Structure bool
	Limit     int                            // the evaluation ends when Found is longer
	Describe  func(Failure) apierr.Violation // makes the violation of a broken rule
	// Reword may replace the message of a violation that is not of a rule.
	Reword func(*apierr.Violation)
	Found  []violation.Violation
	// Unfit reports that validator must not be asked about the whole value: a
	// map has a key of more than maxKey bytes, or a text is longer than a rule
	// for it can hold for.
	Unfit bool

	source  *schema.Source
	tagName string
	at      fieldpath.Stack // the value at hand
	scratch map[*node][]reflect.Value
	depth   int
}

const (
	// maxKey is the longest map key, in bytes, whose elements are evaluated.
	maxKey = 256
	// maxDepth bounds values that did not come from JSON and may hold
	// themselves.
	maxDepth = 200
	// maxSorted is the number of map entries up to which they are evaluated
	// in the order of their keys, so that the same of them are reported each
	// time.
	maxSorted = 4096
)

// place is where a value stands, for rules that look at its surroundings.
type place struct {
	parent reflect.Value // the struct that holds the field; invalid: there is none
	field  string        // the Go name of the field; empty for an element
	isKey  bool          // the value is a map key
	// deferred reports that the type of the value was the client's choice, so
	// that a rule may not fit it.
	deferred bool
}

// Run applies the rules of a set to v.
func (e *Evaluation) Run(s *Set, v reflect.Value) {
	e.source, e.tagName = s.Schema.Source, s.tagName
	e.value(s.root, place{}, v)
}

// Done reports whether there are more violations than are reported.
func (e *Evaluation) Done() bool { return len(e.Found) > e.Limit }

// value applies the rules of n to v.
func (e *Evaluation) value(n *node, at place, v reflect.Value) {
	if e.Done() || e.depth > maxDepth {
		return
	}
	in, nullable := behindPointers(v)
	if n.deferred {
		if in, nullable = extract(v); in.IsValid() && !isNil(in) {
			n = nodeOf(n.source, n.tagName, in.Type(), n.tag)
			at.deferred = true
		}
	}
	if (!in.IsValid() || isNil(in)) && e.endsAtNil(n, at, v, in) {
		return
	}
	e.depth++
	e.apply(n, at, v, in, nullable)
	e.depth--
}

func isNil(v reflect.Value) bool {
	return (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil()
}

// behindPointers is the value that pointers lead to, or the nil pointer among
// them.
func behindPointers(v reflect.Value) (in reflect.Value, nullable bool) {
	for v.Kind() == reflect.Pointer {
		if nullable = true; v.IsNil() {
			break
		}
		v = v.Elem()
	}
	return v, nullable
}

// extract looks through pointers, interfaces and validator.Valuers, as
// validator does. It returns what is nil among them.
func extract(v reflect.Value) (in reflect.Value, nullable bool) {
	for range maxDepth {
		isPointer := v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface
		if !v.IsValid() || isPointer && v.IsNil() {
			return v, true
		}
		nullable = nullable || isPointer
		if v.CanInterface() {
			if u, ok := v.Interface().(validator.Valuer); ok {
				v = reflect.ValueOf(u.ValidatorValue())
				continue
			}
		}
		if !isPointer {
			return v, nullable
		}
		v = v.Elem()
	}
	return v, nullable
}

// endsAtNil handles a value that is nil, and reports whether no rule is left to
// apply.
func (e *Evaluation) endsAtNil(n *node, at place, v, in reflect.Value) bool {
	if len(n.steps) == 0 {
		return true
	}
	switch first := n.steps[0]; {
	case first.kind == omitEmptyStep, first.kind == omitZeroStep, first.kind == omitNilStep && in.IsValid():
		return true
	case first.kind == ruleStep && first.rule.tag == "isdefault":
		return true
	case first.kind == ruleStep && (first.rule.onNil || !first.rule.known) && in.IsValid():
		return false
	}
	if !e.Structure {
		e.fail(at, &rule{tag: message.RuleRequired}, in, nil)
	}
	return true
}

// apply applies the rules of n to a value. in is what v leads to.
func (e *Evaluation) apply(n *node, at place, v, in reflect.Value, nullable bool) {
	for i := range n.steps {
		s := &n.steps[i]
		switch s.kind {
		case omitEmptyStep:
			if !hasValue(in, nullable) {
				return
			}
		case omitZeroStep:
			if !hasNonZero(in) {
				return
			}
		case omitNilStep:
			if isNilable(in) && in.IsNil() {
				return
			}
		case endStep:
			return
		case diveStep:
			e.elements(s, at, in)
			return
		case ruleStep:
			if e.Structure {
				if s.rule.tag == message.RuleRequired && schema.IsNull(in) {
					e.fail(at, s.rule, in, nil)
					return
				}
			} else if !e.rule(s.rule, at, v, in, nullable) {
				return
			}
		}
	}
	if n.object != nil && in.Kind() == reflect.Struct {
		e.fields(n.object, in)
	}
}

func isNilable(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.Pointer, reflect.Interface, reflect.Chan, reflect.Func:
		return true
	}
	return false
}

// rule applies one rule and reports whether the next one applies as well.
func (e *Evaluation) rule(r *rule, at place, v, in reflect.Value, nullable bool) bool {
	if !r.known && !e.Own {
		return false
	}
	if isNil(in) && e.Own && !r.takesNil() {
		panic(fmt.Sprintf("validate: tag %q: the rule is applied to nil, put omitempty before it", r.text))
	}
	if r.check != nil {
		switch r.check(in, nullable) {
		case passes:
			return true
		case breaks:
			if e.Own {
				e.fail(at, r, in, nil)
				return false
			}
		}
	}
	if r.maxLen > 0 && in.Kind() == reflect.String && in.Len() > r.maxLen {
		e.Unfit = true
		e.fail(at, r, in, nil)
		return false
	}
	if broken, fe := e.ask(r, at, v, in); broken {
		e.fail(at, r, in, fe)
		return false
	}
	return true
}

// fields applies the rules of the fields of a struct.
func (e *Evaluation) fields(o *object, v reflect.Value) {
	for i := range o.fields {
		f := &o.fields[i]
		if f.name != "" {
			e.at.PushName(f.name)
		}
		e.value(f.node, place{parent: v, field: f.goName}, v.Field(f.index))
		if f.name != "" {
			e.at.Pop()
		}
	}
}

// elements applies the rules of the elements of a slice, array or map.
func (e *Evaluation) elements(s *step, at place, v reflect.Value) {
	deferred := at.deferred
	at.field, at.isKey, at.deferred = "", false, false
	switch {
	case s.elems == nil && deferred:
		e.mismatch("array", v)
	case s.elems == nil:
		panic("validate: dive into " + v.Type().String() + ", which has no elements")
	case v.Kind() == reflect.Map:
		e.entries(s, at, v)
	case schema.IsOptional(v.Type()):
		for i := range v.Len() {
			e.element(s.elems, at, v.Index(i))
		}
	default:
		for i := 0; i < v.Len() && !e.Done(); i++ {
			e.at.PushIndex(i)
			e.element(s.elems, at, v.Index(i))
			e.at.Pop()
		}
	}
}

// element applies the rules of one element. A null that no rule speaks of is a
// violation: validator passes over it, and the handler would meet a nil
// pointer.
func (e *Evaluation) element(n *node, at place, v reflect.Value) {
	if n.tag == "" && v.Kind() == reflect.Pointer && v.IsNil() {
		e.add(message.Null(v.Type()))
		return
	}
	e.value(n, at, v)
}

// entries applies the rules of the keys and elements of a map.
func (e *Evaluation) entries(s *step, at place, v reflect.Value) {
	if v.Len() == 0 {
		return
	}
	if v.Len() > e.Limit && v.Len() <= maxSorted {
		keys := v.MapKeys()
		slices.SortFunc(keys, compareKeys)
		for i := 0; i < len(keys) && !e.Done(); i++ {
			e.entry(s, at, keys[i], v.MapIndex(keys[i]))
		}
		return
	}
	key, elem := reflect.New(v.Type().Key()).Elem(), e.borrow(s.elems, v.Type().Elem())
	defer e.giveBack(s.elems, elem)
	for it := v.MapRange(); it.Next() && !e.Done(); {
		key.SetIterKey(it)
		elem.SetIterValue(it)
		e.entry(s, at, key, elem)
	}
}

func (e *Evaluation) entry(s *step, at place, key, elem reflect.Value) {
	name := KeyName(key)
	if len(name) > maxKey {
		e.Unfit = true
		e.add(apierr.Violation{Rule: violation.Length, Param: strconv.Itoa(maxKey), Message: "Name too long"})
		return
	}
	e.at.PushName(name)
	if s.keys != nil {
		ofKey := at
		ofKey.isKey = true
		e.value(s.keys, ofKey, key)
	}
	e.element(s.elems, at, elem)
	e.at.Pop()
}

// borrow returns a value for the elements of maps, which giveBack keeps for the
// next map: a map of small maps would need one for each.
func (e *Evaluation) borrow(n *node, t reflect.Type) reflect.Value {
	if kept := e.scratch[n]; len(kept) > 0 {
		e.scratch[n] = kept[:len(kept)-1]
		return kept[len(kept)-1]
	}
	return reflect.New(t).Elem()
}

func (e *Evaluation) giveBack(n *node, v reflect.Value) {
	if e.scratch == nil {
		e.scratch = make(map[*node][]reflect.Value)
	}
	v.SetZero()
	e.scratch[n] = append(e.scratch[n], v)
}

// fail records a broken rule. fe is the validator's own error, if it was asked.
// It panics for a rule that no value satisfies, which is the server's fault.
func (e *Evaluation) fail(at place, r *rule, v reflect.Value, fe validator.FieldError) {
	if r.misfit != "" && e.Own && !at.deferred {
		panic(fmt.Sprintf("validate: tag %q: %s", r.text, r.misfit))
	}
	f := Failure{Path: e.at.String(), Tag: r.tag, Param: r.param, Kind: v.Kind(), Error: fe}
	if v.IsValid() {
		f.Type = v.Type()
	}
	if fe != nil {
		f.Tag, f.Param, f.Type, f.Kind = fe.Tag(), fe.Param(), fe.Type(), fe.Kind()
	}
	if at.parent.IsValid() {
		f.Parent = e.source.Of(at.parent.Type())
	}
	broken := e.Describe(f)
	if at.isKey {
		broken.Message = message.OfName(broken.Message)
	}
	e.Found = append(e.Found, violation.Violation{Violation: broken, Offset: violation.Unplaced})
}

// mismatch records a value of another type than its rules expect.
func (e *Evaluation) mismatch(want string, v reflect.Value) {
	first := byte('0')
	switch v.Kind() {
	case reflect.String:
		first = '"'
	case reflect.Bool:
		first = 't'
	case reflect.Struct:
		first = '{'
	}
	e.add(message.Mismatch(want, first))
}

// add records a violation that is not of a rule.
func (e *Evaluation) add(v apierr.Violation) {
	v.Path = e.at.String()
	e.Reword(&v)
	e.Found = append(e.Found, violation.Violation{Violation: v, Offset: violation.Unplaced})
}

// Reset forgets everything of a request, so that e can serve the next one.
func (e *Evaluation) Reset() {
	clear(e.at[:cap(e.at)])
	*e = Evaluation{Describe: e.Describe, Reword: e.Reword, at: e.at[:0]}
}
