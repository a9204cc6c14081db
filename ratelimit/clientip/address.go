package clientip

import (
	"net/netip"
	"strings"
)

// parseAddress reads an address with or without a port: 192.0.2.1, 192.0.2.1:80,
// 2001:db8::1, [2001:db8::1], [2001:db8::1%eth0]:80. The zone is dropped and
// an IPv4-mapped address unmapped. Anything else, and the unspecified address,
// is not valid. text is the part of s that is the address if that is IPv4,
// which has one spelling only; otherwise it is empty.
func parseAddress(s string) (addr netip.Addr, text string) { return parse(s, isPort) }

// parseNode reads a node of RFC 7239 section 6: an address as in parseAddress, but
// the port may be obfuscated ("_p1"). The nodes "unknown" and "_hidden" are
// not valid addresses: they identify nobody.
func parseNode(s string) (addr netip.Addr, text string) {
	return parse(s, func(port string) bool { return isPort(port) || isObfuscated(port) })
}

func parse(s string, port func(string) bool) (addr netip.Addr, text string) {
	text = s
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 0 || !validSuffix(s[end+1:], port) {
			return netip.Addr{}, ""
		}
		text = s[1:end]
		if !strings.Contains(text, ":") {
			return netip.Addr{}, "" // brackets are for IPv6
		}
	} else if i := strings.IndexByte(s, ':'); i >= 0 && i == strings.LastIndexByte(s, ':') {
		if !validSuffix(s[i:], port) {
			return netip.Addr{}, ""
		}
		text = s[:i]
	}
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}, ""
	}
	if !addr.Is4() {
		addr, text = addr.WithZone("").Unmap(), ""
	}
	if addr.IsUnspecified() {
		return netip.Addr{}, ""
	}
	return addr, text
}

// validSuffix accepts nothing, and a colon with a port.
func validSuffix(s string, port func(string) bool) bool {
	return s == "" || s[0] == ':' && port(s[1:])
}

// isPort accepts 1 to 5 digits.
func isPort(s string) bool {
	if len(s) < 1 || len(s) > 5 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// isObfuscated accepts "_" 1*( ALPHA / DIGIT / "." / "_" / "-"), RFC 7239
// section 6.3.
func isObfuscated(s string) bool {
	if len(s) < 2 || s[0] != '_' {
		return false
	}
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '.', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}

// plainIPv4 returns the address in an IPv4 address with a port, as net/http
// writes it, in one pass; empty if s is anything else or unspecified.
func plainIPv4(s string) string {
	octet, digits, dots := 0, 0, 0
	for i := 0; i < len(s) && i < len("255.255.255.255:"); i++ {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			if octet = octet*10 + int(c-'0'); octet > 255 || digits > 0 && octet < 10 {
				return "" // too large, or begins with 0
			}
			digits++
		case c == '.' && digits > 0 && dots < 3:
			octet, digits = 0, 0
			dots++
		case c == ':' && digits > 0 && dots == 3 && isPort(s[i+1:]) && s[:i] != "0.0.0.0":
			return s[:i]
		default:
			return ""
		}
	}
	return ""
}

func trim(s string) string { return strings.Trim(s, " \t") }
