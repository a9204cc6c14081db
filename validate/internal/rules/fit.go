package rules

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-playground/validator/v10"

	"github.com/failwell/failwell/validate/internal/message"
	"github.com/failwell/failwell/validate/internal/schema"
)

// builtIn is a validator without rules of a program.
var builtIn = sync.OnceValue(func() *validator.Validate {
	return validator.New(validator.WithRequiredStructEnabled())
})

// Misfit returns why no value of type t, which is no pointer, satisfies a rule
// or one of its alternatives, "" if some may or if that is not known. Such a rule
// blames clients for what they cannot mend. v applies the rule to samples, and
// may panic as validator does.
func Misfit(v *validator.Validate, t reflect.Type, rule string) string {
	if t.Kind() == reflect.String || isDeferred(t) {
		return ""
	}
	why := fmt.Sprintf("the rule is for text, no %s satisfies it", t)
	var tries []any
	for one := range strings.SplitSeq(rule, message.Or) {
		tag, param, _ := strings.Cut(one, "=")
		_, compares := comparisons[tag]
		switch {
		case readsText(tag) && !(readsString(tag) && t.Implements(stringerType)):
			tries = append(tries, samples(t)...)
		case (compares || tag == "oneof") && isBounded(t):
			tries = append(tries, extremes(t, param)...)
			why = fmt.Sprintf("no %s satisfies it", t)
		default:
			return ""
		}
	}
	if t.Kind() == reflect.Struct && !isTime(t) {
		if evaluates(v, t) {
			return ""
		}
		return why
	}
	for _, sample := range tries {
		if v.Var(sample, rule) == nil {
			return ""
		}
	}
	return why
}

var stringerType = reflect.TypeFor[fmt.Stringer]()

// readsString reports whether a rule reads what the String method returns.
func readsString(tag string) bool { return strings.HasPrefix(tag, "uuid") || tag == "ulid" }

// evaluates reports whether v takes a struct for another value, as it does with
// a custom type function of the program. It applies no rule to others.
func evaluates(v *validator.Validate, t reflect.Type) bool {
	return v.Var(Sample(t), message.RuleRequired) != nil || v.Var(Sample(t), "isdefault") != nil
}

// readsText reports whether a rule of validator may be one for text alone. Most
// read what package reflect returns as the text of any other value, such as
// "<int Value>".
func readsText(tag string) bool {
	switch tag {
	case "contains", "containsany", "containsrune", "startswith", "endswith":
		return true
	case message.RuleRequired, "isdefault", "validateFn":
		return false
	}
	return message.Fixed(tag) && !Outward[tag]
}

// Outward are the built-in rules that look at the machine or the network. They
// are not applied to samples.
var Outward = map[string]bool{
	"file": true, "filepath": true, "dir": true, "dirpath": true, "image": true, "uds_exists": true,
	"tcp_addr": true, "tcp4_addr": true, "tcp6_addr": true, "udp_addr": true, "udp4_addr": true, "udp6_addr": true,
	"ip_addr": true, "ip4_addr": true, "ip6_addr": true, "unix_addr": true,
}

// numbers satisfy the rules that are for numbers too, one or another of them:
// number, latitude, iso3166_1_alpha_numeric, luhn_checksum.
var numbers = []int64{1, 0, 4, 840, 4111111111111111}

// samples are values of type t, the first of them not zero.
func samples(t reflect.Type) (all []any) {
	v := reflect.New(t).Elem()
	switch {
	case t.Kind() == reflect.Bool:
		v.SetBool(true)
	case t.Kind() == reflect.String:
		v.SetString("a")
	case t == schema.TimeType:
		return []any{time.Unix(1, 0)}
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		v.SetBytes([]byte("{}"))
	case t.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(t, 1, 1))
	case t.Kind() == reflect.Map:
		v.Set(reflect.MakeMap(t))
	case v.CanInt(), v.CanUint(), v.CanFloat():
		for _, n := range numbers {
			all = append(all, reflect.ValueOf(n).Convert(t).Interface())
		}
		return all
	}
	return []any{v.Interface()}
}

// Sample is a value of type t that is not zero, where the type has one.
func Sample(t reflect.Type) any { return samples(t)[0] }

// Contradiction returns why no value of type t satisfies the rules of one level
// of a tag together, "" if some may: the least value that they accept is more
// than the greatest.
func Contradiction(t reflect.Type, rules []string) string {
	if t.Kind() == reflect.String || schema.ElemOf(t) != nil {
		return contradiction(rules, true)
	}
	switch message.ClassOf(t, t.Kind()) {
	case message.Number:
		return contradiction(rules, false)
	}
	return ""
}

func contradiction(rules []string, isLen bool) string {
	var least, most limit
	for _, rule := range rules {
		tag, param, _ := strings.Cut(rule, "=")
		bound, err := strconv.ParseFloat(param, 64)
		c, compares := comparisons[tag]
		if !compares || err != nil || !isLen && tag == "len" || isLen && (tag == "eq" || tag == "ne") {
			continue
		}
		if c.equal && !c.less || c.greater && !c.less {
			least.raise(bound, !c.equal, rule)
		}
		if c.equal && !c.greater || c.less && !c.greater {
			most.raise(-bound, !c.equal, rule)
		}
	}
	if least.rule == "" || most.rule == "" {
		return ""
	}
	if gap := -most.bound - least.bound; gap < 0 || gap == 0 && (least.open || most.open) {
		return fmt.Sprintf("no value satisfies %s and %s", least.rule, most.rule)
	}
	return ""
}

// limit is the strictest of several lower bounds.
type limit struct {
	bound float64
	open  bool // the bound itself is beyond it
	rule  string
}

func (l *limit) raise(bound float64, open bool, rule string) {
	if l.rule == "" || bound > l.bound || bound == l.bound && open {
		*l = limit{bound, open, rule}
	}
}
