package seam

import "net/http"

// Transparent is a ResponseWriter of this module that only watches: it passes
// every call on to the one that Transparent returns.
type Transparent interface {
	http.ResponseWriter
	Transparent() http.ResponseWriter
}

// Inner returns the writer behind the transparent ones around it.
func Inner(w http.ResponseWriter) http.ResponseWriter {
	for t, ok := w.(Transparent); ok; t, ok = w.(Transparent) {
		w = t.Transparent()
	}
	return w
}
