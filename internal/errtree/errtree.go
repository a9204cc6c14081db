// Package errtree searches the trees that errors form through their Unwrap
// methods, as package errors does, within bounds: the errors come from
// anywhere, and package errors never returns for an Unwrap that returns its
// receiver, needs 2^n steps for n levels of []error{e, e}, and passes on the
// panics of the methods that it calls.
package errtree

import (
	"fmt"
	"reflect"

	"github.com/failwell/failwell/internal/text"
)

// Max is how many errors of a tree are visited.
const Max = 1000

// Walk calls visit for err and the errors that it wraps, depth first and in
// order, until visit returns true or [Max] errors were visited. A nil error is
// skipped.
//
// A panic of visit, which may call methods of the error, or of an Unwrap method
// ends the search below that error, and no other. Walk returns the first of
// them as an error, nil if there was none.
func Walk(err error, visit func(error) (stop bool)) (fault error) {
	w := walker{visit: visit, left: Max, fault: &fault}
	w.step(err)
	return fault
}

type walker struct {
	visit func(error) bool
	left  int
	fault *error // of Walk: a field would make visit escape with it
}

// step walks the tree of err. It reports whether the walk is over.
func (w *walker) step(err error) (over bool) {
	if err == nil {
		return false
	}
	if w.left == 0 {
		return true
	}
	w.left--
	stop, one, many := w.look(err)
	if stop {
		return true
	}
	if one != nil {
		return w.step(one)
	}
	for _, err := range many {
		if w.step(err) {
			return true
		}
	}
	return false
}

// look visits err and unwraps it. Nothing else calls methods of an error.
//
//lint:ignore ST1008 one is what was found, not what went wrong
func (w *walker) look(err error) (stop bool, one error, many []error) {
	defer func() {
		if v := recover(); v != nil {
			stop, one, many = false, nil, nil
			if *w.fault == nil {
				*w.fault = fmt.Errorf("a method of %T panicked: %s", err, text.OfPanic(v))
			}
		}
	}()
	if w.visit(err) {
		return true, nil, nil
	}
	switch x := err.(type) {
	case interface{ Unwrap() error }:
		one = x.Unwrap()
	case interface{ Unwrap() []error }:
		many = x.Unwrap()
	}
	return false, one, many
}

// Is is errors.Is within the bounds of [Walk].
func Is(err, target error) (is bool) {
	if err == nil || target == nil {
		return err == target
	}
	comparable := reflect.TypeOf(target).Comparable()
	Walk(err, func(err error) bool {
		if comparable && err == target {
			is = true
		} else if x, ok := err.(interface{ Is(error) bool }); ok {
			is = x.Is(target)
		}
		return is
	})
	return is
}

// As is errors.AsType within the bounds of [Walk]. T is an interface type or a
// type that implements error.
func As[T any](err error) (found T, ok bool) {
	Walk(err, func(err error) bool {
		if found, ok = err.(T); ok {
			return true
		}
		if x, is := err.(interface{ As(any) bool }); is {
			var target T // escapes, so it is not found itself
			if ok = x.As(&target); ok {
				found = target
			}
		}
		return ok
	})
	return found, ok
}
