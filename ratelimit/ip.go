package ratelimit

import (
	"net/http"
	"net/netip"
	"strconv"
	"strings"
)

// ByIP keys requests by the address of the client: an IPv4 address by itself,
// IPv6 addresses by their /64, which is what one subscriber has. An
// IPv4-mapped address is the IPv4 address it maps.
//
// The address is the one that the connection came from (RemoteAddr). Headers
// count only where it lies in one of the trusted prefixes, which are those of
// your own proxies: then X-Forwarded-For and Forwarded (RFC 7239), all their
// lines joined, are read from the right, since each proxy adds the address it
// was called from at that end. The first that is not trusted is the client's;
// what stands left of it the client may have written itself. If every address
// is trusted, the leftmost of them counts.
//
// Nobody can choose another's key or a new one, so long as each trusted proxy
// adds to the header it knows: declare only such proxies. Where what they
// wrote is not an address ("unknown", "_hidden", junk), and where both headers
// are there and name different clients, since then one of them is not a
// proxy's, the request is charged to the proxy that reported it. A request
// without any usable address, as from a Unix socket, is charged to one bucket
// that all such requests share. X-Real-IP, True-Client-IP and the like are
// never read.
//
// It panics on a prefix that is not valid. The KeyFunc allocates nothing for
// IPv4 clients, and one string for others.
func ByIP(trusted ...netip.Prefix) KeyFunc { return ByIPPrefix(32, 64, trusted...) }

// ByIPPrefix is [ByIP] with other sizes of what is one client: v4 bits of an
// IPv4 address, 0 to 32, and v6 bits of an IPv6 address, 0 to 128. It panics
// where they are out of range.
func ByIPPrefix(v4, v6 int, trusted ...netip.Prefix) KeyFunc {
	if v4 < 0 || v4 > 32 || v6 < 0 || v6 > 128 {
		panic("ratelimit: ByIPPrefix: " + strconv.Itoa(v4) + " and " + strconv.Itoa(v6) + " are not bits of an IPv4 and an IPv6 address")
	}
	proxies := make(proxies, 0, len(trusted))
	for _, p := range trusted {
		if !p.IsValid() {
			panic("ratelimit: ByIP: a trusted prefix is not valid")
		}
		if p.Addr().Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		proxies = append(proxies, p.Masked())
	}
	direct := len(proxies) == 0 && v4 == 32
	return func(r *http.Request) (string, error) {
		if direct {
			if text := plainIPv4(r.RemoteAddr); text != "" {
				return text, nil
			}
		}
		peer, text := parseHost(r.RemoteAddr)
		addr := peer
		if len(proxies) > 0 && peer.IsValid() {
			addr = proxies.client(peer, r.Header)
		}
		switch {
		case !addr.IsValid():
			return "", nil
		case addr == peer && text != "" && v4 == 32:
			return text, nil
		case addr.Is4() && v4 == 32:
			return addr.String(), nil
		case addr.Is4():
			return prefixKey(addr, v4), nil
		}
		return prefixKey(addr, v6), nil
	}
}

func prefixKey(addr netip.Addr, bits int) string {
	p, _ := addr.Prefix(bits) // in range since construction
	var room [48]byte
	return string(p.AppendTo(room[:0]))
}

// parseHost reads an address with or without a port: 192.0.2.1,
// 192.0.2.1:80, 2001:db8::1, [2001:db8::1], [2001:db8::1%eth0]:80. The zone is
// dropped and an IPv4-mapped address unmapped. Anything else, and the
// unspecified address, is not valid. text is the part of s that is the address
// where that is IPv4, which has one spelling only; else empty.
func parseHost(s string) (addr netip.Addr, text string) {
	text = s
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 0 || !validPort(s[end+1:]) {
			return netip.Addr{}, ""
		}
		text = s[1:end]
		if !strings.Contains(text, ":") {
			return netip.Addr{}, "" // brackets are for IPv6
		}
	} else if i := strings.IndexByte(s, ':'); i >= 0 && i == strings.LastIndexByte(s, ':') {
		if !validPort(s[i:]) {
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

// plainIPv4 is the address in an IPv4 address with a port, as net/http writes
// it, read in one pass; empty where s is anything else or unspecified.
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
		case c == ':' && digits > 0 && dots == 3 && i+1 < len(s) && validPort(s[i:]) && s[:i] != "0.0.0.0":
			return s[:i]
		default:
			return ""
		}
	}
	return ""
}

// validPort accepts nothing, and a colon with 1 to 5 digits.
func validPort(s string) bool {
	if s == "" {
		return true
	}
	if s[0] != ':' || len(s) < 2 || len(s) > 6 {
		return false
	}
	for i := 1; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
