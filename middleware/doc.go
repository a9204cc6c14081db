// Package middleware makes everything that it is wrapped around fail as a
// contract says: handlers that return errors, panic, call http.Error, run out of
// time or read too much, and routers that answer 404 in plain text.
//
//	handler := middleware.New(apierr.Standard)(mux)
//
// For each request [New] makes a request ID and takes or makes a correlation
// ID, recovers panics, replaces the failures that are not in the contract's
// format, limits the body, and writes one log record. A success passes
// untouched, and so does a failure that the handler has given a form of its own.
// Everything that http.ResponseController and the optional interfaces of the
// server's ResponseWriter can do works through New.
//
// # How failures are answered
//
//	a returned error, apierr.Write      the error, as apierr.Write resolves it
//	a panic, runtime.Goexit             Internal; the stack goes to the log
//	panic(http.ErrAbortHandler)         the response is aborted, as asked
//	a status >= 400 without a body,     the contract's error for the status;
//	  or with plain text                  a line of text of a 4xx is the message
//	a status >= 400 with another type   it passes; a body without a Content-Type
//	                                      is HTML, JSON or text by its content
//	http.TimeoutHandler's default page  the contract's error for 503
//	two failing statuses                the first is the answer
//	a deadline, nothing written,        GatewayTimeout
//	  or a proxy's 502
//	a body over the limit               BodyTooLarge; HTTP/1 closes
//	a body that comes too slowly        RequestTimeout
//	a failure after the response has    one last event or line of a stream,
//	  begun                               else the response is aborted
//	a status >= 400 and a body after    the same; the text goes to the log
//	  the response has begun
//	a client that has left              nothing is sent; 499 in the log
//
// [Intercept], [WithIntercept] and [WithTextMessages] change what is replaced,
// and what of a text is shown.
//
// # Where it belongs
//
// Outermost, so that nothing escapes it. Layers that replace a response
// wholesale, such as http.TimeoutHandler, work on either side, and so do
// compressors: an answer says that it is compressed if it is. A compressor
// inside New hides whether anything was written, and what it ends in an orderly
// way on a panic looks complete: give the handlers inside it a New of their own,
// which shares the IDs and the log record with the outer one, and decides about
// the failures inside it.
//
// What is written to a writer of a layer's own is that layer's: a single-page
// fallback that answers a 404 with its index, a retry, a batch. Its response
// stands, and a 5xx that it has dropped is in the log as a secondary error.
//
// A reverse proxy inside New has its upstream's failures replaced where they
// have no body or plain text; what is JSON or HTML passes. To leave all of them
// alone, IDs, recovery and the log still on:
//
//	leave := middleware.Intercept(func(*http.Request, int, http.Header) bool { return false })
//	mux.Handle("/upstream/", leave(proxy))
//
// Two ends are as HTTP allows: an HTTP/1.0 answer without a length is aborted by
// a reset of the connection, and a failure after the last byte of an answer with
// a Content-Length cannot be shown any more on HTTP/1; the log has it. After
// runtime.Goexit, which takes net/http's own end with it, HTTP/1 closes the
// connection behind the answer and HTTP/2 resets the stream behind it. Outside an
// http.Server, under CGI or in an adapter, nothing recovers http.ErrAbortHandler:
// there New does not raise it, and the log says so.
//
// A panic in a goroutine that a handler has started ends the process, with New as
// without it. What such a goroutine writes after the handler has returned is
// refused.
package middleware
