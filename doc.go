// Package failwell is the tour of a library that makes any HTTP server fail
// well: every failure of an API in one typed value, answered in one declared
// form. It has no code of its own.
//
// A Go server fails in a dozen dialects: the text of http.Error, ServeMux's
// plain 404 and 405, an empty reply after a panic, TimeoutHandler's HTML, a
// validator's Go-speak, a limiter's bare 429. Clients cannot program against
// that, and support cannot find it again. failwell is wrapped around the
// handlers that are there and makes all of it keep one promise.
//
// # The packages
//
//   - [github.com/failwell/failwell/apierr]: the Error, the Contract that says
//     how errors are told, the Format of their bodies, and Write, where every
//     failure ends
//   - [github.com/failwell/failwell/apierr/contracts/chatbase],
//     [github.com/failwell/failwell/apierr/contracts/polyai] and
//     [github.com/failwell/failwell/apierr/contracts/avatarium]: three
//     published contracts
//   - [github.com/failwell/failwell/middleware]: New, the outermost layer: IDs,
//     recovery, interception, deadlines, the body limit, one log record
//   - [github.com/failwell/failwell/validate]: a request into a struct, or an
//     Error with everything that is wrong with it
//   - [github.com/failwell/failwell/ratelimit]: limits and quotas, and the 429;
//     [github.com/failwell/failwell/ratelimit/redislimit] shares them between
//     machines
//
// middleware, validate and ratelimit do not know each other: each is useful
// alone, and apierr is all they share. A handler's package imports apierr and
// validate, never middleware.
//
// # The way of a request
//
// middleware.New makes an exchange for the request: the IDs, the wrapped
// writer, one deferred recover. The handler runs, and however it fails (it
// returns an error, panics, calls http.Error, outlives its deadline, reads past
// the body limit, is refused by a limiter) the failure ends in apierr.Write.
// Write finds the Error that tells it, the contract puts its stand-in in place,
// the Format encodes it into memory, and only then is the response touched. A
// response that has begun is never appended to: an event stream gets one last
// event, a stream of JSON lines one last line, and anything else is cut so that
// the client sees it.
//
// # Choices
//
// A contract is a value, and a layer makes an [github.com/failwell/failwell/apierr.Promise] of it: checked,
// copied, indexed. What the two need of each other is one interface in the
// request's context, [github.com/failwell/failwell/apierr.Exchange], so that a layer of one's own can stand
// in middleware's place.
//
// The ID headers are set when the response is committed, not on entry: so they
// are there exactly once, whatever a proxy or a handler has put in the header.
//
// Request IDs are UUIDs of version 7 made from a generator that the kernel
// seeds; the uuid package's own takes a lock and a system call, a third of what
// the whole middleware costs. The text of the ID lies in the exchange.
//
// Package validate evaluates the plain rules of go-playground/validator itself,
// one value at a time, and puts all others to validator for one value each: the
// traversal of validator cannot be stopped, and costs up to a kilobyte for each
// broken rule. A fuzz target compares both verdicts. It also decodes parameters
// itself: go-playground/form is quadratic in the names with brackets.
//
// # Dependencies
//
//	module                      for                     why this one
//	go-playground/validator/v10 rules on structs        what Go servers already tag their structs with
//	go-playground/              translated messages     what validator's own translations are written for
//	  universal-translator,
//	  locales
//	gabriel-vasile/mimetype     types of file parts     tells a file by its bytes, not by its name; validator brings it along
//	golang.org/x/text           Accept-Language         matching of languages, RFC 4647; validator brings it along
//	google/uuid                 request IDs             the standard answer; see Choices
//	go-json-experiment/json     decoding and quoting    encoding/json/v2: the standard library's own on Go 1.27.
//	                                                    Rejects duplicate names and invalid UTF-8, gives JSON Pointers
//	stretchr/testify            tests, and the checks   what Go tests are usually written with
//	                              of limittest
//	redis/go-redis/v9           the shared limiter      Redis is where teams already share limits; redislimit's own go.mod
//
// Go 1.26 is the oldest Go that works, since validator needs it; the newest is
// tested too.
package failwell
