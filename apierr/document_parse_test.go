//go:build unix

package apierr_test

import (
	"fmt"
	"runtime"
	"strings"
	"syscall"
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

// cpu returns the processor time that the process has used.
func cpu(t *testing.T) time.Duration {
	var u syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// parse returns the least processor time of three runs for a document of n
// errors.
func parse(t *testing.T, n int) time.Duration {
	doc, least := large(n), time.Hour
	for range 3 {
		runtime.GC()
		begin := cpu(t)
		c, err := apierr.ParseContract(doc)
		least = min(least, cpu(t)-begin)
		require.NoError(t, err)
		require.Len(t, c.Errors, n)
		require.Len(t, c.Mappings, n)
		require.Same(t, c.Errors[8], c.Mappings[c.Errors[7]].Error)
		require.Same(t, c.Errors[n-8], c.Mappings[c.Errors[7]].Required)
	}
	return least
}

// The time grows with the length of a document, not with its square. 20 times the
// errors take 25 to 50 times as long; one scan of all errors for each mapping, by
// pointer, makes that 150.
func TestLargeDocuments(t *testing.T) {
	few, many := parse(t, 2000), parse(t, 40_000)
	require.Less(t, many, 80*few)
}

func TestDocumentsOverTheLimit(t *testing.T) {
	_, err := apierr.ParseContract(make([]byte, 32<<20+1))
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
