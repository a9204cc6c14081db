// Package middleware keeps a contract's contract about failures for everything
// it is wrapped around: handlers that return errors, panic, call http.Error,
// run out of time or read too much, and routers that answer 404 in plain text.
//
//	handler := middleware.New(apierr.Standard)(mux)
//
// For each request [New] makes a request ID and takes or makes a correlation
// ID, recovers panics, holds back the failures that are not in the contract's
// form and answers them in it, limits the body, and writes one log record.
// What a handler sends of its own accord, success or JSON, passes untouched,
// and everything that http.ResponseController and the optional interfaces of
// the server's ResponseWriter can do works through it.
//
// # What becomes of a failure
//
//	a returned error, apierr.Write      the error, as apierr.Write resolves it
//	a panic, runtime.Goexit             Internal; the stack goes to the log
//	panic(http.ErrAbortHandler)         the connection is broken off, as asked
//	a status >= 400 without a           the contract's error for the status;
//	  Content-Type, or text/plain         the text of a 4xx is the message
//	a deadline, nothing written         GatewayTimeout
//	a body over the limit               BodyTooLarge; HTTP/1 closes
//	a body that comes too slowly        RequestTimeout
//	a failure after the response has    one last event or line of a stream,
//	  begun                               else the connection is broken off
//	a client that has left              nothing is sent; 499 in the log
//
// # Where it belongs
//
// Outermost, so that nothing escapes it. Layers that replace a response
// wholesale, such as http.TimeoutHandler, work on either side. A compressor
// works inside too, but hides from New whether anything was written, and what
// it ends in an orderly way on a panic looks whole: give the handlers inside it
// a New of their own, which shares the IDs and the log record with the outer
// one.
//
// Two ends are as HTTP allows: an HTTP/1.0 answer without a length is cut by a
// reset of the connection, and a failure after the last byte of an answer with
// a Content-Length cannot be shown any more on HTTP/1; the log has it.
// After runtime.Goexit, which takes net/http's own end with it, HTTP/1 closes
// the connection behind the answer and HTTP/2 resets the stream behind it.
//
// A router's own recoverer, chi's or gin's, may stay: it will find nothing to
// recover where New stands inside it, and New answers what it leaves where it
// stands outside.
package middleware
