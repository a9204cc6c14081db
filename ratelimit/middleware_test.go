package ratelimit_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/seam"
	"github.com/failwell/failwell/ratelimit"
)

var ok = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })

// get sends one request through h.
func get(h http.Handler, r *http.Request) *http.Response {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec.Result()
}

func limit(opts ...ratelimit.Option) func(policies ...ratelimit.Policy) http.Handler {
	return func(policies ...ratelimit.Policy) http.Handler {
		return ratelimit.Middleware(ratelimit.NewMemory(policies...), ratelimit.ByIP(), opts...)(ok)
	}
}

var planUsedUp = &apierr.Error{Code: "PLAN_USED_UP", Status: 402, Message: "Your plan is used up"}

func TestMiddlewareRefuses(t *testing.T) {
	for _, c := range []struct {
		policy     ratelimit.Policy
		status     int
		code       string
		retryAfter string
		rateLimit  string
	}{
		{ratelimit.PerMinute("p", 1), 429, "RATE_LIMIT_TOO_MANY_REQUESTS", "60", `"p";r=0;t=60`},
		{ratelimit.PerSecond("p", 3).WithBurst(1), 429, "RATE_LIMIT_TOO_MANY_REQUESTS", "1", `"p";r=0;t=1`},
		{ratelimit.Policy{Name: "p", Limit: 1, Window: 1001 * time.Millisecond}, 429, "RATE_LIMIT_TOO_MANY_REQUESTS", "2", `"p";r=0;t=2`},
		{ratelimit.Daily("p", 1), 429, "RATE_LIMIT_QUOTA_EXCEEDED", "86400", `"p";r=0;t=86400`},
		{ratelimit.Monthly("p", 1).WithError(planUsedUp), 402, "PLAN_USED_UP", "2678400", `"p";r=0;t=2678400`},
	} {
		synctest.Test(t, func(t *testing.T) { // begins at midnight of 1 January 2000, UTC
			h := limit()(c.policy)
			res := get(h, request(stranger))
			require.Equal(t, 200, res.StatusCode)
			require.Empty(t, res.Header["Retry-After"])
			require.Equal(t, c.rateLimit, res.Header.Get("RateLimit"))

			res = get(h, request(stranger))
			require.Equal(t, c.status, res.StatusCode)
			require.Equal(t, []string{c.retryAfter}, res.Header["Retry-After"])
			require.Equal(t, []string{c.rateLimit}, res.Header["Ratelimit"])
			body := make([]byte, 500)
			n, _ := res.Body.Read(body)
			require.Contains(t, string(body[:n]), `"code":"`+c.code+`"`)

			require.Equal(t, 200, get(h, request("192.0.2.1:1")).StatusCode, "others are not refused")
			seconds, err := strconv.Atoi(c.retryAfter)
			require.NoError(t, err)
			time.Sleep(time.Duration(seconds) * time.Second)
			require.Equal(t, 200, get(h, request(stranger)).StatusCode, "waiting exactly that long succeeds")
		})
	}
}

func TestMiddlewareDeclaredErrorIsNotChanged(t *testing.T) {
	h := limit()(ratelimit.PerHour("p", 1).WithError(planUsedUp))
	for range 3 {
		get(h, request(stranger))
	}
	require.Zero(t, planUsedUp.RetryAfter)
}

// failing is a limiter that fails.
type failing struct {
	ratelimit.Limiter
	err error
}

func (f failing) Take(context.Context, string, int, ...string) (ratelimit.Decision, error) {
	return ratelimit.Decision{}, f.err
}

