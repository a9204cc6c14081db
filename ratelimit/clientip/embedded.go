package clientip

import "net/netip"

// embedded returns the IPv4 address that an IPv6 address carries, as the
// address of one client, or addr unchanged. nat64 are prefixes of the
// operator's own translators, as validNAT64 accepts them.
//
// The other prefixes carry global addresses only. A private one, or one of the
// server's own network, may be somebody's invention, and is not unpacked.
func embedded(addr netip.Addr, nat64 []netip.Prefix) netip.Addr {
	if !addr.Is6() || addr.Is4In6() {
		return addr
	}
	b := addr.As16()
	for _, p := range nat64 {
		if p.Contains(addr) {
			return unpack(b, p.Bits())
		}
	}
	for _, t := range transitions {
		if t.prefix.Contains(addr) {
			if v4 := t.unpack(b); isGlobal(v4) {
				return v4
			}
		}
	}
	return addr
}

// transitions are the prefixes with an IPv4 address at a known place.
var transitions = []struct {
	prefix netip.Prefix
	unpack func([16]byte) netip.Addr
}{
	{netip.MustParsePrefix("64:ff9b::/96"), last4},     // NAT64, RFC 6052 section 2.1
	{netip.MustParsePrefix("::ffff:0:0:0/96"), last4},  // IPv4-translated, RFC 2765 section 2.1
	{netip.MustParsePrefix("2002::/16"), sixToFour},    // 6to4, RFC 3056 section 2
	{netip.MustParsePrefix("2001::/32"), teredoClient}, // Teredo, RFC 4380 section 4
}

func last4(b [16]byte) netip.Addr { return netip.AddrFrom4([4]byte(b[12:])) }

func sixToFour(b [16]byte) netip.Addr { return netip.AddrFrom4([4]byte(b[2:])) }

// teredoClient is the address of the client's NAT, of which every bit is
// inverted.
func teredoClient(b [16]byte) netip.Addr {
	return netip.AddrFrom4([4]byte{^b[12], ^b[13], ^b[14], ^b[15]})
}

// validNAT64 reports whether p is an IPv6 prefix of a length that RFC 6052
// section 2.2 has a layout for.
func validNAT64(p netip.Prefix) bool {
	if !p.IsValid() || !p.Addr().Is6() || p.Addr().Is4In6() {
		return false
	}
	switch p.Bits() {
	case 32, 40, 48, 56, 64, 96:
		return true
	}
	return false
}

// unpack returns the address behind a prefix of that many bits. Octet 8, the
// bits 64 to 71, is skipped (RFC 6052 section 2.2).
func unpack(b [16]byte, bits int) netip.Addr {
	var v4 [4]byte
	at := bits / 8
	for i := range v4 {
		if at == 8 {
			at++
		}
		v4[i] = b[at]
		at++
	}
	return netip.AddrFrom4(v4)
}

// isGlobal reports whether an IPv4 address may be that of a client elsewhere.
// It counts the ranges for documentation as such.
func isGlobal(a netip.Addr) bool {
	return a.IsGlobalUnicast() && !a.IsPrivate() && !thisNetwork.Contains(a) && !carrierNAT.Contains(a) && !reserved.Contains(a)
}

var (
	thisNetwork = netip.MustParsePrefix("0.0.0.0/8")
	carrierNAT  = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598
	reserved    = netip.MustParsePrefix("240.0.0.0/4")
)
