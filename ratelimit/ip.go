package ratelimit

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/failwell/failwell/ratelimit/internal/clientip"
)

// ByIP keys requests by the address of the client. The package comment has a
// table of which function fits which setup.
//
// Without arguments, the client is the peer of the connection (RemoteAddr), and
// no header is read. With the prefixes of your proxies, X-Forwarded-For is read
// if the peer is one of them, and never otherwise. No other header is read. All
// lines of X-Forwarded-For form one list, read from the right, because each
// proxy adds the address of its own peer at that end. The first address that is
// not trusted is the client; the client may have written what is to the left of
// it. If all addresses are trusted, the leftmost one is the client.
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
//     "unknown", so that they cost neither the proxy nor a client anything.
//   - The peer is not an IP address, as on a Unix socket. All of these share
//     the empty key; [IPOptions] has a setting to trust them.
//   - A trusted proxy did not send the header: the request is its own, such as
//     a health check. The key is the address of the proxy.
//
// So no client can choose the key of another client or a new key, if each
// trusted proxy adds to the header or replaces it. Trust the addresses of
// proxies only: a client whose own address is trusted chooses its key.
//
// ByIP panics if a prefix is not valid or contains every address. The KeyFunc
// allocates nothing for IPv4 clients and one string for others.
func ByIP(trusted ...netip.Prefix) KeyFunc { return ByIPWith(IPOptions{Trusted: trusted}) }

// ByForwarded is [ByIP] for proxies that add to the header Forwarded of RFC
// 7239: it reads no other header. Obfuscated nodes ("_hidden") have the key
// "unknown", since a proxy makes a new one for each request; so has a line over
// 8 KiB, and one in which the quotes do not close, since a client can open one
// to hide what a proxy adds. It panics without a trusted prefix.
func ByForwarded(trusted ...netip.Prefix) KeyFunc {
	return ByIPWith(IPOptions{Header: clientip.Forwarded, Trusted: trusted})
}

// ByIPHeader is [ByIP] for a header with a single address that the trusted
// proxies replace in each request, such as CF-Connecting-IP of Cloudflare: it
// reads no other header. A request with two such lines has the key "unknown".
//
// Some products pass the client's own header on by default: True-Client-IP of
// Akamai, Fastly-Client-IP, X-Real-IP and X-Client-IP of most. Configure them
// to replace it, and test that they do.
//
// It panics without a trusted prefix, and if name is not the name of a header
// or that of a list, X-Forwarded-For or Forwarded.
func ByIPHeader(name string, trusted ...netip.Prefix) KeyFunc {
	switch http.CanonicalHeaderKey(name) {
	case "":
		panic("ratelimit: ByIPHeader needs the name of a header")
	case clientip.XForwardedFor, clientip.Forwarded:
		panic("ratelimit: ByIPHeader: " + name + " is a list: use ByIP or ByForwarded")
	}
	return ByIPWith(IPOptions{Header: name, Trusted: trusted})
}

// IPOptions are the settings of [ByIPWith]. The zero value is that of
// [ByIP] without arguments.
type IPOptions struct {
	// Header is the header that the trusted proxies add to or replace.
	// X-Forwarded-For and Forwarded are read as lists, any other as a single
	// address. Empty: X-Forwarded-For.
	Header string

	// Trusted are the addresses of the proxies. None: no peer with an IP
	// address is trusted. A list must not trust every address, since its
	// leftmost element is the client's own; 0.0.0.0/0 and ::/0 are for a
	// Header with a single address, behind a network that only the proxies
	// can reach.
	Trusted []netip.Prefix

	// TrustUnix trusts each peer on a Unix socket, such as nginx on the same
	// machine. The permissions of the socket decide who that can be.
	TrustUnix bool

	// NAT64 are prefixes of your own translators, such as one within
	// 64:ff9b:1::/48 (RFC 8215): of an address in them, the embedded IPv4
	// address is the key, also a private one. The length of each is 32, 40,
	// 48, 56, 64 or 96 bits (RFC 6052 section 2.2). 64:ff9b::/96 is known
	// without being listed, for global addresses.
	NAT64 []netip.Prefix

	// IPv4Bits and IPv6Bits are the size of one client's network, in bits of
	// the address: 1 to 32, and 1 to 128. 0: 32 and 64.
	IPv4Bits, IPv6Bits int
}