func TestMiddlewareFailures(t *testing.T) {
	secret := errors.New("secret: connection refused")
	m := ratelimit.NewMemory(ratelimit.PerHour("p", 5))
	keyFails := func(*http.Request) (string, error) { return "", secret }
	keyRaises := func(*http.Request) (string, error) { return "", apierr.NotFound }
	for _, c := range []struct {
		name    string
		limiter ratelimit.Limiter
		key     ratelimit.KeyFunc
		opts    []ratelimit.Option
		status  int
	}{
		{"the key fails", m, keyFails, nil, 500},
		{"the key fails with an error of the API", m, keyRaises, nil, 500},
		{"the limiter fails", failing{m, secret}, ratelimit.ByIP(), nil, 500},
		{"the limiter fails with an error of the API", failing{m, apierr.Unavailable.Wrap(secret)}, ratelimit.ByIP(), nil, 503},
		{"a cost of nothing", m, ratelimit.ByIP(), []ratelimit.Option{ratelimit.WithCost(func(*http.Request) int { return 0 })}, 500},
		{"a cost over the burst", m, ratelimit.ByIP(), []ratelimit.Option{ratelimit.WithCost(func(*http.Request) int { return 6 })}, 500},
		{"no such policy", m, ratelimit.ByIP(), []ratelimit.Option{ratelimit.WithPolicies(func(*http.Request) []string { return []string{"x"} })}, 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			called := false
			next := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true })
			rec := httptest.NewRecorder()
			ratelimit.Middleware(c.limiter, c.key, c.opts...)(next).ServeHTTP(rec, request(stranger))
			require.Equal(t, c.status, rec.Code)
			require.False(t, called, "a request that cannot be counted does not reach the handler")
			require.NotContains(t, rec.Body.String(), "secret")

			called = false
			var seen error
			opts := append(c.opts, ratelimit.WithDryRun(func(_ *http.Request, _ ratelimit.Decision, err error) { seen = err }))
			rec = httptest.NewRecorder()
			ratelimit.Middleware(c.limiter, c.key, opts...)(next).ServeHTTP(rec, request(stranger))
			require.True(t, called, "a dry run lets everything through")
			require.Error(t, seen)
		})
	}
	require.Equal(t, 5, remaining(t, m, "203.0.113.9"), "nothing was charged")
}

// A method that drifts from the interface would hide the layer from apierr.Write.
var _ seam.Exchange[*apierr.CompiledContract, *apierr.Error] = (*layer)(nil)

// layer is an exchange that keeps the causes, as package middleware logs them.
type layer struct {
	seam.Exchange[*apierr.CompiledContract, *apierr.Error]
	contract *apierr.CompiledContract
	causes   []error
}

func (*layer) IDs() (string, string)                           { return "id", "id" }
func (l *layer) Contract() *apierr.CompiledContract            { return l.contract }
func (*layer) Map(context.Context, error) *apierr.Error        { return nil }
func (*layer) ClientGone() bool                                { return false }
func (*layer) Begin(http.ResponseWriter) (seam.Delivery, bool) { return seam.NotStarted, false }
func (*layer) Sent(http.ResponseWriter)                        {}
func (*layer) Sending(w http.ResponseWriter, _ *apierr.Error, _ string, _ []byte) http.ResponseWriter {
	return w
}
func (l *layer) Record(_ *http.Request, _ *apierr.Error, _ bool, cause, _ error, _ seam.Delivery) {
	l.causes = append(l.causes, cause)
}

func TestMiddlewareReportsTheCause(t *testing.T) {
	contract, err := apierr.Standard.Compile()
	require.NoError(t, err)
	l := &layer{contract: contract}
	secret := errors.New("no account in the context")
	h := ratelimit.Middleware(ratelimit.NewMemory(ratelimit.PerHour("p", 5)), func(*http.Request) (string, error) { return "", secret })(ok)
	r := request(stranger)
	get(h, r.WithContext(context.WithValue(r.Context(), seam.Key{}, l)))
	require.Len(t, l.causes, 1)
	require.ErrorIs(t, l.causes[0], secret)
	require.ErrorIs(t, l.causes[0], apierr.Internal)
}

