// Package ratelimit limits how often a caller may ask.
//
// A [Policy] is a promise: a rate such as 10 a second, or a quota such as
// 50,000 a month. A [Limiter] keeps one or several of them for every key, and
// [Middleware] puts it in front of a handler:
//
//	limiter := ratelimit.NewMemory(
//		ratelimit.PerSecond("burst", 10),
//		ratelimit.Monthly("plan", 50_000),
//	)
//	handler = ratelimit.Middleware(limiter, ratelimit.ByIP())(handler)
//
// # What is promised
//
// A rate admits at most Burst + Limit·t/Window units in any span of time t,
// whoever asks from however many goroutines; and no fewer, if they are asked
// for. Of ten times as many requests at one instant exactly a burst is
// admitted. A quota admits exactly its Limit between one midnight of its time
// zone, or first of the month, and the next. All policies of one call are
// charged or none. There is no window at whose end twice the limit passes, and
// none of a key's state is lost by eviction, by a step of the clock, or when
// the table of keys is full; see [Memory].
//
// A span that holds a Refund admits that much more.
//
// # Which limiter
//
// [Memory] keeps the limits of one process. Package
// github.com/failwell/failwell/ratelimit/redislimit keeps those of many. Both
// pass the checks of package limittest, as an implementation of your own
// should; [Check], [Choose] and [NewDecision] are what they share.
//
// # Choosing the key
//
// What is limited is the key, so an attacker who can choose keys is not
// limited. [ByIP] cannot be fooled by headers, but an address may be an office
// or a carrier's network. Authenticated callers are better told by who they
// are: [ByContext], further in than authentication. For both, put one
// Middleware inside the other: the outer one by address, generous, and the
// inner one by account.
//
// # How it works
//
// Rates are the generic cell rate algorithm: one integer for each key, the
// time at which nothing is taken any more, moved by compare-and-swap. It never
// needs a sweep to be right, and a key at rest is the same as no key, which is
// what lets a Memory forget. The headers are those of
// draft-ietf-httpapi-ratelimit-headers-10; Retry-After is that of RFC 9110
// section 10.2.3, and status 429 that of RFC 6585 section 4.
package ratelimit
