package ratelimit_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
)

// Peers of the cases: a proxy of ours, over IPv4 and IPv6, and a stranger.
const (
	proxy    = "10.0.0.1:4711"
	proxy6   = "[fd00::1]:4711"
	stranger = "203.0.113.9:4711"
)

var trusted = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}

// TestByIP reads: from this peer, with these header lines, the key is this.
// Lines begin with x (X-Forwarded-For), f (Forwarded) or their own name.
func TestByIP(t *testing.T) {
	for _, c := range []struct {
		name, peer string
		lines      []string
		want       string
	}{
		// The peer's address.
		{"IPv4", "192.0.2.1:80", nil, "192.0.2.1"},
		{"IPv4 without a port", "192.0.2.1", nil, "192.0.2.1"},
		{"IPv6 is its /64", "[2001:db8:1:2:3:4:5:6]:80", nil, "2001:db8:1:2::/64"},
		{"IPv6 of the same /64", "[2001:db8:1:2::1]:80", nil, "2001:db8:1:2::/64"},
		{"IPv6 of the next /64", "[2001:db8:1:3::1]:80", nil, "2001:db8:1:3::/64"},
		{"IPv6 without a port", "2001:db8::1", nil, "2001:db8::/64"},
		{"IPv6 with a zone", "[fe80::1%eth0]:80", nil, "fe80::/64"},
		{"IPv4-mapped", "[::ffff:192.0.2.1]:80", nil, "192.0.2.1"},
		{"IPv4-mapped in hexadecimal", "[::ffff:c000:201]:80", nil, "192.0.2.1"},
		{"IPv4-mapped without a port", "::ffff:192.0.2.1", nil, "192.0.2.1"},
		{"a Unix socket", "@", nil, ""},
		{"nothing", "", nil, ""},
		{"a name", "localhost:80", nil, ""},
		{"unspecified", "0.0.0.0:80", nil, ""},
		{"unspecified IPv6", "[::]:80", nil, ""},
		{"octal", "192.0.2.01:80", nil, ""},
		{"a Unix socket cannot be trusted", "@", []string{"x 198.51.100.7"}, ""},

		// Advisories: headers of a peer that is not trusted say nothing.
		{"GHSA-rjr7-jggh-pgcp (chi RealIP): X-Forwarded-For of anyone", stranger, []string{"x 198.51.100.7"}, "203.0.113.9"},
		{"GHSA-rjr7-jggh-pgcp (chi RealIP): X-Real-IP of anyone", stranger, []string{"X-Real-IP 198.51.100.7"}, "203.0.113.9"},
		{"GHSA-rjr7-jggh-pgcp (chi RealIP): True-Client-IP of anyone", stranger, []string{"True-Client-IP 198.51.100.7"}, "203.0.113.9"},
		{"GHSA-rjr7-jggh-pgcp (chi RealIP): X-Real-IP through a proxy", proxy, []string{"X-Real-IP 198.51.100.7"}, "10.0.0.1"},
		{"GHSA-rjr7-jggh-pgcp (chi RealIP): True-Client-IP before all others", proxy, []string{"True-Client-IP 1.1.1.1", "x 198.51.100.7"}, "198.51.100.7"},
		{"GHSA-3fxj-6jh8-hvhx (chi RealIP): the leftmost address", proxy, []string{"x 1.1.1.1, 198.51.100.7"}, "198.51.100.7"},
		{"GHSA-3fxj-6jh8-hvhx (chi RealIP): the leftmost line", proxy, []string{"x 1.1.1.1", "x 198.51.100.7"}, "198.51.100.7"},
		{"GHSA-9g5q-2w5x-hmxf (chi RealIP): the leftmost, an address of ours", proxy, []string{"x 10.0.0.2, 198.51.100.7"}, "198.51.100.7"},
		{"GHSA-9g5q-2w5x-hmxf (chi RealIP): junk as the address", proxy, []string{"x <script>"}, "10.0.0.1"},
		{"CVE-2020-28483 (gin ClientIP): X-Forwarded-For", stranger, []string{"x 127.0.0.1"}, "203.0.113.9"},
		{"CVE-2020-28483 (gin ClientIP): X-Real-IP", stranger, []string{"X-Real-IP 127.0.0.1"}, "203.0.113.9"},
		{"CVE-2020-28483 (gin ClientIP): X-Appengine-Remote-Addr", proxy, []string{"X-Appengine-Remote-Addr 127.0.0.1"}, "10.0.0.1"},
		{"CVE-2020-28483 (gin ClientIP): through a proxy", proxy, []string{"x 127.0.0.1, 198.51.100.7"}, "198.51.100.7"},
		{"CF-Connecting-IP", proxy, []string{"CF-Connecting-IP 1.1.1.1"}, "10.0.0.1"},
		{"X-Client-IP", proxy, []string{"X-Client-IP 1.1.1.1"}, "10.0.0.1"},
		{"Forwarded of a stranger", stranger, []string{"f for=198.51.100.7"}, "203.0.113.9"},

		// X-Forwarded-For through proxies.
		{"no header", proxy, nil, "10.0.0.1"},
		{"an empty header", proxy, []string{"x "}, "10.0.0.1"},
		{"one address", proxy, []string{"x 198.51.100.7"}, "198.51.100.7"},
		{"the client writes one to the left", proxy, []string{"x 8.8.8.8, 198.51.100.7"}, "198.51.100.7"},
		{"the client writes one of ours", proxy, []string{"x 10.9.9.9, 198.51.100.7"}, "198.51.100.7"},
		{"two proxies", proxy, []string{"x 198.51.100.7, 10.0.0.2"}, "198.51.100.7"},
		{"three proxies and a lie", proxy, []string{"x 9.9.9.9, 198.51.100.7, 10.0.0.3, 10.0.0.2"}, "198.51.100.7"},
		{"all of them ours", proxy, []string{"x 10.0.0.9, 10.0.0.2"}, "10.0.0.9"},
		{"two lines are one list", proxy, []string{"x 8.8.8.8", "x 198.51.100.7"}, "198.51.100.7"},
		{"two lines, the client's first", proxy, []string{"x 8.8.8.8, 198.51.100.7", "x 10.0.0.2"}, "198.51.100.7"},
		{"an empty line after", proxy, []string{"x 198.51.100.7", "x "}, "198.51.100.7"},
		{"no spaces", proxy, []string{"x 8.8.8.8,198.51.100.7"}, "198.51.100.7"},
		{"tabs and spaces", proxy, []string{"x 8.8.8.8 ,\t 198.51.100.7 \t"}, "198.51.100.7"},
		{"empty elements", proxy, []string{"x 198.51.100.7, , ,"}, "198.51.100.7"},
		{"nothing but commas", proxy, []string{"x ,,,"}, "10.0.0.1"},
		{"a port", proxy, []string{"x 198.51.100.7:50123"}, "198.51.100.7"},
		{"a port that is none", proxy, []string{"x 198.51.100.7:x"}, "10.0.0.1"},
		{"a port of six digits", proxy, []string{"x 198.51.100.7:123456"}, "10.0.0.1"},
		{"IPv6", proxy, []string{"x 2001:db8:5:6::1"}, "2001:db8:5:6::/64"},
		{"IPv6 in brackets", proxy, []string{"x [2001:db8:5:6::1]"}, "2001:db8:5:6::/64"},
		{"IPv6 with a port", proxy, []string{"x [2001:db8:5:6::1]:443"}, "2001:db8:5:6::/64"},
		{"IPv6 with a zone", proxy, []string{"x fe80::1%en0"}, "fe80::/64"},
		{"IPv4 in brackets", proxy, []string{"x [198.51.100.7]"}, "10.0.0.1"},
		{"IPv4-mapped client", proxy, []string{"x ::ffff:198.51.100.7"}, "198.51.100.7"},
		{"IPv4-mapped proxy", "[::ffff:10.0.0.1]:1", []string{"x 198.51.100.7, ::ffff:10.0.0.2"}, "198.51.100.7"},
		{"an IPv6 proxy", proxy6, []string{"x 198.51.100.7, fd00::2"}, "198.51.100.7"},
		{"an IPv6 proxy with a zone", "[fd00::1%eth1]:1", []string{"x 198.51.100.7"}, "198.51.100.7"},
		{"unknown", proxy, []string{"x 8.8.8.8, unknown"}, "10.0.0.1"},
		{"unknown behind the second proxy", proxy, []string{"x 8.8.8.8, unknown, 10.0.0.2"}, "10.0.0.2"},
		{"a name", proxy, []string{"x 8.8.8.8, example.org"}, "10.0.0.1"},
		{"octal", proxy, []string{"x 0177.0.0.1"}, "10.0.0.1"},
		{"decimal", proxy, []string{"x 2130706433"}, "10.0.0.1"},
		{"a short form", proxy, []string{"x 127.1"}, "10.0.0.1"},
		{"unspecified", proxy, []string{"x 0.0.0.0"}, "10.0.0.1"},
		{"a prefix", proxy, []string{"x 198.51.100.0/24"}, "10.0.0.1"},
		{"a bracket that does not close", proxy, []string{"x [2001:db8::1"}, "10.0.0.1"},
		{"quotes", proxy, []string{`x "198.51.100.7"`}, "10.0.0.1"},
		{"a chain longer than any", proxy, []string{"x 198.51.100.7" + strings.Repeat(", 10.0.0.2", 40)}, "10.0.0.2"},
		{"a megabyte of commas", proxy, []string{"x 198.51.100.7" + strings.Repeat(",", 1<<20)}, "10.0.0.1"},

		// Forwarded.
		{"for", proxy, []string{"f for=198.51.100.7"}, "198.51.100.7"},
		{"any case", proxy, []string{"f For=198.51.100.7;Proto=https"}, "198.51.100.7"},
		{"among others", proxy, []string{"f proto=https;by=10.0.0.1;for=198.51.100.7;host=x"}, "198.51.100.7"},
		{"spaces around pairs", proxy, []string{"f proto=https; for=198.51.100.7"}, "198.51.100.7"},
		{"quoted with a port", proxy, []string{`f for="198.51.100.7:80"`}, "198.51.100.7"},
		{"quoted IPv6", proxy, []string{`f for="[2001:db8:5:6::1]:80"`}, "2001:db8:5:6::/64"},
		{"the rightmost", proxy, []string{"f for=8.8.8.8, for=198.51.100.7"}, "198.51.100.7"},
		{"two proxies", proxy, []string{"f for=8.8.8.8, for=198.51.100.7", "f for=10.0.0.2"}, "198.51.100.7"},
		{"a comma in quotes", proxy, []string{`f for=198.51.100.7;host="a,b"`}, "198.51.100.7"},
		{"a semicolon in quotes", proxy, []string{`f host="a;for=8.8.8.8";for=198.51.100.7`}, "198.51.100.7"},
		{"an escaped quote", proxy, []string{`f host="a\",for=8.8.8.8";for=198.51.100.7`}, "198.51.100.7"},
		{"a quote of the client's swallows ours", proxy, []string{`f for="8.8.8.8, for=198.51.100.7`}, "10.0.0.1"},
		{"a quote of the client's hides ours", proxy, []string{`f for=8.8.8.8;host="x, for=198.51.100.7`}, "10.0.0.1"},
		{"a quote of the client's on another line", proxy, []string{`f for="8.8.8.8`, "f for=198.51.100.7"}, "198.51.100.7"},
		{"hidden", proxy, []string{"f for=_hidden"}, "10.0.0.1"},
		{"unknown", proxy, []string{"f for=unknown"}, "10.0.0.1"},
		{"no for", proxy, []string{"f proto=https"}, "10.0.0.1"},
		{"for twice", proxy, []string{"f for=8.8.8.8;for=198.51.100.7"}, "10.0.0.1"},
		{"an empty for", proxy, []string{"f for="}, "10.0.0.1"},
		{"an empty element", proxy, []string{"f for=198.51.100.7, "}, "198.51.100.7"},

		// Both headers.
		{"both agree", proxy, []string{"x 198.51.100.7", "f for=198.51.100.7"}, "198.51.100.7"},
		{"a proxy that adds to X-Forwarded-For, a Forwarded of the client's", proxy, []string{"x 198.51.100.7", "f for=8.8.8.8"}, "10.0.0.1"},
		{"a proxy that adds to Forwarded, an X-Forwarded-For of the client's", proxy, []string{"x 8.8.8.8", "f for=198.51.100.7"}, "10.0.0.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ratelimit.ByIP(trusted...)(request(c.peer, c.lines...))
			require.NoError(t, err)
			require.Equal(t, c.want, got)
			if c.peer == stranger || len(c.lines) == 0 {
				got, err = ratelimit.ByIP()(request(c.peer, c.lines...))
				require.NoError(t, err)
				require.Equal(t, c.want, got, "without proxies")
			}
		})
	}
}