func TestMiddlewareOptions(t *testing.T) {
	h := limit(
		ratelimit.WithSkip(func(r *http.Request) bool { return r.URL.Path == "/healthz" }),
		ratelimit.WithCost(func(r *http.Request) int { return len(r.URL.Query()["item"]) + 1 }),
		ratelimit.WithPolicies(func(r *http.Request) []string {
			if plan := r.Header.Get("Plan"); plan != "" {
				return []string{plan}
			}
			return nil
		}),
	)(ratelimit.PerHour("free", 10), ratelimit.PerHour("paid", 100))
	for _, step := range []struct{ path, plan, want string }{
		{"/healthz", "", ``},
		{"/", "free", `"free";r=9;t=360`},
		{"/?item=a&item=b", "free", `"free";r=6;t=360`},
		{"/", "paid", `"paid";r=99;t=36`},
		{"/?item=a", "", `"free";r=4;t=360, "paid";r=97;t=36`},
		{"/healthz", "free", ``},
	} {
		r := httptest.NewRequest("GET", step.path, nil)
		r.Header.Set("Plan", step.plan)
		require.Equal(t, step.want, get(h, r).Header.Get("RateLimit"), "%v", step)
	}
}

func TestMiddlewareDryRun(t *testing.T) {
	var refused []string
	h := limit(ratelimit.WithDryRun(func(r *http.Request, d ratelimit.Decision, err error) {
		require.NoError(t, err)
		refused = append(refused, r.URL.Path+" "+d.Policy.Name)
	}))(ratelimit.PerHour("p", 1))
	for _, path := range []string{"/a", "/b", "/c"} {
		res := get(h, httptest.NewRequest("GET", path, nil))
		require.Equal(t, 200, res.StatusCode)
		require.Empty(t, res.Header)
	}
	require.Equal(t, []string{"/b p", "/c p"}, refused)
}

func TestTake(t *testing.T) {
	m := ratelimit.NewMemory(ratelimit.PerHour("p", 5), ratelimit.Daily("q", 9))
	r := request(stranger)
	require.NoError(t, ratelimit.Take(r, m, "k", 5))
	err := ratelimit.Take(r, m, "k", 2)
	var e *apierr.Error
	require.ErrorAs(t, err, &e)
	require.ErrorIs(t, err, apierr.TooManyRequests)
	require.InDelta(t, 24*time.Minute, e.RetryAfter, float64(time.Minute))
	require.NoError(t, ratelimit.Take(r, m, "k", 4, "q"))
	require.ErrorIs(t, ratelimit.Take(r, m, "k", 1, "q"), apierr.QuotaExceeded)

	err = ratelimit.Take(r, m, "k", 50)
	require.ErrorIs(t, err, apierr.Internal)
	require.ErrorIs(t, err, ratelimit.ErrCost)

	gone, cancel := context.WithCancel(r.Context())
	cancel()
	err = ratelimit.Take(r.WithContext(gone), failing{m, context.Canceled}, "k", 1)
	require.Equal(t, context.Canceled, err, "a client that has gone is not a failure of the server")
}

func TestCountIf(t *testing.T) {
	failures := ratelimit.WithCountIf(func(status int) bool { return status == 401 || status >= 500 })
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		counts  bool
	}{
		{"nothing written is 200", func(http.ResponseWriter, *http.Request) {}, false},
		{"a body alone is 200", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("x")); w.WriteHeader(401) }, false},
		{"a flush is 200", func(w http.ResponseWriter, _ *http.Request) { w.(http.Flusher).Flush(); w.WriteHeader(401) }, false},
		{"200", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) }, false},
		{"404", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, false},
		{"401", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, true},
		{"401 after 103", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(103); w.WriteHeader(401) }, true},
		{"the first status counts", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401); w.WriteHeader(200) }, true},
		{"apierr.Write", func(w http.ResponseWriter, r *http.Request) { apierr.Write(w, r, apierr.Unauthenticated) }, true},
		{"a panic is 500", func(http.ResponseWriter, *http.Request) { panic("x") }, true},
		{"a panic after 200", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200); panic("x") }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := ratelimit.NewMemory(ratelimit.PerHour("p", 5))
			h := ratelimit.Middleware(m, ratelimit.ByIP(), failures)(c.handler)
			func() {
				defer func() { _ = recover() }()
				h.ServeHTTP(httptest.NewRecorder(), request(stranger))
			}()
			want := 5
			if c.counts {
				want = 4
			}
			require.Equal(t, want, remaining(t, m, "203.0.113.9"))
		})
	}
}

