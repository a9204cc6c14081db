package clientip_test

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/clientip"
)

// Peers of the cases: a proxy of ours, over IPv4 and IPv6, and a stranger.
const (
	proxy    = "10.0.0.1:4711"
	proxy6   = "[fd00::1]:4711"
	stranger = "203.0.113.9:4711"
)

var trusted = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}

// unknown is the key of requests whose trusted header names no address.
const unknown = "unknown"

// keyCase reads: from this peer, with these header lines, the key is this.
// Lines begin with x (X-Forwarded-For), f (Forwarded) or their own name.
type keyCase struct {
	name, peer string
	lines      []string
	want       string
}

func checkKeys(t *testing.T, key ratelimit.KeyFunc, cases []keyCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := key(request(c.peer, c.lines...))
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

// TestByIPPeer is about the address of the connection: no header is there, or
// the peer is not trusted.
func TestByIPPeer(t *testing.T) {
	for name, key := range map[string]ratelimit.KeyFunc{
		"without proxies": ratelimit.ByIP(),
		"with proxies":    ratelimit.ByIP(trusted...),
		"by Forwarded":    clientip.FromForwarded(trusted...),
		"by a header":     clientip.FromHeader("X-Real-IP", trusted...),
	} {
		t.Run(name, func(t *testing.T) { checkKeys(t, key, peers) })
	}
	checkKeys(t, ratelimit.ByIP(), []keyCase{
		{"without proxies no header counts", proxy, []string{"x 198.51.100.7", "f for=198.51.100.7"}, "10.0.0.1"},
	})
}

var peers = []keyCase{
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
	{"a proxy's own request, such as a health check", proxy, nil, "10.0.0.1"},

	// IPv6 that carries IPv4.
	{"NAT64", "[64:ff9b::198.51.100.7]:80", nil, "198.51.100.7"},
	{"NAT64 of another client", "[64:ff9b::198.51.100.8]:80", nil, "198.51.100.8"},
	{"NAT64 in hexadecimal", "[64:ff9b::c633:6407]:80", nil, "198.51.100.7"},
	{"NAT64 with a zone", "[64:ff9b::c633:6407%eth0]:80", nil, "198.51.100.7"},
	{"NAT64 of an address of the proxy's network", "[64:ff9b::10.0.0.1]:80", nil, "64:ff9b::/64"},
	{"NAT64 of a loopback address", "[64:ff9b::127.0.0.1]:80", nil, "64:ff9b::/64"},
	{"beside the NAT64 prefix", "[64:ff9b:0:0:0:1:c633:6407]:80", nil, "64:ff9b::/64"},
	{"local-use NAT64 that is not declared", "[64:ff9b:1::c633:6407]:80", nil, "64:ff9b:1::/64"},
	{"IPv4-translated", "[::ffff:0:198.51.100.7]:80", nil, "198.51.100.7"},
	{"6to4", "[2002:c633:6407::1]:80", nil, "198.51.100.7"},
	{"6to4, another subnet and host", "[2002:c633:6407:9:8:7:6:5]:80", nil, "198.51.100.7"},
	{"6to4 of a private address", "[2002:0a00:0001::1]:80", nil, "2002:a00:1::/64"},
	{"6to4 of a multicast address", "[2002:e000:0001::1]:80", nil, "2002:e000:1::/64"},
	{"Teredo", "[2001:0:4136:e378:8000:63bf:39cc:9bf8]:80", nil, "198.51.100.7"},
	{"Teredo through another server and port", "[2001:0:1111:2222:0:1:39cc:9bf8]:80", nil, "198.51.100.7"},
	{"Teredo of a private address", "[2001:0:4136:e378:8000:63bf:f5ff:fffe]:80", nil, "2001:0:4136:e378::/64"},
	{"beside the Teredo prefix", "[2001:1:4136:e378:8000:63bf:39cc:9bf8]:80", nil, "2001:1:4136:e378::/64"},
	{"loopback carries nothing", "[::1]:80", nil, "::/64"},
}

// TestByIP is about X-Forwarded-For, and headers that are not to be read.
func TestByIP(t *testing.T) {
	checkKeys(t, ratelimit.ByIP(trusted...), []keyCase{
		// Advisories: headers of a peer that is not trusted count for nothing.
		{"GHSA-rjr7-jggh-pgcp (chi RealIP): X-Forwarded-For of anyone", stranger, []string{"x 198.51.100.7"}, "203.0.113.9"},
		{"GHSA-rjr7-jggh-pgcp (chi RealIP): X-Real-IP of anyone", stranger, []string{"X-Real-IP 198.51.100.7"}, "203.0.113.9"},
		{"GHSA-rjr7-jggh-pgcp (chi RealIP): True-Client-IP of anyone", stranger, []string{"True-Client-IP 198.51.100.7"}, "203.0.113.9"},
		{"GHSA-rjr7-jggh-pgcp (chi RealIP): X-Real-IP through a proxy", proxy, []string{"X-Real-IP 198.51.100.7"}, "10.0.0.1"},
		{"GHSA-rjr7-jggh-pgcp (chi RealIP): True-Client-IP before all others", proxy, []string{"True-Client-IP 1.1.1.1", "x 198.51.100.7"}, "198.51.100.7"},
		{"GHSA-3fxj-6jh8-hvhx (chi RealIP): the leftmost address", proxy, []string{"x 1.1.1.1, 198.51.100.7"}, "198.51.100.7"},
		{"GHSA-3fxj-6jh8-hvhx (chi RealIP): the leftmost line", proxy, []string{"x 1.1.1.1", "x 198.51.100.7"}, "198.51.100.7"},
		{"GHSA-9g5q-2w5x-hmxf (chi RealIP): the leftmost, an address of ours", proxy, []string{"x 10.0.0.2, 198.51.100.7"}, "198.51.100.7"},
		{"GHSA-9g5q-2w5x-hmxf (chi RealIP): junk as the address", proxy, []string{"x <script>"}, unknown},
		{"CVE-2020-28483 (gin ClientIP): X-Forwarded-For", stranger, []string{"x 127.0.0.1"}, "203.0.113.9"},
		{"CVE-2020-28483 (gin ClientIP): X-Real-IP", stranger, []string{"X-Real-IP 127.0.0.1"}, "203.0.113.9"},
		{"CVE-2020-28483 (gin ClientIP): X-Appengine-Remote-Addr", proxy, []string{"X-Appengine-Remote-Addr 127.0.0.1"}, "10.0.0.1"},
		{"CVE-2020-28483 (gin ClientIP): through a proxy", proxy, []string{"x 127.0.0.1, 198.51.100.7"}, "198.51.100.7"},
		{"CF-Connecting-IP", proxy, []string{"CF-Connecting-IP 1.1.1.1"}, "10.0.0.1"},
		{"X-Client-IP", proxy, []string{"X-Client-IP 1.1.1.1"}, "10.0.0.1"},

		// Through proxies.
		{"no header", proxy, nil, "10.0.0.1"},
		{"an empty header", proxy, []string{"x "}, unknown},
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
		{"nothing but commas", proxy, []string{"x ,,,"}, unknown},
		{"a port", proxy, []string{"x 198.51.100.7:50123"}, "198.51.100.7"},
		{"a port that is none", proxy, []string{"x 198.51.100.7:x"}, unknown},
		{"a port of six digits", proxy, []string{"x 198.51.100.7:123456"}, unknown},
		{"IPv6", proxy, []string{"x 2001:db8:5:6::1"}, "2001:db8:5:6::/64"},
		{"IPv6 in brackets", proxy, []string{"x [2001:db8:5:6::1]"}, "2001:db8:5:6::/64"},
		{"IPv6 with a port", proxy, []string{"x [2001:db8:5:6::1]:443"}, "2001:db8:5:6::/64"},
		{"IPv6 with a zone", proxy, []string{"x fe80::1%en0"}, "fe80::/64"},
		{"IPv4 in brackets", proxy, []string{"x [198.51.100.7]"}, unknown},
		{"IPv4-mapped client", proxy, []string{"x ::ffff:198.51.100.7"}, "198.51.100.7"},
		{"IPv4-mapped proxy", "[::ffff:10.0.0.1]:1", []string{"x 198.51.100.7, ::ffff:10.0.0.2"}, "198.51.100.7"},
		{"an IPv6 proxy", proxy6, []string{"x 198.51.100.7, fd00::2"}, "198.51.100.7"},
		{"an IPv6 proxy with a zone", "[fd00::1%eth1]:1", []string{"x 198.51.100.7"}, "198.51.100.7"},
		{"unknown", proxy, []string{"x 8.8.8.8, unknown"}, unknown},
		{"unknown behind the second proxy", proxy, []string{"x 8.8.8.8, unknown, 10.0.0.2"}, unknown},
		{"a name", proxy, []string{"x 8.8.8.8, example.org"}, unknown},
		{"octal", proxy, []string{"x 0177.0.0.1"}, unknown},
		{"decimal", proxy, []string{"x 2130706433"}, unknown},
		{"a short form", proxy, []string{"x 127.1"}, unknown},
		{"unspecified", proxy, []string{"x 0.0.0.0"}, unknown},
		{"a prefix", proxy, []string{"x 198.51.100.0/24"}, unknown},
		{"a bracket that does not close", proxy, []string{"x [2001:db8::1"}, unknown},
		{"quotes", proxy, []string{`x "198.51.100.7"`}, unknown},
		{"a chain longer than any", proxy, []string{"x 198.51.100.7" + strings.Repeat(", 10.0.0.2", 40)}, unknown},
		{"a megabyte of commas", proxy, []string{"x 198.51.100.7" + strings.Repeat(",", 1<<20)}, unknown},
		{"NAT64 behind a proxy", proxy, []string{"x 64:ff9b::198.51.100.7"}, "198.51.100.7"},
		{"a proxy's address in 6to4 is not trusted", "[2002:0a00:0001::1]:80", []string{"x 198.51.100.7"}, "2002:a00:1::/64"},
		{"a proxy's address in NAT64 is not trusted", "[64:ff9b::10.0.0.1]:80", []string{"x 198.51.100.7"}, "64:ff9b::/64"},
		{"a word before the address", proxy, []string{"x for=198.51.100.7"}, unknown},
		{"an obfuscated port is Forwarded's", proxy, []string{"x 198.51.100.7:_p1"}, unknown},
		{"an empty line before", proxy, []string{"x ", "x 198.51.100.7"}, "198.51.100.7"},
		{"forty empty lines", proxy, append([]string{"x 198.51.100.7"}, slices.Repeat([]string{"x "}, 40)...), unknown},
		{"a thousand lines of the client's", proxy, append(slices.Repeat([]string{"x 8.8.8.8"}, 1000), "x 198.51.100.7"), "198.51.100.7"},
		{"a megabyte of the client's", proxy, []string{"x " + strings.Repeat("x", 1<<20) + ", 198.51.100.7"}, "198.51.100.7"},
		{"a megabyte in one element", proxy, []string{"x " + strings.Repeat("x", 1<<20)}, unknown},
		{"white space around the address", proxy, []string{"x 8.8.8.8," + strings.Repeat(" ", 200) + "198.51.100.7"}, "198.51.100.7"},
		{"a trusted chain that is longer than the header", proxy, []string{"x 10.0.0.3, 10.0.0.2"}, "10.0.0.3"},

		// Another header beside it.
		{"a Forwarded of the client's", proxy, []string{"x 198.51.100.7", "f for=8.8.8.8"}, "198.51.100.7"},
		{"a Forwarded of the client's that agrees", proxy, []string{"x 198.51.100.7", "f for=198.51.100.7"}, "198.51.100.7"},
		{"a Forwarded of the client's that is junk", proxy, []string{"x 198.51.100.7", `f for="`}, "198.51.100.7"},
		{"a Forwarded alone is not read", proxy, []string{"f for=8.8.8.8"}, "10.0.0.1"},
		{"many headers of the client's", proxy, []string{"X-Real-IP 8.8.8.8", "X-Forwarded 8.8.8.8", "Forwarded-For 8.8.8.8", "X-Original-Forwarded-For 8.8.8.8", "x 198.51.100.7"}, "198.51.100.7"},
	})
}

func TestFromForwarded(t *testing.T) {
	checkKeys(t, clientip.FromForwarded(trusted...), []keyCase{
		{"Forwarded of a stranger", stranger, []string{"f for=198.51.100.7"}, "203.0.113.9"},
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
		{"a quote of the client's swallows ours", proxy, []string{`f for="8.8.8.8, for=198.51.100.7`}, unknown},
		{"a quote of the client's hides ours", proxy, []string{`f for=8.8.8.8;host="x, for=198.51.100.7`}, unknown},
		{"a quote of the client's on another line", proxy, []string{`f for="8.8.8.8`, "f for=198.51.100.7"}, "198.51.100.7"},
		{"hidden", proxy, []string{"f for=_hidden"}, unknown},
		{"unknown", proxy, []string{"f for=unknown"}, unknown},
		{"no for", proxy, []string{"f proto=https"}, unknown},
		{"for twice", proxy, []string{"f for=8.8.8.8;for=198.51.100.7"}, unknown},
		{"an empty for", proxy, []string{"f for="}, unknown},
		{"an empty element", proxy, []string{"f for=198.51.100.7, "}, "198.51.100.7"},
		{"no header", proxy, nil, "10.0.0.1"},
		{"an empty header", proxy, []string{"f "}, unknown},
		{"nothing but commas", proxy, []string{"f ,,,"}, unknown},

		// RFC 7239 section 6: nodes.
		{"an obfuscated port", proxy, []string{`f for="192.0.2.60:_p1"`}, "192.0.2.60"},
		{"an obfuscated port of IPv6", proxy, []string{`f for="[2001:db8:5:6::1]:_a.b-c_9"`}, "2001:db8:5:6::/64"},
		{"an obfuscated port without a name", proxy, []string{`f for="192.0.2.60:_"`}, unknown},
		{"an obfuscated port with a sign", proxy, []string{`f for="192.0.2.60:_p!"`}, unknown},
		{"a port that is none", proxy, []string{`f for="192.0.2.60:p1"`}, unknown},
		{"an empty port", proxy, []string{`f for="192.0.2.60:"`}, unknown},
		{"unknown with a port", proxy, []string{`f for="unknown:80"`}, unknown},
		{"an obfuscated node with a port", proxy, []string{`f for="_SEVKISEK:_p1"`}, unknown},
		{"an obfuscated node behind the second proxy", proxy, []string{"f for=_a, for=10.0.0.2"}, unknown},
		{"IPv6 without quotes", proxy, []string{"f for=[2001:db8:5:6::1]"}, "2001:db8:5:6::/64"},
		{"IPv6 without brackets", proxy, []string{`f for="2001:db8:5:6::1"`}, "2001:db8:5:6::/64"},
		{"IPv6 with a zone", proxy, []string{`f for="[fe80::1%en0]"`}, "fe80::/64"},
		{"IPv4-mapped", proxy, []string{`f for="[::ffff:198.51.100.7]:80"`}, "198.51.100.7"},
		{"6to4", proxy, []string{`f for="[2002:c633:6407::1]"`}, "198.51.100.7"},

		// RFC 9110 section 5.6.4: quoted strings.
		{"quoted pairs", proxy, []string{`f for="198\.51\.100\.7"`}, "198.51.100.7"},
		{"quoted pairs throughout", proxy, []string{`f for="\1\9\8.51.100.7\:\8\0"`}, "198.51.100.7"},
		{"a quoted pair of a quote", proxy, []string{`f for="198.51.100.7\""`}, unknown},
		{"a backslash at the end", proxy, []string{`f for="198.51.100.7\`}, unknown},
		{"a backslash without quotes", proxy, []string{`f for=198\.51.100.7`}, unknown},
		{"text after the quotes", proxy, []string{`f for="198.51.100.7"x`}, unknown},
		{"text before the quotes", proxy, []string{`f for=x"198.51.100.7"`}, unknown},
		{"empty quotes", proxy, []string{`f for=""`}, unknown},
		{"a quote alone", proxy, []string{`f for="`}, unknown},
		{"spaces in the quotes", proxy, []string{`f for=" 198.51.100.7 "`}, unknown},

		// Pairs and elements.
		{"empty pairs", proxy, []string{"f ;;for=198.51.100.7;;"}, "198.51.100.7"},
		{"spaces around the equals sign", proxy, []string{"f for = 198.51.100.7"}, unknown},
		{"a name that ends in for", proxy, []string{"f xfor=8.8.8.8;for=198.51.100.7"}, "198.51.100.7"},
		{"for in another pair's value", proxy, []string{`f host="for=8.8.8.8";for=198.51.100.7`}, "198.51.100.7"},
		{"for twice, in another case", proxy, []string{"f for=8.8.8.8;FOR=198.51.100.7"}, unknown},
		{"an address alone", proxy, []string{"f 198.51.100.7"}, unknown},
		{"a client's quote before a quoted address", proxy, []string{`f for=8.8.8.8;x=", for="[2001:db8:5:6::1]:80"`}, unknown},
		{"a client's quote and backslash before it", proxy, []string{`f for=8.8.8.8;x="\, for="[2001:db8:5:6::1]:80"`}, unknown},
		{"a client's quotes that close", proxy, []string{`f for=8.8.8.8;x="a, b", for=198.51.100.7`}, "198.51.100.7"},
		{"all of them ours", proxy, []string{"f for=10.0.0.9, for=10.0.0.2"}, "10.0.0.9"},
		{"an unreadable element behind the client's", proxy, []string{"f ???, for=198.51.100.7"}, "198.51.100.7"},
		{"a line over 8 KiB", proxy, []string{"f for=" + strings.Repeat("x", 8<<10) + ", for=198.51.100.7"}, unknown},
		{"a line over 8 KiB of the client's alone", proxy, []string{"f for=" + strings.Repeat("x", 8<<10), "f for=198.51.100.7"}, "198.51.100.7"},
		{"a chain longer than any", proxy, []string{"f for=198.51.100.7" + strings.Repeat(", for=10.0.0.2", 40)}, unknown},
		{"a long value", proxy, []string{`f for="` + strings.Repeat("1", 300) + `"`}, unknown},

		// Another header beside it.
		{"an X-Forwarded-For of the client's", proxy, []string{"x 8.8.8.8", "f for=198.51.100.7"}, "198.51.100.7"},
		{"an X-Forwarded-For alone is not read", proxy, []string{"x 8.8.8.8"}, "10.0.0.1"},
	})
}

func TestFromHeader(t *testing.T) {
	checkKeys(t, clientip.FromHeader("cf-connecting-ip", trusted...), []keyCase{
		{"an address", proxy, []string{"CF-Connecting-IP 198.51.100.7"}, "198.51.100.7"},
		{"IPv6", proxy, []string{"CF-Connecting-IP 2001:db8:5:6::1"}, "2001:db8:5:6::/64"},
		{"a port", proxy, []string{"CF-Connecting-IP [2001:db8:5:6::1]:443"}, "2001:db8:5:6::/64"},
		{"spaces around it", proxy, []string{"CF-Connecting-IP \t198.51.100.7 "}, "198.51.100.7"},
		{"an address of ours", proxy, []string{"CF-Connecting-IP 10.0.0.7"}, "10.0.0.7"},
		{"no header", proxy, nil, "10.0.0.1"},
		{"an empty header", proxy, []string{"CF-Connecting-IP "}, unknown},
		{"junk", proxy, []string{"CF-Connecting-IP <script>"}, unknown},
		{"a list", proxy, []string{"CF-Connecting-IP 8.8.8.8, 198.51.100.7"}, unknown},
		{"two lines", proxy, []string{"CF-Connecting-IP 8.8.8.8", "CF-Connecting-IP 198.51.100.7"}, unknown},
		{"a megabyte", proxy, []string{"CF-Connecting-IP " + strings.Repeat("1", 1<<20)}, unknown},
		{"of anyone", stranger, []string{"CF-Connecting-IP 8.8.8.8"}, "203.0.113.9"},
		{"a list beside it", proxy, []string{"x 8.8.8.8", "f for=8.8.8.8", "CF-Connecting-IP 198.51.100.7"}, "198.51.100.7"},
		{"a list alone is not read", proxy, []string{"x 8.8.8.8", "f for=8.8.8.8"}, "10.0.0.1"},
		{"a name that looks like it", proxy, []string{"Cf_connecting_ip 8.8.8.8"}, "10.0.0.1"},
	})
}

func TestNew(t *testing.T) {
	prefix := netip.MustParsePrefix
	nat64 := func(p string) clientip.Options { return clientip.Options{NAT64: []netip.Prefix{prefix(p)}} }
	for _, c := range []struct {
		name    string
		options clientip.Options
		request *http.Request
		want    string
	}{
		// Sizes.
		{"nothing", clientip.Options{}, request("192.0.2.77:1"), "192.0.2.77"},
		{"a /24", clientip.Options{IPv4Bits: 24}, request("192.0.2.77:1"), "192.0.2.0/24"},
		{"a /24 of IPv4-mapped", clientip.Options{IPv4Bits: 24}, request("[::ffff:192.0.2.78]:1"), "192.0.2.0/24"},
		{"a /24 of NAT64", clientip.Options{IPv4Bits: 24}, request("[64:ff9b::198.51.100.7]:1"), "198.51.100.0/24"},
		{"a /56", clientip.Options{IPv6Bits: 56}, request("[2001:db8:1:2ff::1]:1"), "2001:db8:1:200::/56"},
		{"a /128", clientip.Options{IPv4Bits: 32, IPv6Bits: 128}, request("[2001:db8::1]:1"), "2001:db8::1/128"},

		// Headers.
		{"X-Forwarded-For is the default", clientip.Options{Trusted: trusted}, request(proxy, "x 198.51.100.7"), "198.51.100.7"},
		{"Forwarded", clientip.Options{Header: "forwarded", Trusted: trusted}, request(proxy, "f for=198.51.100.7"), "198.51.100.7"},
		{"one address", clientip.Options{Header: "x-client-ip", Trusted: trusted}, request(proxy, "X-Client-IP 198.51.100.7"), "198.51.100.7"},
		{"one address from everybody", clientip.Options{Header: "x-client-ip", Trusted: []netip.Prefix{prefix("0.0.0.0/0")}}, request(stranger, "X-Client-IP 198.51.100.7"), "198.51.100.7"},
		{"an IPv4-mapped prefix", clientip.Options{Trusted: []netip.Prefix{prefix("::ffff:10.0.0.0/104")}}, request(proxy, "x 198.51.100.7"), "198.51.100.7"},
		{"a prefix with host bits", clientip.Options{Trusted: []netip.Prefix{netip.PrefixFrom(netip.MustParseAddr("10.9.9.9"), 8)}}, request(proxy, "x 198.51.100.7"), "198.51.100.7"},

		// Unix sockets.
		{"a socket", clientip.Options{TrustUnix: true}, request("@", "x 198.51.100.7"), "198.51.100.7"},
		{"a socket, by Forwarded", clientip.Options{TrustUnix: true, Header: "Forwarded"}, request("@", "f for=198.51.100.7", "x 8.8.8.8"), "198.51.100.7"},
		{"a socket, by one address", clientip.Options{TrustUnix: true, Header: "X-Real-IP"}, request("@", "X-Real-IP 198.51.100.7"), "198.51.100.7"},
		{"a socket and proxies behind it", clientip.Options{TrustUnix: true, Trusted: trusted}, request("@", "x 8.8.8.8, 198.51.100.7, 10.0.0.2"), "198.51.100.7"},
		{"a socket without a header", clientip.Options{TrustUnix: true}, request("@"), ""},
		{"a socket with junk", clientip.Options{TrustUnix: true}, request("@", "x <script>"), unknown},
		{"a socket that is not trusted", clientip.Options{Trusted: trusted}, request("@", "x 198.51.100.7"), ""},
		{"a socket with a path", clientip.Options{TrustUnix: true}, local(request("/tmp/nginx.sock", "x 198.51.100.7"), "unix"), "198.51.100.7"},
		{"a socket without a name", clientip.Options{TrustUnix: true}, local(request("", "x 198.51.100.7"), "unix"), "198.51.100.7"},
		{"a socket, and a peer from the PROXY protocol", clientip.Options{TrustUnix: true}, local(request("198.51.100.7:80", "x 8.8.8.8"), "unix"), "198.51.100.7"},
		{"a peer over TCP", clientip.Options{TrustUnix: true}, request(stranger, "x 198.51.100.7"), "203.0.113.9"},
		{"junk as a peer over TCP", clientip.Options{TrustUnix: true}, local(request("@", "x 198.51.100.7"), "tcp"), ""},

		// NAT64, RFC 6052 section 2.4.
		{"/32", nat64("2001:db8::/32"), request("[2001:db8:c000:221::]:1"), "192.0.2.33"},
		{"/40", nat64("2001:db8:100::/40"), request("[2001:db8:1c0:2:21::]:1"), "192.0.2.33"},
		{"/48", nat64("2001:db8:122::/48"), request("[2001:db8:122:c000:2:2100::]:1"), "192.0.2.33"},
		{"/56", nat64("2001:db8:122:300::/56"), request("[2001:db8:122:3c0:0:221::]:1"), "192.0.2.33"},
		{"/64", nat64("2001:db8:122:344::/64"), request("[2001:db8:122:344:c0:2:2100::]:1"), "192.0.2.33"},
		{"/96", nat64("2001:db8:122:344::/96"), request("[2001:db8:122:344::192.0.2.33]:1"), "192.0.2.33"},
		{"local use, a private address", nat64("64:ff9b:1::/96"), request("[64:ff9b:1::10.1.2.3]:1"), "10.1.2.3"},
		{"the well-known prefix, for private addresses", nat64("64:ff9b::/96"), request("[64:ff9b::10.1.2.3]:1"), "10.1.2.3"},
		{"another prefix", nat64("64:ff9b:1::/96"), request("[64:ff9b:1:1::10.1.2.3]:1"), "64:ff9b:1:1::/64"},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, keyOf(t, clientip.New(c.options), c.request)) })
	}
}

