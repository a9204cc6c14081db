package clientip

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// FromForwarded returns the key function for proxies that add to the header
// Forwarded (RFC 7239). Obfuscated nodes ("_hidden") have the key "unknown",
// since a proxy makes a new one for each request; so has a line over 8 KiB, and
// one in which the quotes do not close, since a client can open one to hide
// what a proxy adds. It panics without a trusted prefix, and if one is not valid
// or contains every address.
func FromForwarded(trusted ...netip.Prefix) func(*http.Request) (string, error) {
	return New(Options{Header: forwarded, Trusted: trusted})
}

// FromHeader returns the key function for a header with a single address that
// the trusted proxies replace in each request, such as CF-Connecting-IP of
// Cloudflare. A request with two such lines has the key "unknown".
//
// Some products pass the client's own header on by default: True-Client-IP of
// Akamai, Fastly-Client-IP, X-Real-IP and X-Client-IP of most. Configure them
// to replace it, and test that they do.
//
// It panics without a trusted prefix, if one is not valid, and if name is not
// the name of a header or that of a list, X-Forwarded-For or Forwarded.
func FromHeader(name string, trusted ...netip.Prefix) func(*http.Request) (string, error) {
	switch http.CanonicalHeaderKey(name) {
	case "":
		panic("clientip: FromHeader needs the name of a header")
	case xForwardedFor, forwarded:
		panic("clientip: FromHeader: " + name + " is a list: use ratelimit.ByIP or FromForwarded")
	}
	return New(Options{Header: name, Trusted: trusted})
}

// Options are the settings of [New]. The zero value reads no header: the client
// is the peer of the connection.
type Options struct {
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

// New returns the key function with these options. It panics if one of them is
// out of range, and if a Header is set that no trusted peer could send.
func New(o Options) func(*http.Request) (string, error) {
	k := o.checked()
	direct := len(k.trusted) == 0 && !k.unix && k.v4 == 32
	return func(r *http.Request) (string, error) {
		if direct {
			if text := plainIPv4(r.RemoteAddr); text != "" {
				return text, nil
			}
		}
		switch addr, text, res := k.find(r); res {
		case unusable:
			return unusableKey, nil
		case found:
			return k.of(addr, text), nil
		}
		return "", nil
	}
}

// unusableKey is the key of requests whose trusted header names no address. It
// is not the text of an address.
const unusableKey = "unknown"

// keyer makes the keys of addresses.
type keyer struct {
	finder
	nat64  []netip.Prefix
	v4, v6 int
}

// of returns the key of an address; text is its spelling if that is known.
func (k *keyer) of(addr netip.Addr, text string) string {
	if addr.Is6() {
		addr = embedded(addr, k.nat64)
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
func (o Options) checked() keyer {
	k := keyer{
		finder: finder{header: http.CanonicalHeaderKey(o.Header), unix: o.TrustUnix},
		nat64:  slices.Clone(o.NAT64),
		v4:     bitsOr(o.IPv4Bits, 32, 32),
		v6:     bitsOr(o.IPv6Bits, 64, 128),
	}
	if strings.ContainsFunc(o.Header, notToken) {
		panic(fmt.Sprintf("clientip: %q is not the name of a header", o.Header))
	}
	if o.Header == "" {
		k.header = xForwardedFor
	} else if len(o.Trusted) == 0 && !o.TrustUnix {
		panic("clientip: " + o.Header + " is read only if a trusted proxy sends it: name the proxies")
	}
	single := k.header != xForwardedFor && k.header != forwarded
	for _, p := range o.Trusted {
		if !p.IsValid() {
			panic("clientip: a trusted prefix is not valid")
		}
		p = normalize(p)
		if p.Bits() == 0 && !single {
			panic(fmt.Sprintf("clientip: to trust %v is to let every client choose its key", p))
		}
		k.trusted = append(k.trusted, p)
	}
	for i, p := range k.nat64 {
		if !validNAT64(p) {
			panic(fmt.Sprintf("clientip: %v is not a NAT64 prefix of 32, 40, 48, 56, 64 or 96 bits", p))
		}
		k.nat64[i] = p.Masked()
	}
	return k
}

// bitsOr returns bits, or byDefault for 0.
func bitsOr(bits, byDefault, most int) int {
	if bits < 0 || bits > most {
		panic(fmt.Sprintf("clientip: %d is not 0 to %d bits of an address", bits, most))
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
