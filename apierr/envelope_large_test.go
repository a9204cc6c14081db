//go:build unix

package apierr_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
)

// A contract may come from a document. The time to check and to compile it grows
// with the length of its texts and lists: 16 times as much takes less than 64
// times as long, where a loop within a loop takes 256 times as long.
func TestLargeContracts(t *testing.T) {
	code := apierr.Member{Name: "code", From: apierr.FromCode}
	envelope := func(m ...apierr.Member) apierr.Contract {
		return apierr.Contract{Format: apierr.Envelope{Members: append(m, code)}}
	}
	text := func(s string) apierr.Contract { return envelope(apierr.Member{Name: "t", Text: s}) }
	list := func(n int, m apierr.Member) (members []apierr.Member) {
		for i := range n {
			m.Name = fmt.Sprint("m", i)
			members = append(members, m)
		}
		return members
	}
	for _, test := range []struct {
		name string
		make func(n int) apierr.Contract
	}{
		{"open braces in a text", func(n int) apierr.Contract { return text(strings.Repeat("{", 2*n)) }},
		{"closed braces in a text", func(n int) apierr.Contract { return text(strings.Repeat("}", 2*n)) }},
		{"empty braces in a text", func(n int) apierr.Contract { return text(strings.Repeat("{}", 2*n)) }},
		{"braces in braces in a text", func(n int) apierr.Contract { return text(strings.Repeat("{", 2*n) + strings.Repeat("}", 2*n)) }},
		{"sources in a text", func(n int) apierr.Contract { return text(strings.Repeat("{code}", n)) }},
		{"open braces in a message", func(n int) apierr.Contract {
			braces := strings.Repeat("{", 10*n)
			return apierr.Contract{
				Errors:       []*apierr.Error{{Code: "A", Status: 400, Message: braces}},
				Translations: map[string]map[string]string{"de": {"A": braces}},
			}
		}},
		{"constant members", func(n int) apierr.Contract { return envelope(list(n, apierr.Member{JSON: "1"})...) }},
		{"members of the details", func(n int) apierr.Contract { return envelope(list(n, apierr.Member{Detail: "d"})...) }},
	} {
		least := func(n int) time.Duration {
			c, least := test.make(n), time.Hour
			for range 3 {
				begin := cpu(t)
				_, err := c.Compile()
				least = min(least, cpu(t)-begin)
				require.NoError(t, err, test.name)
			}
			return max(least, time.Millisecond)
		}
		few, many := least(500), least(8000)
		require.Less(t, many, 64*few, test.name)
	}
}