// local returns the request as it came over a connection of that network.
func local(r *http.Request, network string) *http.Request {
	var addr net.Addr = &net.UnixAddr{Net: network}
	if network == "tcp" {
		addr = &net.TCPAddr{}
	}
	return r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, addr))
}

func TestPanics(t *testing.T) {
	prefix := func(s string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(s)} }
	for _, c := range []struct {
		why string
		f   func()
	}{
		{"is not valid", func() { ratelimit.ByIP(netip.Prefix{}) }},
		{"every client choose its key", func() { ratelimit.ByIP(prefix("0.0.0.0/0")...) }},
		{"every client choose its key", func() { clientip.FromForwarded(prefix("::/0")...) }},
		{"every client choose its key", func() { ratelimit.ByIP(prefix("::ffff:0.0.0.0/96")...) }},
		{"name the proxies", func() { clientip.FromForwarded() }},
		{"name the proxies", func() { clientip.FromHeader("CF-Connecting-IP") }},
		{"name the proxies", func() { clientip.New(clientip.Options{Header: "X-Forwarded-For"}) }},
		{"needs the name", func() { clientip.FromHeader("", trusted...) }},
		{"is not the name", func() { clientip.FromHeader("X Real", trusted...) }},
		{"is not the name", func() { clientip.FromHeader("X-Real-IP:", trusted...) }},
		{"is a list", func() { clientip.FromHeader("x-forwarded-for", trusted...) }},
		{"is a list", func() { clientip.FromHeader("forwarded", trusted...) }},
		{"bits of an address", func() { clientip.New(clientip.Options{IPv4Bits: -1}) }},
		{"bits of an address", func() { clientip.New(clientip.Options{IPv4Bits: 33}) }},
		{"bits of an address", func() { clientip.New(clientip.Options{IPv6Bits: -1}) }},
		{"bits of an address", func() { clientip.New(clientip.Options{IPv6Bits: 129}) }},
		{"not a NAT64 prefix", func() { clientip.New(clientip.Options{NAT64: prefix("64:ff9b:1::/97")}) }},
		{"not a NAT64 prefix", func() { clientip.New(clientip.Options{NAT64: prefix("10.0.0.0/32")}) }},
		{"not a NAT64 prefix", func() { clientip.New(clientip.Options{NAT64: prefix("::ffff:10.0.0.0/96")}) }},
		{"not a NAT64 prefix", func() { clientip.New(clientip.Options{NAT64: []netip.Prefix{{}}}) }},
	} {
		require.Contains(t, panicText(c.f), c.why)
	}
}

