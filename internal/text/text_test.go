package text_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/internal/text"
)

type (
	badError  struct{}
	badString struct{}
	nilError  struct{ text string }
)

func (badError) Error() string    { panic("in Error") }
func (badString) String() string  { panic("in String") }
func (e *nilError) Error() string { return e.text }

func TestOf(t *testing.T) {
	for _, test := range []struct {
		v    any
		want string
	}{
		{"boom", "boom"},
		{7, "7"},
		{nil, "<nil>"},
		{errors.New("boom"), "boom"},
		{fmt.Errorf("a: %w", errors.New("b")), "a: b"},
		{badError{}, "(text_test.badError: its Error method panicked)"},
		{(*nilError)(nil), "(*text_test.nilError: its Error method panicked)"},
	} {
		require.Equal(t, test.want, text.OfPanic(test.v))
		if err, ok := test.v.(error); ok {
			require.Equal(t, test.want, text.OfError(err))
		}
	}
	require.NotPanics(t, func() { text.OfPanic(badString{}) })
}

type (
	list  []any
	table map[string]any
	box   struct{ v any }
)

// Package fmt does not return from a value that contains itself.
func TestOfPanicEnds(t *testing.T) {
	inList, inTable, inKey, inBox := list{nil}, table{}, map[any]any{}, box{}
	inList[0] = inList
	inTable["self"] = []any{map[string]any{"self": inTable}}
	inKey[&inKey] = inKey
	inBox.v = []any{&inBox, inList}
	inPointer := &list{nil}
	(*inPointer)[0] = *inPointer
	var deep any
	for range 100_000 {
		deep = []any{deep}
	}
	for _, test := range []struct {
		v    any
		want string
	}{
		{inList, "(text_test.list)"},
		{inTable, "(text_test.table)"},
		{inKey, "(map[interface {}]interface {})"},
		{inBox, "(text_test.box)"},
		{&inBox, "(*text_test.box)"},
		{inPointer, "(*text_test.list)"},
		{deep, "([]interface {})"},
		{make([]int, 1_000_000), "([]int)"},
		{list{1, box{"a"}, table{"b": nil}}, "[1 {a} map[b:<nil>]]"},
		{&box{7}, "&{7}"},
		{struct{ error }{errors.New("boom")}, "boom"},
		{[]any{(*box)(nil), any(nil)}, "[<nil> <nil>]"},
	} {
		require.Equal(t, test.want, text.OfPanic(test.v))
	}
}
