package lab

import (
	"fmt"
	"net/http"
)

func panics(http.ResponseWriter, *http.Request) {
	panic("lab-secret: a nil map, say")
}

// panicsMidway panics when the client has a part of the answer already.
func panicsMidway(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintln(w, "the first half")
	http.NewResponseController(w).Flush() // panics anyway
	panic("lab-secret: the second half")
}

// aborts breaks off the answer in the way that net/http has for it.
func aborts(http.ResponseWriter, *http.Request) {
	panic(http.ErrAbortHandler)
}
