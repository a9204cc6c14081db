// Package clientip keys requests by the address of their client, also behind
// proxies. Its functions return a function to use as a ratelimit.KeyFunc:
//
//	limit := ratelimit.Middleware(limiter, clientip.FromForwarded(proxies...))
//
// Package ratelimit has the most common one, ratelimit.ByIP, and a table of
// which function fits which setup, with the commands to verify it.
//
// # Trust
//
// A header is read only if the peer of the connection (RemoteAddr) is trusted.
// Only the header that the function names is read: the client may have sent any
// other. A list is read from the right, because each proxy adds the address
// of its own peer at that end, and all lines of a header form one list. The
// first address that is not trusted is the client; the client may have written
// what is to the left of it. If all addresses are trusted, the leftmost one is
// the client.
//
// So no client can choose the key of another client or a new key, if each
// trusted proxy adds to the header or replaces it. Trust the addresses of
// proxies only: a client whose own address is trusted chooses its key.
//
// # Keys
//
// The key of an IPv4 address is the address. The key of an IPv6 address is its
// /64, which is what one subscriber has. An IPv6 address that carries an IPv4
// address has the key of that address: IPv4-mapped ones, 64:ff9b::/96 (NAT64,
// RFC 6052), 6to4 (RFC 3056), Teredo (RFC 4380) and ::ffff:0:0:0/96 (RFC 2765).
// Only global IPv4 addresses are taken from the last four.
//
// Three kinds of requests have no address:
//
//   - A trusted proxy sent the header, but the address in it is "unknown",
//     junk, or behind more than 32 elements. All of these share the key
//     "unknown", so that they use up the limit neither of the proxy nor of a
//     client.
//   - The peer is not an IP address, as on a Unix socket. All of these share
//     the empty key; Options has a setting to trust them.
//   - A trusted proxy did not send the header: the request is its own, such as
//     a health check. The key is the address of the proxy.
//
// The functions that are returned are safe for concurrent use, never return an
// error, and allocate nothing for IPv4 clients and one string for others.
package clientip
