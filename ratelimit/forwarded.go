package ratelimit

import (
	"net/http"
	"net/netip"
	"strings"
)

// proxies are the addresses whose word about the client is taken.
type proxies []netip.Prefix

func (t proxies) trust(a netip.Addr) bool {
	for _, p := range t {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// client is the address of the client behind peer.
func (t proxies) client(peer netip.Addr, h http.Header) netip.Addr {
	if !t.trust(peer) {
		return peer
	}
	xff, fwd := h["X-Forwarded-For"], h["Forwarded"]
	switch {
	case len(xff) == 0 && len(fwd) == 0:
		return peer
	case len(fwd) == 0:
		return t.walk(peer, xff, lastAddr)
	case len(xff) == 0:
		return t.walk(peer, fwd, lastFor)
	}
	a, b := t.walk(peer, xff, lastAddr), t.walk(peer, fwd, lastFor)
	if a != b {
		return peer
	}
	return a
}

// maxHops bounds how many elements are read. No chain of proxies is longer.
const maxHops = 32

// walk reads the lines from the right, one element at a time, as far as the
// addresses are trusted. last cuts the last element off a line.
func (t proxies) walk(peer netip.Addr, lines []string, last func(string) (rest, host string, ok bool)) netip.Addr {
	hops := 0
	for i := len(lines) - 1; i >= 0; i-- {
		for rest := lines[i]; rest != ""; {
			if hops++; hops > maxHops {
				return peer
			}
			var host string
			var ok bool
			if rest, host, ok = last(rest); !ok {
				return peer
			}
			if host == "" {
				continue // RFC 9110 section 5.6.1.2: empty elements do not count
			}
			addr, _ := parseHost(host)
			if !addr.IsValid() {
				return peer
			}
			peer = addr
			if !t.trust(addr) {
				return addr
			}
		}
	}
	return peer
}

// lastAddr cuts the last element off a line of X-Forwarded-For.
func lastAddr(line string) (rest, host string, ok bool) {
	i := strings.LastIndexByte(line, ',')
	if i < 0 {
		return "", trim(line), true
	}
	return line[:i], trim(line[i+1:]), true
}

// lastFor cuts the last element off a line of Forwarded (RFC 7239 section 4)
// and returns its for parameter. Commas and semicolons may stand in quotes,
// which can only be told from the left: a line whose quotes do not close is
// not ok, nor is an element without exactly one for.
func lastFor(line string) (rest, host string, ok bool) {
	start, quoted := 0, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case c == ',' && !quoted:
			start = i + 1
		}
	}
	if quoted {
		return "", "", false
	}
	element := trim(line[start:])
	if element == "" {
		return line[:max(start-1, 0)], "", true
	}
	host, ok = forParameter(element)
	return line[:max(start-1, 0)], host, ok
}

// forParameter returns the value of for in pairs such as
// for="[2001:db8::1]:80";proto=https. Its quotes are taken off; a backslash in
// it makes it junk, as no address needs one.
func forParameter(element string) (host string, ok bool) {
	for element != "" {
		pair := element
		element = ""
		quoted := false
		for i := 0; i < len(pair); i++ {
			if c := pair[i]; c == '"' {
				quoted = !quoted
			} else if c == '\\' && quoted {
				i++
			} else if c == ';' && !quoted {
				pair, element = pair[:i], pair[i+1:]
				break
			}
		}
		name, value, _ := strings.Cut(trim(pair), "=")
		if !strings.EqualFold(name, "for") {
			continue
		}
		if ok {
			return "", false // twice
		}
		if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
			value = value[1 : len(value)-1]
		}
		host, ok = value, value != ""
		if !ok {
			return "", false
		}
	}
	return host, ok
}

func trim(s string) string { return strings.Trim(s, " \t") }
