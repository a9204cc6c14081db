// Package ratelimit limits the requests that a caller may make.
//
// A [Policy] is one limit: a rate such as 10 a second, or a quota such as
// 50,000 a month. A [Limiter] applies one or more policies to each key, and
// [Middleware] puts a limiter before a handler:
//
//	limiter := ratelimit.NewMemory(
//		ratelimit.PerSecond("burst", 10),
//		ratelimit.Monthly("plan", 50_000),
//	)
//	handler = ratelimit.Middleware(limiter, ratelimit.ByIP())(handler)
//
// A refused request is answered with 429, Retry-After and the error body of the
// contract; every response has the fields RateLimit and RateLimit-Policy.
//
// # Guarantees
//
// A rate admits at most Burst + Limit·t/Window units in any span of time t,
// from any number of goroutines, and admits no fewer if they are asked for. If ten
// times the burst arrives at one instant, exactly the burst is admitted. There are
// no fixed windows, at whose boundaries twice the limit would pass. A quota admits
// exactly its Limit between one midnight, or first of the month, and the next in
// its time zone. All policies of one call are charged, or none. A key's state is
// not lost by eviction, by a step of the clock, or when the table of keys is full:
// see [Memory].
//
// A Refund adds its units to what the span admits.
//
// # Memory or Redis
//
// [Memory] keeps the limits of one process. Package
// github.com/failwell/failwell/ratelimit/redislimit keeps those of many. Both
// pass the checks of package limittest.
//
// A Memory starts empty: after a restart, [Daily] and [Monthly] quotas are
// counted from 0 again, and each of n machines admits the whole limit. That is
// enough for rates of seconds to minutes and as a safety net. Use redislimit for
// quotas that customers pay for.
//
// # The key
//
// The key says which requests share a limit. A client that can choose its key
// is not limited.
//
//   - Before authentication, use the address of the client: see the next
//     section. An office or a carrier's network may share one address, so make
//     the limit generous.
//   - After authentication, use the account: [ByContext], in a Middleware inside
//     the one that authenticates.
//   - For both, nest two Middlewares: the outer one by address, the inner one
//     by account.
//
// # The client's address
//
// Choose the function by what is in front of the server. It reads that one
// header, from the proxies that you name, and no other:
//
//	your setup                                        use
//	clients connect to the server directly            ByIP()
//	nginx, HAProxy, Envoy, Caddy, Traefik or a cloud  ByIP(proxies...)
//	  load balancer that adds to X-Forwarded-For
//	several of them in a row                          ByIP with the prefixes of all
//	a proxy on the same machine, on a Unix socket     clientip.New(Options{TrustUnix: true})
//	a proxy that adds to Forwarded (RFC 7239)         clientip.FromForwarded(proxies...)
//	Cloudflare                                        clientip.FromHeader("CF-Connecting-IP", cloudflare...)
//	nginx that sets X-Real-IP to $remote_addr         clientip.FromHeader("X-Real-IP", proxies...)
//	the PROXY protocol                                ByIP(), behind a net.Listener that reads it
//	                                                  and returns the client as RemoteAddr
//	clients behind NAT64 with a prefix of your own    clientip.New(Options{NAT64: ...})
//
// The prefixes of proxies are in their documentation: Cloudflare
// https://www.cloudflare.com/ips/, AWS
// https://ip-ranges.amazonaws.com/ip-ranges.json, Google Cloud
// https://www.gstatic.com/ipranges/cloud.json. Google's load balancer adds two
// addresses to X-Forwarded-For, the client's and its own: name its own too.
//
// Verify the setup before going live. Serve the key at a path of its own:
//
//	key := ratelimit.ByIP(proxies...)
//	mux.HandleFunc("GET /debug/key", func(w http.ResponseWriter, r *http.Request) {
//		k, _ := key(r)
//		fmt.Fprintln(w, k)
//	})
//
// Call it through the proxy from a machine whose address you know, with headers
// that lie, and then past the proxy if the server can be reached that way:
//
//	curl https://api.example.com/debug/key
//	curl -H 'X-Forwarded-For: 192.0.2.1' -H 'Forwarded: for=192.0.2.1' \
//	     -H 'X-Real-IP: 192.0.2.1' -H 'CF-Connecting-IP: 192.0.2.1' \
//	     https://api.example.com/debug/key
//
// Each answer must be your own address.
//
//	answer                 fault
//	192.0.2.1              the proxy passes the client's header on: configure it to
//	                       add to or replace the header; never go live like this
//	the proxy's address    the proxy does not send the header, or it is not trusted:
//	                       all clients share one limit
//	unknown                the proxy sends the header without an address, or a header
//	                       with a single address arrives twice
//	an empty line          the proxy calls on a Unix socket that is not trusted
//
// # Recipes
//
// The examples of this package have a limit by the caller's plan
// ([WithPolicies]), by a number for each customer from a database, and by
// route; limits on failed logins ([WithCountIf]) and by the size of a batch
// ([Take]).
//
// # Implementation
//
// Rates are the generic cell rate algorithm: one integer for each key, the time
// at which no units are taken, changed by compare-and-swap. It needs no cleanup
// to be correct. A key with no units taken is the same as no key, so a Memory can
// forget it. The header fields are those of
// draft-ietf-httpapi-ratelimit-headers-10; Retry-After is that of RFC 9110
// section 10.2.3, and status 429 that of RFC 6585 section 4.
//
// [Check], [SelectPolicies] and [NewDecision] are for implementations of
// Limiter.
package ratelimit