// unusableKey is the key of requests whose trusted header names no address. It
// is not the text of an address.
const unusableKey = "unknown"

// ByIPWith is [ByIP], [ByForwarded] or [ByIPHeader], depending on o.Header,
// with more settings. It panics if one of them is out of range, and if a Header
// is set that no trusted peer could send.
func ByIPWith(o IPOptions) KeyFunc {
	k := o.checked()
	direct := len(k.finder.Trusted) == 0 && !k.finder.Unix && k.v4 == 32
	return func(r *http.Request) (string, error) {
		if direct {
			if text := clientip.PlainIPv4(r.RemoteAddr); text != "" {
				return text, nil
			}
		}
		switch addr, text, res := k.finder.Find(r); res {
		case clientip.Unusable:
			return unusableKey, nil
		case clientip.Found:
			return k.of(addr, text), nil
		}
		return "", nil
	}
}

// ipKey makes the keys of addresses.
type ipKey struct {
	finder clientip.Finder
	nat64  []netip.Prefix
	v4, v6 int
}

// of returns the key of an address; text is its spelling if that is known.
func (k *ipKey) of(addr netip.Addr, text string) string {
	if addr.Is6() {
		addr = clientip.Embedded(addr, k.nat64)
	}
	bits := k.v6
	if addr.Is4() {
		if bits = k.v4; bits == 32 {
			if text != "" {
				return text
			}
			return addr.String()
		}
	}
	p, _ := addr.Prefix(bits) // in range since construction
	var room [48]byte
	return string(p.AppendTo(room[:0]))
}

// checked returns the options with the defaults in place. It panics where they
// cannot be meant.
func (o IPOptions) checked() ipKey {
	k := ipKey{
		finder: clientip.Finder{Header: http.CanonicalHeaderKey(o.Header), Unix: o.TrustUnix},
		nat64:  slices.Clone(o.NAT64),
		v4:     bitsOr(o.IPv4Bits, 32, 32),
		v6:     bitsOr(o.IPv6Bits, 64, 128),
	}
	if strings.ContainsFunc(o.Header, notToken) {
		panic(fmt.Sprintf("ratelimit: %q is not the name of a header", o.Header))
	}
	if o.Header == "" {
		k.finder.Header = clientip.XForwardedFor
	} else if len(o.Trusted) == 0 && !o.TrustUnix {
		panic("ratelimit: " + o.Header + " is read only if a trusted proxy sends it: name the proxies")
	}
	single := k.finder.Header != clientip.XForwardedFor && k.finder.Header != clientip.Forwarded
	for _, p := range o.Trusted {
		if !p.IsValid() {
			panic("ratelimit: a trusted prefix is not valid")
		}
		p = clientip.Normalize(p)
		if p.Bits() == 0 && !single {
			panic(fmt.Sprintf("ratelimit: to trust %v is to let every client choose its key", p))
		}
		k.finder.Trusted = append(k.finder.Trusted, p)
	}
	for i, p := range k.nat64 {
		if !clientip.ValidNAT64(p) {
			panic(fmt.Sprintf("ratelimit: %v is not a NAT64 prefix of 32, 40, 48, 56, 64 or 96 bits", p))
		}
		k.nat64[i] = p.Masked()
	}
	return k
}

// bitsOr returns bits, or byDefault for 0.
func bitsOr(bits, byDefault, most int) int {
	if bits < 0 || bits > most {
		panic(fmt.Sprintf("ratelimit: %d is not 0 to %d bits of an address", bits, most))
	}
	if bits == 0 {
		return byDefault
	}
	return bits
}

// notToken reports whether c cannot be in a header's name (RFC 9110 section
// 5.6.2).
func notToken(c rune) bool {
	return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
}
