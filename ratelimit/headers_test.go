package ratelimit_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
)

func TestRateLimitPolicy(t *testing.T) {
	for _, c := range []struct {
		policy ratelimit.Policy
		want   string
	}{
		{ratelimit.PerSecond("a", 10), `"a";q=10;w=1`},
		{ratelimit.PerMinute("a", 100).WithBurst(20), `"a";q=100;w=60`},
		{ratelimit.Policy{Name: "a", Limit: 60, Window: 10 * time.Second}, `"a";q=60;w=10`},
		{ratelimit.Policy{Name: "a", Limit: 10, Window: 100 * time.Millisecond}, `"a";q=100;w=1`},
		{ratelimit.Policy{Name: "a", Limit: 10, Window: 1500 * time.Millisecond}, `"a";q=13;w=2`},
		{ratelimit.Policy{Name: "a", Limit: 1, Window: 1500 * time.Millisecond}, `"a";q=1;w=2`},
		{ratelimit.Policy{Name: "a", Limit: 1, Window: 1}, `"a";q=1000000000;w=1`},
		{ratelimit.Policy{Name: "a", Limit: 999_999_999_999, Window: 1e12, Burst: 1}, `"a";q=999999999999;w=1000`},
		{ratelimit.Daily("a", 5), `"a";q=5;w=86400`},
		{ratelimit.Monthly("a", 5), `"a";q=5`},
	} {
		res := get(limit()(c.policy), request(stranger))
		require.Equal(t, []string{c.want}, res.Header["Ratelimit-Policy"])
		list(t, c.want)
	}
	h := limit(ratelimit.WithPolicies(func(*http.Request) []string { return []string{"c", "a"} }))(
		ratelimit.PerSecond("a", 1), ratelimit.PerSecond("b", 2), ratelimit.PerSecond("c", 3))
	res := get(h, request(stranger))
	require.Equal(t, `"a";q=1;w=1, "c";q=3;w=1`, res.Header.Get("RateLimit-Policy"), "those that were asked")
}

// TestFieldsMerge puts fields on the answer before the limiter does.
func TestFieldsMerge(t *testing.T) {
	for _, c := range []struct {
		before []string
		want   string
	}{
		{nil, `"a";r=8;t=1`},
		{[]string{`"x";r=1`}, `"x";r=1, "a";r=8;t=1`},
		{[]string{`"x";r=1`, `"y";r=2`}, `"x";r=1, "y";r=2, "a";r=8;t=1`},
	} {
		rec := httptest.NewRecorder()
		rec.Header().Set("Other", "kept")
		if c.before != nil {
			rec.Header()["Ratelimit"] = c.before
		}
		limit()(ratelimit.PerSecond("a", 9)).ServeHTTP(rec, request(stranger))
		require.Equal(t, []string{c.want}, rec.Header()["Ratelimit"])
		require.Equal(t, "kept", rec.Header().Get("Other"))
		list(t, rec.Header().Get("RateLimit"))
	}
	res := get(limit(ratelimit.WithoutRateLimitHeaders())(ratelimit.PerSecond("a", 9)), request(stranger))
	require.Empty(t, res.Header)
}

// A day ends at midnight, although some time passes between the decision and the
// header.
func TestLegacyHeadersOnTheSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		late := ratelimit.MemoryOptions{Now: func() time.Time { return time.Now().Add(-300 * time.Microsecond) }}
		h := ratelimit.Middleware(ratelimit.NewMemoryWith(late, ratelimit.Daily("day", 10)), ratelimit.ByIP(),
			ratelimit.WithLegacyHeaders(ratelimit.EpochSeconds))(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		time.Sleep(time.Hour)
		require.Equal(t, "946771200", get(h, request(stranger)).Header.Get("X-RateLimit-Reset"))
	})
}

func TestLegacyHeaders(t *testing.T) {
	for _, c := range []struct {
		unit          ratelimit.ResetUnit
		first, second string // 60 and 120 s after 1 January 2000, and 2 ms
	}{
		{ratelimit.EpochSeconds, "946684861", "946684921"},
		{ratelimit.EpochMilliseconds, "946684860002", "946684920002"},
		{ratelimit.DeltaSeconds, "60", "90"},
	} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(2 * time.Millisecond)
			h := limit(ratelimit.WithLegacyHeaders(c.unit), ratelimit.WithoutRateLimitHeaders())(
				ratelimit.PerMinute("a", 1).WithBurst(2), ratelimit.Policy{Name: "b", Limit: 100, Window: time.Hour})
			res := get(h, request(stranger))
			require.Equal(t, "1", res.Header.Get("X-RateLimit-Limit"))
			require.Equal(t, "1", res.Header.Get("X-RateLimit-Remaining"))
			require.Equal(t, c.first, res.Header.Get("X-RateLimit-Reset"))
			require.Empty(t, res.Header.Get("RateLimit"))

			time.Sleep(30 * time.Second)
			res = get(h, request(stranger))
			require.Equal(t, "0", res.Header.Get("X-RateLimit-Remaining"))
			require.Equal(t, c.second, res.Header.Get("X-RateLimit-Reset"))
			require.Equal(t, 429, get(h, request(stranger)).StatusCode)
		})
	}
}

