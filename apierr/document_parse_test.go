package apierr_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
)

// large returns a document of n errors, each with a mapping to the next.
func large(n int) []byte {
	var errors, mappings strings.Builder
	for i := range n {
		fmt.Fprintf(&errors, `,{"code":"E%d","id":%d,"status":400,"message":"Message %d"}`, i, i+1, i)
		fmt.Fprintf(&mappings, `,{"declared":"E%d","error":"E%d","required":"E%d"}`, i, (i+1)%n, n-1-i)
	}
	return fmt.Appendf(nil, `{"name":"large","closed":false,"format":{"name":"envelope","content_type":"application/json"},`+
		`"headers":{"request_id":"X-Request-Id","correlation_id":"X-Correlation-Id","exposed":true},"challenge":"Bearer","retry_after":1,`+
		`"errors":[%s],"mappings":[%s]}`, errors.String()[1:], mappings.String()[1:])
}

// A document is read, checked and written in time that grows with its length.
// With a search through all errors for each mapping, 50,000 of them took 33 s.
func TestLargeDocuments(t *testing.T) {
	doc := large(50_000)
	begin := time.Now()
	c, err := apierr.ParseContract(doc)
	require.NoError(t, err)
	require.Len(t, c.Errors, 50_000)
	require.Len(t, c.Mappings, 50_000)
	require.Same(t, c.Errors[8], c.Mappings[c.Errors[7]].Error)
	require.Same(t, c.Errors[49_992], c.Mappings[c.Errors[7]].Required)
	_, err = c.MarshalJSON()
	require.NoError(t, err)
	require.Less(t, time.Since(begin), 15*time.Second, "a linear pass needs less than a second")

	_, err = apierr.ParseContract(make([]byte, 32<<20+1))
	require.EqualError(t, err, "apierr: parsing a contract: 33554433 bytes are over the limit of 33554432")
}

func BenchmarkParseContract(b *testing.B) {
	for _, n := range []int{100, 1000, 10_000} {
		doc := large(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			for b.Loop() {
				if _, err := apierr.ParseContract(doc); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