// TestSpoofedHeaders is the finding that ByIP once read both lists: a client
// that added the other one was charged to the proxy, whose health checks were
// then refused.
func TestSpoofedHeaders(t *testing.T) {
	list := func(name, value string) func(http.Header) {
		return func(h http.Header) {
			if old := h.Get(name); old != "" {
				value = old + ", " + value
			}
			h.Set(name, value)
		}
	}
	for _, c := range []struct {
		name string
		key  ratelimit.KeyFunc
		add  func(http.Header) // what the proxy does
		want int               // admitted of 5
	}{
		{"X-Forwarded-For, one line", ratelimit.ByIP(trusted...), list("X-Forwarded-For", "198.51.100.7"), 5},
		{"X-Forwarded-For, its own line", ratelimit.ByIP(trusted...), func(h http.Header) { h.Add("X-Forwarded-For", "198.51.100.7") }, 5},
		{"Forwarded, its own line", clientip.FromForwarded(trusted...), func(h http.Header) { h.Add("Forwarded", "for=198.51.100.7") }, 5},
		{"Forwarded, one line", clientip.FromForwarded(trusted...), list("Forwarded", `for="198.51.100.7:80"`), 10}, // and 5 of "unknown"
		{"one address", clientip.FromHeader("X-Real-IP", trusted...), func(h http.Header) { h.Set("X-Real-IP", "198.51.100.7") }, 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := ratelimit.Middleware(ratelimit.NewMemory(ratelimit.PerHour("p", 5)), c.key)(ok)
			admitted := 0
			for range 10 {
				for _, spoofed := range []string{
					"f for=198.51.100.7", `f for="`, `f for="8.8.8.8`, "f for=8.8.8.8", `f for=8.8.8.8;x="`, "x 8.8.8.8", "x junk", "x 10.0.0.1", "x ,",
					"X-Real-IP 8.8.8.8", "True-Client-IP 8.8.8.8", "X-Client-IP 8.8.8.8", "Forwarded-For 8.8.8.8", "Via 8.8.8.8",
				} {
					r := request(proxy, spoofed)
					c.add(r.Header)
					if get(h, r).StatusCode == 200 {
						admitted++
					}
				}
			}
			require.Equal(t, c.want, admitted)
			for range 5 {
				require.Equal(t, 200, get(h, request(proxy)).StatusCode, "the health check of the proxy")
			}
		})
	}
}

