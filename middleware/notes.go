package middleware

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/failwell/failwell/apierr"
)

// notes is what most requests have no need of.
type notes struct {
	failure      *apierr.Error            // the first that was sent, or would have been; nil: nothing failed
	contract     *apierr.CompiledContract // in force for it
	declared     bool                     // the contract has its code
	final        bool                     // by New itself: whatever else is recorded was too late
	cause        error
	secondary    error
	stack        string
	route        string          // as a router or a layer reported it
	routeWritten string          // of the request that apierr.Write had
	mapping      int             // calls of Map that are under way
	limited      context.Context // the context that Limits made, nil where it made none
	limit        time.Time       // the deadline that Limits asked for there, zero: none
	conn         net.Conn        // as the handler has hijacked it
	*rare
}

// rare is what few failures have need of: an error costs less without it.
type rare struct {
	relayed    []*relayed                           // answers of apierr.Write to layers' writers
	verdict    *verdict                             // of an inner New about a failure
	intercept  func(status int, h http.Header) bool // of the route, nil: that of New
	writeErr   error                                // the first of the inner writer
	writeBy    time.Time                            // the deadline that SetWriteDeadline set, zero: none
	writeBySet bool                                 // SetWriteDeadline was called
	watch      *watch                               // for the loss of the connection
	atEnd      []func(status int)                   // in order
	encoding   []string                             // Content-Encoding when the exchange began
	language   *chosenLanguage                      // nil: nobody has asked yet
}

// notedRare is noted for what is rare.
func (ex *exchange) notedRare(f func(*notes)) {
	ex.noted(func(n *notes) {
		if n.rare == nil {
			n.rare = new(rare)
		}
		f(n)
	})
}

// readRare returns a copy of what is rare as it is now.
func (ex *exchange) readRare() rare {
	if n := ex.read(); n.rare != nil {
		ex.mu.Lock()
		defer ex.mu.Unlock()
		return *n.rare
	}
	return rare{}
}

// noted calls f with the notes, unless the request is over.
func (ex *exchange) noted(f func(*notes)) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	if ex.ended {
		return
	}
	f(ex.made())
}

// made returns the notes and makes them if there are none. mu is held.
func (ex *exchange) made() *notes {
	n := ex.notes.Load()
	if n == nil {
		n = new(notes)
		ex.notes.Store(n)
	}
	return n
}

// read returns a copy of the notes as they stand.
func (ex *exchange) read() notes {
	n := ex.notes.Load()
	if n == nil {
		return notes{}
	}
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return *n
}
