package middleware_test

import (
	"compress/gzip"
	"io"
	"log"
	"net/http"
)

var quiet = log.New(io.Discard, "", 0)

// layer is a ResponseWriter as a logging middleware makes it: it hides all but
// Unwrap.
type layer struct{ http.ResponseWriter }

func (l layer) Unwrap() http.ResponseWriter { return l.ResponseWriter }

func wrapping(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(layer{w}, r) })
}

// gzipping is a compressor in twenty lines, with the habits of the real ones:
// it says so in the header before the handler runs, and ends its stream
// whatever happens.
func gzipping(next http.Handler) http.Handler { return gzippingAt(gzip.DefaultCompression, next) }

// gzippingAt is gzipping at a level. At gzip.NoCompression, and where compression
// does not pay, the bytes of the handler are stored as they are.
func gzippingAt(level int, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		zip, _ := gzip.NewWriterLevel(w, level)
		z := &zipped{ResponseWriter: w, zip: zip}
		defer z.zip.Close()
		next.ServeHTTP(z, r)
	})
}

type zipped struct {
	http.ResponseWriter
	zip *gzip.Writer
}

func (z *zipped) WriteHeader(status int) {
	z.Header().Del("Content-Length")
	z.ResponseWriter.WriteHeader(status)
}

func (z *zipped) Write(p []byte) (int, error) {
	z.Header().Del("Content-Length")
	return z.zip.Write(p)
}

func (z *zipped) Flush() {
	z.zip.Flush()
	z.ResponseWriter.(http.Flusher).Flush()
}
