package ratelimit

import (
	"net/netip"

	"github.com/failwell/failwell/ratelimit/clientip"
)

// ByIP keys requests by the address of the client. The package comment has a
// table of the function for each setup; package clientip has those for other
// headers than X-Forwarded-For, for Unix sockets and for NAT64, and the rules in
// full.
//
// Without arguments, the client is the peer of the connection (RemoteAddr), and
// no header is read. With the prefixes of your proxies, X-Forwarded-For is read
// if the peer is one of them, and never otherwise. No other header is read. The
// header is read from the right, and the first address that is not trusted is
// the client; the client may have written what is to the left of it.
//
// The key of an IPv4 address is the address, that of an IPv6 address its /64. If
// a trusted proxy sends the header without a usable address, the key is
// "unknown"; if it does not send the header, as for a health check, the key is
// the proxy's own address.
//
// ByIP panics if a prefix is not valid or contains every address. The KeyFunc
// allocates nothing for IPv4 clients and one string for others.
func ByIP(trusted ...netip.Prefix) KeyFunc {
	return clientip.New(clientip.Options{Trusted: trusted})
}
