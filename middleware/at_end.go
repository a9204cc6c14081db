package middleware

import "net/http"

// AtEnd implements seam.Exchange.
func (ex *exchange) AtEnd(w http.ResponseWriter, f func(status int, direct bool)) (direct, ok bool) {
	o := ex
	direct = o.pathOf(w) != foreign
	for ; o.outer != nil; o = o.outer {
		direct = direct && o.outer.pathOf(o.writer.inner) != foreign
	}
	o.notedRare(func(n *notes) { n.atEnd, ok = append(n.atEnd, func(status int) { f(status, direct) }), true })
	return direct, ok
}

// callAtEnd calls the functions of AtEnd. A panic is a secondary error.
//
// The record has 499 for a response that was written after the client seemed to
// have left. A client that has only closed its sending half receives it all the
// same, so here the status that was written counts: nobody evades a limit on
// failed logins by closing early.
func (ex *exchange) callAtEnd(n *notes, o *Outcome) {
	if n.rare == nil {
		return
	}
	status := int(ex.writer.status)
	if status == 0 {
		status = o.Status
	}
	for _, f := range n.atEnd {
		func() {
			defer func() {
				if v := recover(); v != nil {
					o.SecondaryError = join(o.SecondaryError, panicOf("a function at the end of the request", v))
				}
			}()
			f(status)
		}()
	}
}
