package recent

import (
	"iter"
	"sync"
)

// ring keeps the newest records, as many as its buffer and its slots hold. Its
// memory is allocated once and never grows.
//
// A writer holds the lock while it copies one record into the buffer, a reader
// while it copies one record out of it. A reader that takes its time therefore
// delays no request, and sees each record whole.
type ring struct {
	mu    sync.Mutex
	buf   []byte            // records, each in one piece, in the order of time from head on
	slots [maxFailures]slot // of record n: slots[n % maxFailures]
	head  int               // where the next record begins in buf
	first uint64            // the oldest record that is kept
	next  uint64            // the number of the next record
}

// slot is where a record is in the buffer.
type slot struct{ begin, end uint32 }

// ringOverhead is the memory of a ring beside its buffer, in bytes, rounded up
// to a page.
const ringOverhead = 8 << 10

// newRing returns a ring of that many bytes in all.
func newRing(bytes int) ring { return ring{buf: make([]byte, bytes-ringOverhead)} }

// begin returns the room for a record of that many bytes, in place of the oldest
// records, and holds the lock until end is called. It returns nil, and holds no
// lock, if the record is larger than the buffer.
func (r *ring) begin(size int) []byte {
	if size > len(r.buf) {
		return nil
	}
	r.mu.Lock()
	if r.head+size > len(r.buf) {
		r.evictUntil(len(r.buf))
		r.head = 0
	}
	begin, end := r.head, r.head+size
	r.evictUntil(end)
	if r.next-r.first == maxFailures {
		r.first++
	}
	r.slots[r.next%maxFailures] = slot{uint32(begin), uint32(end)}
	r.next++
	r.head = end
	return r.buf[begin:end:end]
}

// end makes the record that was written into the room visible to readers.
func (r *ring) end() { r.mu.Unlock() }

// evictUntil drops the records that begin between head and end. They are the
// oldest: the newer ones are in front of head.
func (r *ring) evictUntil(end int) {
	for r.first < r.next {
		begin := int(r.slots[r.first%maxFailures].begin)
		if begin < r.head || begin >= end {
			return
		}
		r.first++
	}
}

// newestFirst returns the records from the newest to the oldest that is still
// kept when its turn comes. A record is valid until the next one.
func (r *ring) newestFirst() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		rec := make([]byte, 0, maxRecord) // so that read does not allocate
		r.mu.Lock()
		n := r.next
		r.mu.Unlock()
		for n > 0 {
			n--
			var kept bool
			if rec, kept = r.read(n, rec); !kept || !yield(rec) {
				return
			}
		}
	}
}

// read copies record n over dst. kept is false if it has been evicted.
func (r *ring) read(n uint64, dst []byte) (rec []byte, kept bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n < r.first {
		return dst, false
	}
	s := r.slots[n%maxFailures]
	return append(dst[:0], r.buf[s.begin:s.end]...), true
}