// refunding sees the context of a refund.
type refunding struct {
	*ratelimit.Memory
	ctx context.Context
}

func (f *refunding) Refund(ctx context.Context, key string, cost int, policies ...string) error {
	f.ctx = ctx
	return f.Memory.Refund(ctx, key, cost, policies...)
}

func TestCountIfRefundsForClientsThatHaveGone(t *testing.T) {
	l := &refunding{Memory: ratelimit.NewMemory(ratelimit.PerHour("p", 5))}
	h := ratelimit.Middleware(l, ratelimit.ByIP(), ratelimit.WithCountIf(func(int) bool { return false }))(ok)
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), principalKey{}, "alice"))
	cancel()
	get(h, request(stranger).WithContext(ctx))
	require.NoError(t, l.ctx.Err())
	require.Equal(t, "alice", principal(l.ctx))
}

// TestCountIfAtOnce sends many guesses at once: no more of them fail than
// the limit says.
func TestCountIfAtOnce(t *testing.T) {
	m := ratelimit.NewMemory(ratelimit.PerHour("p", 5))
	begun, finish := make(chan struct{}), make(chan struct{})
	wrongPassword := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		begun <- struct{}{}
		<-finish
		w.WriteHeader(401)
	})
	h := ratelimit.Middleware(m, ratelimit.ByIP(), ratelimit.WithCountIf(func(s int) bool { return s == 401 }))(wrongPassword)
	statuses := make(chan int)
	for range 50 {
		go func() { statuses <- get(h, request(stranger)).StatusCode }()
	}
	for range 5 {
		<-begun
	}
	for range 45 {
		require.Equal(t, 429, <-statuses)
	}
	close(finish)
	for range 5 {
		require.Equal(t, 401, <-statuses)
	}
}

// TestWire looks at real answers, one limiter inside another.
func TestWire(t *testing.T) {
	outer := ratelimit.NewMemory(ratelimit.PerHour("address", 4))
	inner := ratelimit.NewMemory(ratelimit.PerMinute("account", 2), ratelimit.Monthly("plan", 50))
	h := ratelimit.Middleware(outer, ratelimit.ByIP())(
		ratelimit.Middleware(inner, ratelimit.ByHeader("X-Api-Key"), ratelimit.WithLegacyHeaders(ratelimit.DeltaSeconds))(ok))
	server := httptest.NewServer(h)
	defer server.Close()
	ask := func() *http.Response {
		r, err := http.NewRequest("GET", server.URL, nil)
		require.NoError(t, err)
		r.Header.Set("X-Api-Key", "secret-value")
		r.Header.Set("RateLimit", `"mine";r=999`)
		res, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		res.Body.Close()
		return res
	}
	res := ask()
	require.Equal(t, 200, res.StatusCode)
	require.Equal(t, []string{`"address";q=4;w=3600, "account";q=2;w=60, "plan";q=50`}, res.Header["Ratelimit-Policy"])
	require.Regexp(t, `^"address";r=3;t=900, "account";r=1;t=30, "plan";r=49;t=\d+$`, res.Header.Get("RateLimit"))
	require.Equal(t, "1", res.Header.Get("X-RateLimit-Remaining"))
	require.Equal(t, "2", res.Header.Get("X-RateLimit-Limit"))
	require.Equal(t, "30", res.Header.Get("X-RateLimit-Reset"))
	ask()
	res = ask()
	require.Equal(t, 429, res.StatusCode)
	require.Regexp(t, `^"address";r=1;t=\d+, "account";r=0;t=30, "plan";r=48;t=\d+$`, res.Header.Get("RateLimit"))
	require.Equal(t, "30", res.Header.Get("Retry-After"))
	ask()
	res = ask()
	require.Equal(t, 429, res.StatusCode)
	require.Equal(t, `"address";r=0;t=900`, res.Header.Get("RateLimit"), "the inner limiter was not asked")
	for name, values := range res.Header {
		require.NotContains(t, strings.Join(values, " "), "secret", name)
		require.NotContains(t, strings.Join(values, " "), "mine", name)
	}
}