// addresses are the ways to find one, and what each allocates.
var addresses = []struct {
	name   string
	key    ratelimit.KeyFunc
	peer   string
	lines  []string
	allocs float64
}{
	{"IPv4", ratelimit.ByIP(), "192.0.2.77:4711", nil, 0},
	{"IPv6", ratelimit.ByIP(), "[2001:db8::77]:4711", nil, 1},
	{"IPv4 of a proxy", ratelimit.ByIP(trusted...), proxy, nil, 0},
	{"NAT64", ratelimit.ByIP(), "[64:ff9b::198.51.100.7]:80", nil, 1},
	{"X-Forwarded-For", ratelimit.ByIP(trusted...), proxy, []string{"x 8.8.8.8, 198.51.100.7, 10.0.0.2"}, 0},
	{"X-Forwarded-For, IPv6", ratelimit.ByIP(trusted...), proxy, []string{"x 8.8.8.8, 2001:db8::77, 10.0.0.2"}, 1},
	{"X-Forwarded-For of 64 KiB", ratelimit.ByIP(trusted...), proxy, []string{"x " + strings.Repeat("8.8.8.8, ", 7000) + "198.51.100.7"}, 0},
	{"Forwarded", clientip.FromForwarded(trusted...), proxy, []string{`f for=8.8.8.8, for="198.51.100.7:80";proto=https, for=10.0.0.2`}, 0},
	{"Forwarded of 8 KiB", clientip.FromForwarded(trusted...), proxy, []string{"f " + strings.Repeat("for=8.8.8.8, ", 600) + "for=198.51.100.7"}, 0},
	{"one address", clientip.FromHeader("CF-Connecting-IP", trusted...), proxy, []string{"CF-Connecting-IP 198.51.100.7"}, 0},
}

