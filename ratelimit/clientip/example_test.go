package clientip_test

import (
	"fmt"
	"net/http/httptest"
	"net/netip"

	"github.com/failwell/failwell/ratelimit/clientip"
)

// Cloudflare replaces CF-Connecting-IP in each request. The server names
// Cloudflare's prefixes, so that nobody else can send the header.
func ExampleFromHeader() {
	key := clientip.FromHeader("CF-Connecting-IP", netip.MustParsePrefix("173.245.48.0/20")) // and the others

	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("CF-Connecting-IP", "198.51.100.7")
	r.Header.Set("X-Forwarded-For", "192.0.2.1") // not read
	for _, peer := range []string{"173.245.48.1:4711", "203.0.113.9:4711"} {
		r.RemoteAddr = peer
		fmt.Println(key(r))
	}
	// Output:
	// 198.51.100.7 <nil>
	// 203.0.113.9 <nil>
}

// A proxy that adds to Forwarded: the client wrote the first element.
func ExampleFromForwarded() {
	key := clientip.FromForwarded(netip.MustParsePrefix("10.0.0.0/8"))

	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "10.0.0.1:4711"
	r.Header.Set("Forwarded", `for=192.0.2.1, for="198.51.100.7:_p1";proto=https`)
	fmt.Println(key(r))
	// Output: 198.51.100.7 <nil>
}

// nginx on the same machine calls on a Unix socket, and the server translates
// IPv4 with a NAT64 prefix of its own network.
func ExampleNew() {
	key := clientip.New(clientip.Options{
		TrustUnix: true,
		NAT64:     []netip.Prefix{netip.MustParsePrefix("64:ff9b:1::/96")},
		IPv6Bits:  56,
	})

	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "@" // what net/http sets for a Unix socket
	for _, client := range []string{"198.51.100.7", "2001:db8:1:2ff::1", "64:ff9b:1::198.51.100.7"} {
		r.Header.Set("X-Forwarded-For", client)
		fmt.Println(key(r))
	}
	// Output:
	// 198.51.100.7 <nil>
	// 2001:db8:1:200::/56 <nil>
	// 198.51.100.7 <nil>
}
