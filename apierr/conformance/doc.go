// Package conformance checks that a server keeps its contract: that each of its
// failures has the form, the code, the status and the header fields that the
// contract declares, that nothing leaks, and that nothing incomplete looks
// complete. The server may be written in any language, and with any library.
//
//	func TestConformance(t *testing.T) {
//		layer := middleware.New(contract)
//		conformance.Test(t, layer(mux), contract,
//			conformance.WithRoute("GET", "/healthz"),
//			conformance.WithBody("POST", "/v1/items", `{"name":"x"}`),
//			conformance.WithMiddleware(layer),
//		)
//	}
//
// [Test] runs in go test, over HTTP/1.1 and HTTP/2, with a subtest for each
// check. [Watch] checks the responses of tests that exist already, by the rules
// for every failure below. [Check] checks a server at a URL, and so does the
// command check of github.com/failwell/failwell/apierr/cmd/failwell.
//
// A check is a scenario, which is provoked, and a rule about the responses to it:
// not-found/envelope. A rule is a MUST only where an RFC or the contract says so;
// anything else is advice, and fails nothing unless [WithStrict] is given. What
// the kit could not provoke is reported as not exercised and never as passed.
// What the contract does not ask for, such as a correlation ID if it has no
// header for one, does not apply.
//
// Nothing is required of a server but what its contract document says. Bodies
// are read by the kit's own readers of Envelopes and Problems, which share no
// code with these; of another Format only the media type is checked, and that
// JSON is JSON.
//
// # Limits
//
// The kit takes the method, the path and the body of a route from the options,
// and guesses none. It does not see what a server logs. Over HTTP/2 it does not
// write by hand: connection-close is a matter of HTTP/1.1. A server that accepts
// client-made request IDs from loopback, for a gateway there, fails
// hostile-ids/request-id: use [WithSkip]. In a test of this process a leaked
// goroutine is one of more than eight with the same stack, so that a pool that
// the first request starts is none.
//
// # Rules for every failure
//
// Scenarios say below which of these apply.
//
//	envelope         MUST   the body is one value in the contract's form and nothing more: UTF-8,
//	                        exact members of the right types, no member null or empty instead of
//	                        absent, a message [contract: format; RFC 8259 section 8.1; RFC 9457
//	                        section 3]
//	type             MUST   the Content-Type is that of the form [contract: format.content_type]
//	code             MUST   the code is declared, has its ID, and is the one for this failure
//	                        [contract: errors, mappings]
//	status           MUST   the status is that of the code, and of the class that fits the failure
//	                        [contract: errors[].status, mappings[].status]
//	ids              MUST   each ID header is there once, equals the ID in the body, and is new for
//	                        each request [contract: headers]
//	length           MUST   the Content-Length is that of the body, and the body arrives whole [RFC
//	                        9110 section 8.6]
//	headers          MUST   the status has the fields that it requires: WWW-Authenticate, Allow,
//	                        Retry-After of a second or more [RFC 9110 sections 15.5.2, 15.5.6;
//	                        contract: retry_after]
//	no-leak          MUST   no secret, cause, panic value, stack or source position is in the
//	                        response [RFC 9457 section 5; CWE-209]
//	cache            advice the response forbids storing, so that no cache repeats the failure [RFC
//	                        9111 section 4.2.2]
//
// # Scenarios
//
// A scenario without a word on them has all rules for every failure.
//
//	success: GETs a route that exists; needs WithRoute; none of the rules for every failure
//	    status           MUST   the route answers 2xx, and not with the body of a failure
//	                            [WithRoute]
//	    ids              MUST   each ID header is there once and is new for each request [contract:
//	                            headers]
//	    no-leak          MUST   no secret, cause, panic value, stack or source position is in the
//	                            response [RFC 9457 section 5; CWE-209]
//
//	not-found: GETs a path that does not exist
//
//	wrong-method: sends methods that the route does not have; needs WithRoute; without headers
//	    allow            MUST   a 405 has Allow, which lists the methods that work and not the one
//	                            that was refused [RFC 9110 sections 10.2.1, 15.5.6]
//
//	head: sends HEAD where GET fails; none of the rules for every failure
//	    no-body          MUST   the response has no body [RFC 9110 section 9.3.2]
//	    like-get         MUST   the status is that of GET, and so is a Content-Type [RFC 9110
//	                            section 9.3.2]
//	    length           MUST   a Content-Length is that of the body of GET [RFC 9110 section 8.6]
//	    ids              MUST   each ID header is there once and is new for each request [contract:
//	                            headers]
//
//	malformed: sends JSON that is broken; needs WithBody
//
//	empty: sends no body; needs WithBody
//
//	deep: sends JSON that is 100,000 levels deep; needs WithBody
//
//	wrong-types: sends members of other types, and other values in place of the object; needs
//	  WithBody
//
//	too-large: sends a body over the limit, with a Content-Length; needs WithBody
//	    arrives          MUST   the answer arrives, and no reset of the connection follows at once,
//	                            by which clients lose it [RFC 9112 section 9.6]
//
//	too-large-chunked: sends a body over the limit, without a length; needs WithBody
//	    arrives          MUST   the answer arrives, and no reset of the connection follows at once,
//	                            by which clients lose it [RFC 9112 section 9.6]
//
//	expect: announces a body over the limit, with Expect: 100-continue; needs WithBody
//	    arrives          MUST   the answer arrives, and no reset of the connection follows at once,
//	                            by which clients lose it [RFC 9112 section 9.6]
//	    no-continue      advice the final status is sent before the body is asked for [RFC 9110
//	                            section 10.1.1]
//
//	connection-close: sends a body over the limit, with Connection: close, on HTTP/1.1; needs
//	  WithBody
//	    arrives          MUST   the answer arrives, and no reset of the connection follows at once,
//	                            by which clients lose it [RFC 9112 section 9.6]
//
//	unsupported-media: sends the body as text/x-conformance; needs WithBody
//	    accept           advice Accept names the types that would have been accepted [RFC 9110
//	                            section 15.5.16]
//
//	unauthenticated: sends no credentials; needs WithProtected; without headers
//	    challenge        MUST   a 401 has a WWW-Authenticate with a valid challenge [RFC 9110
//	                            sections 11.6.1, 15.5.2; contract: challenge]
//
//	limited: sends requests until they are refused; needs WithLimited; without headers
//	    retry-after      MUST   a 429 has one Retry-After: a date in the future, or whole seconds,
//	                            at least 1 [contract: retry_after; RFC 9110 section 10.2.3]
//	    retry-after-true MUST   a client that waits as long as Retry-After says is admitted [RFC
//	                            9110 section 10.2.3]
//	    rate-limit       MUST   RateLimit and RateLimit-Policy can be parsed, where they are sent
//	                            [draft-ietf-httpapi-ratelimit-headers-10; RFC 9651 section 4.2]
//
//	hostile-ids: sends ID headers that no ID can be; none of the rules for every failure
//	    request-id       MUST   the request ID of the client is not sent back [contract:
//	                            headers.request_id]
//	    correlation-id   MUST   the correlation ID of the client is replaced [contract:
//	                            headers.correlation_id]
//	    ids              MUST   each ID header is there once and is new for each request [contract:
//	                            headers]
//
//	correlation: sends a correlation ID as UUIDs and traces have it; none of the rules for every
//	  failure
//	    accepted         MUST   the response has the ID that was sent [contract:
//	                            headers.correlation_id]
//	    body             MUST   a body that shows the correlation ID has the same [contract:
//	                            headers.correlation_id, format]
//
//	cors: sends an Origin where GET fails; none of the rules for every failure
//	    exposed          MUST   Access-Control-Expose-Headers lists the ID and Retry-After headers
//	                            that the response has [contract: headers.exposed]
//
//	negotiation: sends Accept where GET fails; without headers, cache
//	    alternative      MUST   the alternative form is sent to clients that prefer it, and to no
//	                            others [contract: alternative; RFC 9110 section 12.5.1]
//	    vary             MUST   Vary lists Accept if there is an alternative [contract: alternative;
//	                            RFC 9110 section 12.5.5]
//
//	language: raises a translated error with Accept-Language; needs WithMiddleware; without headers,
//	  cache
//	    message          MUST   the message is the translation [contract: translations]
//	    fields           MUST   Content-Language names the language, and Vary lists Accept-Language
//	                            [contract: translations; RFC 9110 sections 8.5, 12.5.5]
//
//	declared: raises each declared error; needs WithMiddleware
//
//	panic: panics with texts, errors, values and in the runtime; needs WithMiddleware
//
//	abort: panics with http.ErrAbortHandler; needs WithMiddleware; none of the rules for every
//	  failure
//	    cut              MUST   the response is incomplete for the client, and nothing is appended
//	                            to it [RFC 9110 section 6.1]
//
//	unknown-error: returns an error that no contract has; needs WithMiddleware
//
//	http-error: calls http.Error with a 500 and a secret; needs WithMiddleware
//
//	bare-status: writes a status of 400 or more without a body; needs WithMiddleware
//
//	slow: waits for the end of its context; needs WithMiddleware
//
//	stale: sets fields of a success, then fails; needs WithMiddleware; without headers, cache
//	    encoding         MUST   no Content-Encoding describes a body that is not sent [RFC 9110
//	                            section 8.4]
//	    validators       MUST   ETag and Last-Modified of the success are gone [RFC 9110 section
//	                            8.8]
//	    caching          MUST   no Cache-Control, Expires or CDN field lets caches keep the failure
//	                            [RFC 9111 section 3; RFC 9213 section 2]
//	    content          MUST   no other field describes the content of the success [RFC 9110
//	                            sections 8.5, 8.7, 14.4; RFC 6266; RFC 9530]
//
//	kept: sets fields of layers, then fails; needs WithMiddleware; without headers, cache
//	    vary             MUST   Vary has what was there [RFC 9110 section 12.5.5]
//	    cors             MUST   the Access-Control fields are as they were [contract:
//	                            headers.exposed; Fetch section 3.3]
//	    others           advice fields that say nothing about the body stay [RFC 9110 section 5.1]
//
//	stream-sse: fails after two server-sent events; needs WithMiddleware; none of the rules for
//	  every failure
//	    ends             MUST   the stream ends with one failure in the contract's form, or
//	                            incomplete, and never as if it were whole [RFC 9110 section 6.1]
//	    no-leak          MUST   no secret, cause, panic value, stack or source position is in the
//	                            response [RFC 9457 section 5; CWE-209]
//	    ids              MUST   each ID header is there once and is new for each request [contract:
//	                            headers]
//
//	stream-ndjson: fails after two JSON lines; needs WithMiddleware; none of the rules for every
//	  failure
//	    ends             MUST   the stream ends with one failure in the contract's form, or
//	                            incomplete, and never as if it were whole [RFC 9110 section 6.1]
//	    no-leak          MUST   no secret, cause, panic value, stack or source position is in the
//	                            response [RFC 9457 section 5; CWE-209]
//	    ids              MUST   each ID header is there once and is new for each request [contract:
//	                            headers]
//
//	stream-plain: fails after the first bytes of a text; needs WithMiddleware; none of the rules for
//	  every failure
//	    cut              MUST   the response is incomplete for the client, and nothing is appended
//	                            to it [RFC 9110 section 6.1]
//	    no-leak          MUST   no secret, cause, panic value, stack or source position is in the
//	                            response [RFC 9457 section 5; CWE-209]
//	    ids              MUST   each ID header is there once and is new for each request [contract:
//	                            headers]
//
//	late-error: calls http.Error after the first bytes of a text; needs WithMiddleware; none of the
//	  rules for every failure
//	    cut              MUST   the response is incomplete for the client, and nothing is appended
//	                            to it [RFC 9110 section 6.1]
//	    no-leak          MUST   no secret, cause, panic value, stack or source position is in the
//	                            response [RFC 9457 section 5; CWE-209]
//	    ids              MUST   each ID header is there once and is new for each request [contract:
//	                            headers]
//
//	concurrent: provokes 1,000 failures at once; none of the rules for every failure
//	    whole            MUST   each is answered in the contract's form [contract: format]
//	    mixing           MUST   each request receives its own answer [contract: errors]
//	    ids              MUST   no two responses have the same request ID, and none has that of
//	                            another [contract: headers]
//	    goroutines       MUST   no goroutine is left when the server has stopped; where the handler
//	                            runs in this process [this kit]
package conformance
