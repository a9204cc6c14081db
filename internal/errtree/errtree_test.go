package errtree_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/internal/errtree"
)

type (
	self      struct{}                           // Unwrap returns its receiver
	forked    struct{}                           // and twice
	broad     int                                // and as often as it says
	panics    struct{ in string }                // where it says
	slices    struct{ _ []int }                  // cannot be compared
	hidden    struct{ v any }                    // can be compared as a type, not as a value
	says      struct{ is, as error }             // has Is and As methods
	answers   struct{ yes bool }                 // has a Timeout method
	exploding interface{ Explode() }             // is implemented by nothing
	timeout   interface{ Timeout() (late bool) } // is implemented by answers
)

func (self) Error() string       { return "self" }
func (s self) Unwrap() error     { return s }
func (forked) Error() string     { return "forked" }
func (f forked) Unwrap() []error { return []error{f, f} }
func (broad) Error() string      { return "broad" }
func (b broad) Unwrap() []error  { return make([]error, b) }
func (slices) Error() string     { return "slices" }
func (hidden) Error() string     { return "hidden" }
func (answers) Error() string    { return "answers" }
func (a answers) Timeout() bool  { return a.yes }
func (says) Error() string       { return "says" }
func (s says) Is(err error) bool { return err == s.is }
func (s says) As(target any) bool { // as net/http has it for the reset of a stream
	if p, ok := target.(*answers); ok && s.as != nil {
		*p = s.as.(answers)
		return true
	}
	return false
}

func (p panics) Error() string { return "panics" }
func (p panics) Unwrap() error { p.at("Unwrap"); return io.EOF }
func (p panics) Is(error) bool { p.at("Is"); return false }
func (p panics) As(any) bool   { p.at("As"); return false }
func (p panics) at(method string) {
	if p.in == method {
		panic("in " + method)
	}
}

func deep(n int, err error) error {
	for range n {
		err = fmt.Errorf("%w", err)
	}
	return err
}

func TestWalk(t *testing.T) {
	for _, test := range []struct {
		name    string
		err     error
		visited int
		fault   string
	}{
		{"nil", nil, 0, ""},
		{"one", io.EOF, 1, ""},
		{"a chain", deep(3, io.EOF), 4, ""},
		{"a tree", errors.Join(deep(2, io.EOF), io.EOF, deep(1, io.EOF)), 7, ""},
		{"nil in a tree", fmt.Errorf("%w %w", nil, io.EOF), 2, ""},
		{"as many as are visited", deep(999, io.EOF), 1000, ""},
		{"one more", deep(1000, io.EOF), 1000, ""},
		{"100,000", deep(100_000, io.EOF), 1000, ""},
		{"itself", self{}, 1000, ""},
		{"itself, twice", forked{}, 1000, ""},
		{"an error twice", errors.Join(io.EOF, io.EOF), 3, ""},
		{"many that are nil", broad(1_000_000), 1, ""},
		{"a panic", errors.Join(panics{"Unwrap"}, io.EOF), 3, "a method of errtree_test.panics panicked: in Unwrap"},
		{"two panics", errors.Join((*net.OpError)(nil), panics{"Unwrap"}), 3, "a method of *net.OpError panicked: runtime error: invalid memory address or nil pointer dereference"},
	} {
		visited := 0
		fault := errtree.Walk(test.err, func(error) bool { visited++; return false })
		require.Equal(t, test.visited, visited, test.name)
		if test.fault == "" {
			require.NoError(t, fault, test.name)
		} else {
			require.EqualError(t, fault, test.fault, test.name)
		}
	}
}

func TestWalkStops(t *testing.T) {
	var visited []error
	tree := errors.Join(fs.ErrExist, fmt.Errorf("%w", io.EOF), fs.ErrClosed)
	require.NoError(t, errtree.Walk(tree, func(err error) bool {
		visited = append(visited, err)
		return err == io.EOF
	}))
	require.Equal(t, []error{tree, fs.ErrExist, fmt.Errorf("%w", io.EOF), io.EOF}, visited)

	visits := 0
	fault := errtree.Walk(tree, func(err error) bool { visits++; panic("in visit") })
	require.ErrorContains(t, fault, "in visit")
	require.Equal(t, 1, visits, "nothing below an error whose visit panicked")
}

// Within the bounds the answers are those of package errors.
func TestIsAndAs(t *testing.T) {
	_, dial := new(net.Dialer).DialContext(canceled(), "tcp", "127.0.0.1:1")
	for _, err := range []error{
		nil, io.EOF, deep(3, io.EOF), errors.Join(fs.ErrExist, io.EOF), dial, os.ErrDeadlineExceeded,
		&net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}, says{is: io.EOF}, says{as: answers{true}}, answers{true},
		deep(2, answers{true}), errors.Join(says{is: fs.ErrExist}, answers{}), slices{}, hidden{1}, &fs.PathError{Err: fs.ErrExist},
	} {
		for _, target := range []error{nil, io.EOF, fs.ErrExist, context.Canceled, context.DeadlineExceeded, slices{}, hidden{1}, answers{true}} {
			require.Equal(t, errors.Is(err, target), errtree.Is(err, target), "%v is %v", err, target)
		}
		same[*net.OpError](t, err)
		same[*fs.PathError](t, err)
		same[answers](t, err)
		same[timeout](t, err)
		same[exploding](t, err)
	}
}

func same[T any](t *testing.T, err error) {
	t.Helper()
	var want T
	ok := errors.As(err, &want)
	got, found := errtree.As[T](err)
	require.Equal(t, ok, found, "%v as %T", err, want)
	require.Equal(t, want, got)
}

// Where package errors hangs or panics.
func TestIsAndAsBeyondPackageErrors(t *testing.T) {
	for _, err := range []error{
		self{}, forked{}, deep(100_000, io.EOF), panics{"Unwrap"}, panics{"Is"}, panics{"As"}, (*net.OpError)(nil), hidden{[]int{1}},
	} {
		require.False(t, errtree.Is(err, fs.ErrExist), "%v", err)
		_, ok := errtree.As[answers](err)
		require.False(t, ok, "%v", err)
		require.True(t, errtree.Is(errors.Join(io.EOF, err), io.EOF), "%v: what comes before it is found", err)
	}
	require.False(t, errtree.Is(hidden{[]int{1}}, hidden{[]int{1}}))
	for _, err := range []error{panics{"Unwrap"}, panics{"Is"}, (*net.OpError)(nil)} {
		require.True(t, errtree.Is(errors.Join(err, fs.ErrExist), fs.ErrExist), "%T: what comes after it is found", err)
	}
	_, ok := errtree.As[answers](errors.Join(panics{"As"}, answers{}))
	require.True(t, ok)
}

func TestAllocations(t *testing.T) {
	tree := deep(5, io.EOF)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		errtree.Is(tree, fs.ErrExist)
		errtree.As[*net.OpError](tree)
	}))
}

func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