func request(peer string, lines ...string) *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = peer
	for _, line := range lines {
		name, value, _ := strings.Cut(line, " ")
		switch name {
		case "x":
			name = "X-Forwarded-For"
		case "f":
			name = "Forwarded"
		}
		r.Header.Add(name, value)
	}
	return r
}

func TestByIPPrefix(t *testing.T) {
	for _, c := range []struct {
		v4, v6     int
		peer, want string
	}{
		{24, 56, "192.0.2.77:1", "192.0.2.0/24"},
		{24, 56, "[::ffff:192.0.2.78]:1", "192.0.2.0/24"},
		{24, 56, "[2001:db8:1:2ff::1]:1", "2001:db8:1:200::/56"},
		{32, 128, "192.0.2.77:1", "192.0.2.77"},
		{32, 128, "[2001:db8::1]:1", "2001:db8::1/128"},
		{0, 0, "192.0.2.77:1", "0.0.0.0/0"},
		{0, 0, "[2001:db8::1]:1", "::/0"},
	} {
		got, err := ratelimit.ByIPPrefix(c.v4, c.v6)(request(c.peer))
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}
	for _, bits := range [][2]int{{-1, 64}, {33, 64}, {32, -1}, {32, 129}} {
		require.Contains(t, panicText(func() { ratelimit.ByIPPrefix(bits[0], bits[1]) }), "are not bits")
	}
	require.Panics(t, func() { ratelimit.ByIP(netip.Prefix{}) })
	mapped, err := ratelimit.ByIP(netip.MustParsePrefix("::ffff:10.0.0.0/104"))(request(proxy, "x 198.51.100.7"))
	require.NoError(t, err)
	require.Equal(t, "198.51.100.7", mapped, "a trusted prefix may be IPv4-mapped")
}