// TestLegacyHeadersNested expects the fields of the limiter with fewer units
// remaining.
func TestLegacyHeadersNested(t *testing.T) {
	x := ratelimit.WithLegacyHeaders(ratelimit.DeltaSeconds)
	for _, c := range []struct{ outer, inner, wantLimit, wantRemaining string }{
		{"5", "9", "5", "4"},
		{"9", "5", "5", "4"},
	} {
		n := func(s string) int { n, err := strconv.Atoi(s); require.NoError(t, err); return n }
		h := ratelimit.Middleware(ratelimit.NewMemory(ratelimit.PerHour("o", n(c.outer))), ratelimit.ByIP(), x)(
			ratelimit.Middleware(ratelimit.NewMemory(ratelimit.PerHour("i", n(c.inner))), ratelimit.ByIP(), x)(ok))
		res := get(h, request(stranger))
		require.Equal(t, c.wantLimit, res.Header.Get("X-RateLimit-Limit"))
		require.Equal(t, []string{c.wantRemaining}, res.Header["X-Ratelimit-Remaining"])
	}
}

// FuzzFields reads the fields of random policies with a parser of RFC 9651.
func FuzzFields(f *testing.F) {
	f.Add("burst", int64(10), int64(time.Second), int64(3), int64(1), false)
	f.Add("a/b:c.d-e_F", int64(999_999_999_999), int64(1<<62), int64(1), int64(1), true)
	f.Add("x", int64(1), int64(1), int64(0), int64(7), false)
	f.Fuzz(func(t *testing.T, name string, limit, window, burst, cost int64, second bool) {
		p := ratelimit.Policy{Name: name, Limit: int(limit), Window: time.Duration(window), Burst: int(burst)}
		if ratelimit.Check(p) != nil {
			require.Panics(t, func() { ratelimit.NewMemory(p) })
			return
		}
		policies := []ratelimit.Policy{p}
		if second && p.Name != "other" {
			policies = append(policies, ratelimit.Daily("other", 5))
		}
		m := ratelimit.NewMemory(policies...)
		h := ratelimit.Middleware(m, ratelimit.ByIP())(ok)
		_, _ = m.Take(context.Background(), "203.0.113.9", int(cost))
		for range 3 {
			res := get(h, request(stranger))
			for field, params := range map[string]string{"RateLimit": "r t", "RateLimit-Policy": "q w"} {
				items := list(t, res.Header.Get(field))
				require.Len(t, items, len(policies))
				require.Equal(t, name, items[0].name)
				for _, item := range items {
					for param, n := range item.params {
						require.Contains(t, strings.Fields(params), param)
						require.GreaterOrEqual(t, n, int64(0))
					}
					require.Contains(t, item.params, params[:1], "r and q are required")
				}
			}
		}
	})
}

type item struct {
	name   string
	params map[string]int64
}

// list parses a List of Strings with Integer parameters (RFC 9651 sections
// 4.2.1 to 4.2.5) and fails the test on anything else.
func list(t *testing.T, s string) (items []item) {
	t.Helper()
	fail := func(what string) { t.Fatalf("%q: %s", s, what) }
	rest := s
	for {
		if !strings.HasPrefix(rest, `"`) {
			fail("no string at " + rest)
		}
		end := strings.IndexByte(rest[1:], '"') + 1
		if end < 1 || strings.ContainsFunc(rest[1:end], func(c rune) bool { return c < 0x20 || c > 0x7e || c == '\\' }) {
			fail("not a string at " + rest)
		}
		it := item{name: rest[1:end], params: map[string]int64{}}
		rest = rest[end+1:]
		for strings.HasPrefix(rest, ";") {
			key, after, found := strings.Cut(rest[1:], "=")
			if !found || key == "" || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz") != "" {
				fail("not a parameter at " + rest)
			}
			digits := len(after) - len(strings.TrimLeft(after, "0123456789"))
			n, err := strconv.ParseInt(after[:digits], 10, 64)
			if err != nil || digits > 15 {
				fail("not an integer at " + after)
			}
			if _, twice := it.params[key]; twice {
				fail("twice: " + key)
			}
			it.params[key] = n
			rest = after[digits:]
		}
		items = append(items, it)
		if rest == "" {
			return items
		}
		rest = strings.TrimLeft(rest, " \t")
		if !strings.HasPrefix(rest, ",") {
			fail("no comma at " + rest)
		}
		if rest = strings.TrimLeft(rest[1:], " \t"); rest == "" {
			fail("trailing comma")
		}
	}
}

func TestAllocations(t *testing.T) {
	ctx := context.Background()
	one := ratelimit.NewMemory(ratelimit.PerHour("a", 1_000_000))
	three := ratelimit.NewMemory(ratelimit.PerHour("a", 1_000_000), ratelimit.Daily("b", 1_000_000), ratelimit.Monthly("c", 1_000_000))
	spent := ratelimit.NewMemory(ratelimit.PerHour("a", 1))
	_, _ = spent.Take(ctx, "k", 1)
	quota := ratelimit.NewMemory(ratelimit.Daily("a", 1_000_000))
	v4 := request("192.0.2.1:80")
	h := ratelimit.Middleware(one, ratelimit.ByIP())(ok)
	rec := httptest.NewRecorder()
	for name, c := range map[string]struct {
		want float64
		f    func()
	}{
		"Take, a rate":         {0, func() { _, _ = one.Take(ctx, "k", 1) }},
		"Take, refused":        {0, func() { _, _ = spent.Take(ctx, "k", 1) }},
		"Take, a quota":        {0, func() { _, _ = quota.Take(ctx, "k", 1) }},
		"Take, one named":      {0, func() { _, _ = one.Take(ctx, "k", 1, "a") }},
		"Take, three policies": {2, func() { _, _ = three.Take(ctx, "k", 1) }},
		"Peek":                 {0, func() { _, _ = one.Peek(ctx, "k", 1) }},
		"Refund":               {0, func() { _ = one.Refund(ctx, "k", 1) }},
		"Middleware, allowed":  {2, func() { clear(rec.Header()); h.ServeHTTP(rec, v4) }},
	} {
		require.Equal(t, c.want, testing.AllocsPerRun(1000, c.f), name)
	}
	require.NotEmpty(t, rec.Header())
}