func TestAllocations(t *testing.T) {
	for _, row := range addresses {
		r := request(row.peer, row.lines...)
		require.Equal(t, row.allocs, testing.AllocsPerRun(100, func() { _, _ = row.key(r) }), row.name)
	}
}

// FuzzPeer compares the ways in which a peer's address is read: without
// proxies, with some, and by net/netip.
func FuzzPeer(f *testing.F) {
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

// FuzzHostileHeaders gives a trusted proxy hostile headers, to which it adds the
// client's address. Whatever the client wrote, the key is its own or, if it has
// spoiled its own line of Forwarded, "unknown".
func FuzzHostileHeaders(f *testing.F) {
	f.Add("8.8.8.8", "for=8.8.8.8", true)
	f.Add(`for="`, `for="8.8.8.8`, false)
	f.Add("10.0.0.2, ,", `;;,"\"`, true)
	f.Add("[::1]:80,", "for=[::1];for=2", false)
	f.Add("a", `for=8.8.8.8;x="`, true)
	f.Add("a", `for=8.8.8.8;x="\`, true)
	byXFF, byForwarded, byHeader := ratelimit.ByIP(trusted...), clientip.FromForwarded(trusted...), clientip.FromHeader("X-Real-IP", trusted...)
	f.Fuzz(func(t *testing.T, xff, fwd string, oneLine bool) {
		add := func(h http.Header, name, client, added string) {
			if oneLine {
				h.Set(name, client+", "+added)
				return
			}
			h.Add(name, client)
			h.Add(name, added)
		}
		for _, added := range []string{"for=198.51.100.7", `for="198.51.100.7:80"`, `proto=https;for="198.51.100.7";by="[fd00::1]:80"`} {
			r := request(proxy, "X-Real-IP 198.51.100.7")
			add(r.Header, "X-Forwarded-For", xff, "198.51.100.7")
			add(r.Header, "Forwarded", fwd, added)
			require.Equal(t, "198.51.100.7", keyOf(t, byXFF, r), "nothing can be spoiled")
			require.Equal(t, "198.51.100.7", keyOf(t, byHeader, r), "nothing can be spoiled")
			got := keyOf(t, byForwarded, r)
			require.Contains(t, []string{"198.51.100.7", unknown}, got)
			if !oneLine {
				require.Equal(t, "198.51.100.7", got, "a line of its own cannot be spoiled")
			}
		}
	})
}

// FuzzForwarded holds the parser of a single element against net/netip.
func FuzzForwarded(f *testing.F) {
	for _, s := range []string{"192.0.2.1", "[2001:db8::1]", `192\.0.2.1`, "192.0.2.60:_p1", "192.0.2.1:80", "unknown", "_x", "::1", "[::1]:_a"} {
		f.Add(s)
	}
	key := clientip.FromForwarded(trusted...)
	f.Fuzz(func(t *testing.T, node string) {
		addr, err := netip.ParseAddr(node)
		plain := err == nil && !addr.Unmap().IsUnspecified() && addr.Zone() == "" && !addr.Is6()
		got := keyOf(t, key, request(proxy, `f for="`+node+`"`))
		if plain {
			require.Equal(t, node, got)
		}
		if got == unknown || strings.Contains(got, ":") {
			return
		}
		_, err = netip.ParseAddr(got)
		require.NoError(t, err, "an IPv4 key is an address")
	})
}