// FuzzByIPPeer compares the ways in which a peer's address is read: without
// proxies, with some, and by net/netip.
func FuzzByIPPeer(f *testing.F) {
	for _, s := range []string{"192.0.2.1:80", "0.0.0.0:1", "00.0.0.0:1", "1.2.3.04:5", "1.2.3.4:", "256.1.1.1:1", "1.2.3:4", "1.2.3.4.5:6", "[::1]:80", "::ffff:1.2.3.4", "1.2.3.4:65536"} {
		f.Add(s)
	}
	direct, behind := ratelimit.ByIP(), ratelimit.ByIP(trusted...)
	f.Fuzz(func(t *testing.T, peer string) {
		a, err := direct(request(peer))
		require.NoError(t, err)
		b, err := behind(request(peer))
		require.NoError(t, err)
		require.Equal(t, b, a)
		if ap, err := netip.ParseAddrPort(peer); err == nil && !ap.Addr().Unmap().IsUnspecified() {
			require.NotEmpty(t, a)
			if ap.Addr().Unmap().Is4() {
				require.Equal(t, ap.Addr().Unmap().String(), a)
			}
		}
	})
}

// FuzzByIP gives a trusted proxy hostile headers, to which it adds the
// client's address. Whatever the client wrote, the key is the client's or, if
// the client has spoiled its own header, the proxy's.
func FuzzByIP(f *testing.F) {
	f.Add("8.8.8.8", "for=8.8.8.8", true)
	f.Add(`for="`, `for="8.8.8.8`, false)
	f.Add("10.0.0.2, ,", `;;,"\"`, true)
	f.Add("[::1]:80,", "for=[::1];for=2", false)
	key := ratelimit.ByIP(trusted...)
	f.Fuzz(func(t *testing.T, xff, fwd string, oneLine bool) {
		r := request(proxy)
		add := func(name, client, added string) {
			if oneLine {
				r.Header.Set(name, client+", "+added)
				return
			}
			r.Header.Add(name, client)
			r.Header.Add(name, added)
		}
		add("X-Forwarded-For", xff, "198.51.100.7")
		got, err := key(r)
		require.NoError(t, err)
		require.Equal(t, "198.51.100.7", got, "no quotes: nothing can be spoiled")

		r.Header.Del("X-Forwarded-For")
		add("Forwarded", fwd, "for=198.51.100.7")
		got, err = key(r)
		require.NoError(t, err)
		require.Contains(t, []string{"198.51.100.7", "10.0.0.1"}, got)

		r.Header.Set("X-Forwarded-For", xff)
		got, err = key(r)
		require.NoError(t, err)
		require.Contains(t, []string{"198.51.100.7", "10.0.0.1"}, got)
	})
}
