package recent

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
)

// A ring is as large as it says, with everything that belongs to it.
func TestRing_Size(t *testing.T) {
	r := newRing(maxServerBytes)
	size := int(reflect.TypeFor[ring]().Size())
	require.LessOrEqual(t, size, ringOverhead)
	require.LessOrEqual(t, size+cap(r.buf), maxServerBytes)
}

// add keeps rec.
func (r *ring) add(rec []byte) {
	if room := r.begin(len(rec)); room != nil {
		copy(room, rec)
		r.end()
	}
}

// kept returns the records, the oldest first.
func (r *ring) kept() (all [][]byte) {
	for rec := range r.newestFirst() {
		all = append(all, bytes.Clone(rec))
	}
	slices.Reverse(all)
	return all
}

// Whatever the sizes, the ring holds the newest records unchanged, at most as
// many as it has slots and bytes; and it drops none that it has room for: what
// it holds is at least its size less the largest record at the end of the
// buffer and the one that came last.
func TestRing_Model(t *testing.T) {
	for _, test := range []struct{ size, least, most int }{
		{100, 1, 10}, {100, 1, 100}, {100, 33, 34}, {100, 50, 50}, {100, 100, 100}, {1 << 10, 1, 1},
		{1 << 10, 2, 400}, {1 << 15, 1, 64}, {1 << 15, 30, 34}, {1 << 12, 4096, 4097},
	} {
		t.Run(fmt.Sprint(test), func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, uint64(test.size)))
			r := &ring{buf: make([]byte, test.size)}
			var all [][]byte
			for n := range 2000 {
				rec := bytes.Repeat([]byte{byte(n)}, test.least+random.IntN(test.most-test.least+1))
				r.add(rec)
				if len(rec) <= test.size {
					all = append(all, rec)
				}
				if n%23 > 0 && n > 100 {
					continue // looking costs more than adding
				}
				kept := r.kept()
				require.Equal(t, all[len(all)-len(kept):], kept, "the newest, in order")
				require.LessOrEqual(t, len(kept), maxFailures)
				bytes := 0
				for _, rec := range kept {
					bytes += len(rec)
				}
				require.LessOrEqual(t, bytes, test.size)
				if len(kept) < len(all) && len(kept) < maxFailures {
					require.Greater(t, bytes, test.size-3*test.most, "it drops no more than it must")
				}
			}
		})
	}
}

// A reader that stands still in the middle holds no lock, and ends where its
// next record has been evicted.
func TestRing_SlowReader(t *testing.T) {
	r := &ring{buf: make([]byte, 1<<10)}
	for n := range 10 {
		r.add([]byte{byte(n)})
	}
	seen := 0
	for rec := range r.newestFirst() {
		require.Equal(t, []byte{9}, rec)
		seen++
		done := make(chan struct{})
		go func() { // a request
			defer close(done)
			for range 2 * maxFailures {
				r.add([]byte{100})
			}
		}()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			require.FailNow(t, "a request waits for a reader")
		}
		require.Equal(t, []byte{9}, rec, "what was read stays as it is")
	}
	require.Equal(t, 1, seen)
}

// A reader stops when it has what it wants.
func TestRing_Break(t *testing.T) {
	r := &ring{buf: make([]byte, 1<<10)}
	for n := range 10 {
		r.add([]byte{byte(n)})
	}
	for rec := range r.newestFirst() {
		if rec[0] == 5 {
			break
		}
	}
	require.Len(t, r.kept(), 10)
}

// FuzzRecord: a failure within the bounds comes back as it was, and any other as
// one that is within them and comes back as it is.
func FuzzRecord(f *testing.F) {
	f.Add("r", "c", "t", "GET", "/a/{b}", "/a/1", "CODE", "cause", "stack", "", "", "email", uint8(1), int32(404), int64(1), int64(2), true, false)
	f.Add("", "", "", "", "", "", "", "\xff", "\x00", "é", "é", "", uint8(20), int32(-1), int64(-1), int64(-5), false, true)
	f.Fuzz(func(t *testing.T, id, correlation, trace, method, route, path, code, cause, stack, write, secondary, rule string, rules uint8,
		status int32, at, took int64, gone, cut bool) {
		in := Failure{
			Time: time.Unix(0, at).UTC(), RequestID: id, CorrelationID: correlation, TraceID: trace, Method: method, Route: route, Path: path,
			Status: int(status), Code: code, Duration: time.Duration(took), Cause: cause, Stack: stack, WriteError: write,
			SecondaryError: secondary, ClientGone: gone, Cut: cut,
		}
		for range rules {
			in.Violations = append(in.Violations, apierr.Violation{In: rule, Path: rule, Rule: rule})
		}
		rec := recordOf(&in)
		require.LessOrEqual(t, len(rec), maxRecord)
		once := decodeFailure(rec)
		require.LessOrEqual(t, len(once.Violations), maxViolations+1)
		again := recordOf(&once)
		require.Equal(t, once, decodeFailure(again))
		if bytes.Equal(rec, again) && int(rules) <= maxViolations+1 {
			require.Equal(t, in, once)
		}
		for _, own := range []string{once.RequestID, once.CorrelationID, once.TraceID} {
			require.True(t, hasID(again, own))
		}
		require.False(t, hasID(again, once.RequestID+once.CorrelationID+once.TraceID+"x"))
	})
}

// recordOf returns the record of f, written over the remains of others.
func recordOf(f *Failure) []byte {
	r := &ring{buf: bytes.Repeat([]byte{0xff}, maxRecord)}
	r.keep(f)
	for rec := range r.newestFirst() {
		return bytes.Clone(rec)
	}
	panic("the record is larger than maxRecord")
}
