package clientip

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
)

// finder finds client addresses. It is not changed after it is made.
type finder struct {
	header  string         // canonical; read only if a trusted peer sent the request
	trusted []netip.Prefix // of proxies, as normalize returns them
	unix    bool           // trust peers on a Unix socket
}

// result is the kind of a client.
type result uint8

const (
	// none: the connection has no IP address, and no trusted peer has named
	// one.
	none result = iota
	// unusable: a trusted peer sent the header, but it names no address.
	unusable
	// found: the client has an address.
	found
)

// normalize returns the prefix without host bits, and an IPv4-mapped one as the
// IPv4 prefix that it maps: addresses are compared in that form.
func normalize(p netip.Prefix) netip.Prefix {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked()
}

// find returns the address of the client. text is its spelling in the request
// if it is IPv4, which has only one; otherwise it is empty.
//
// A trusted peer whose request does not have the header is the client itself,
// such as a load balancer that checks the server's health.
func (f *finder) find(r *http.Request) (addr netip.Addr, text string, res result) {
	addr, text = parseAddress(r.RemoteAddr)
	trusted := addr.IsValid() && f.trusts(addr) || f.unix && !addr.IsValid() && isUnix(r)
	if lines := r.Header[f.header]; trusted && len(lines) > 0 {
		addr, text = f.read(lines)
		if !addr.IsValid() {
			return netip.Addr{}, "", unusable
		}
	}
	if !addr.IsValid() {
		return netip.Addr{}, "", none
	}
	return addr, text, found
}

// read returns the address that the header names; not valid if it names none.
func (f *finder) read(lines []string) (netip.Addr, string) {
	switch f.header {
	case xForwardedFor:
		return f.walk(lines, lastAddress, parseAddress)
	case forwarded:
		return f.walk(lines, lastFor, parseNode)
	}
	if len(lines) > 1 {
		return netip.Addr{}, "" // somebody else wrote one of them
	}
	return parseAddress(trim(lines[0]))
}

// The headers that hold a list, as http.Header spells them.
const (
	xForwardedFor = "X-Forwarded-For"
	forwarded     = "Forwarded"
)

// maxHops bounds the number of elements that are read. No chain of proxies is
// longer.
const maxHops = 32

// walk reads the elements of the lines from the right, since each proxy adds
// the address of its own peer at that end. The first address that is not
// trusted is the client's: what is to the left of it may be the client's
// invention. If all are trusted, the leftmost one is the client.
//
// cut cuts the last element off a line; ok is false if it cannot be read.
func (f *finder) walk(
	lines []string, cut func(line string) (rest, node string, ok bool), parse func(string) (netip.Addr, string),
) (addr netip.Addr, text string) {
	hops := 0
	for _, rest := range slices.Backward(lines) {
		for more := true; more; more = rest != "" {
			if hops++; hops > maxHops {
				return netip.Addr{}, ""
			}
			var node string
			var ok bool
			if rest, node, ok = cut(rest); !ok {
				return netip.Addr{}, ""
			}
			if node == "" {
				continue // RFC 9110 section 5.6.1.2: empty elements do not count
			}
			if addr, text = parse(node); !addr.IsValid() || !f.trusts(addr) {
				return addr, text
			}
		}
	}
	return addr, text
}

func (f *finder) trusts(a netip.Addr) bool {
	for _, p := range f.trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// isUnix reports whether the request came over a Unix socket. net/http puts
// the server's side of the connection into the context; requests of tests have
// only a RemoteAddr, which is "@" for a peer without a name.
func isUnix(r *http.Request) bool {
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		return local.Network() == "unix"
	}
	return r.RemoteAddr == "@"
}
