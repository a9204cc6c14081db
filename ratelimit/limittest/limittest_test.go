package limittest_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/limittest"
)

// broken are limiters with one fault each, and the check that finds it.
var broken = []struct {
	name, check string
	fault       func(ratelimit.Limiter) ratelimit.Limiter
}{
	{"admits everything", "a whole burst is admitted at once", func(l ratelimit.Limiter) ratelimit.Limiter { return admitsAll{l} }},
	{"all keys are one", "each key has its own limits", func(l ratelimit.Limiter) ratelimit.Limiter { return oneKey{l} }},
	{"Peek charges", "Peek returns what Take would", func(l ratelimit.Limiter) ratelimit.Limiter { return peekCharges{l} }},
	{"Refund does nothing", "Refund gives back what was charged", func(l ratelimit.Limiter) ratelimit.Limiter { return noRefund{l} }},
	{"the names are ignored", "the names select the policies", func(l ratelimit.Limiter) ratelimit.Limiter { return noNames{l} }},
	{"every cost is 1", "a request takes as many units", func(l ratelimit.Limiter) ratelimit.Limiter { return noCost{l} }},
	{"Policies is no copy", "Policies is a copy", func(l ratelimit.Limiter) ratelimit.Limiter { return &noCopy{l, l.Policies()} }},
}

type admitsAll struct{ ratelimit.Limiter }

func (l admitsAll) Take(ctx context.Context, key string, cost int, policies ...string) (ratelimit.Decision, error) {
	d, err := l.Limiter.Take(ctx, key, cost, policies...)
	d.Allowed, d.RetryAfter = true, 0
	return d, err
}

type oneKey struct{ ratelimit.Limiter }

func (l oneKey) Take(ctx context.Context, _ string, cost int, policies ...string) (ratelimit.Decision, error) {
	return l.Limiter.Take(ctx, "", cost, policies...)
}

type peekCharges struct{ ratelimit.Limiter }

func (l peekCharges) Peek(ctx context.Context, key string, cost int, policies ...string) (ratelimit.Decision, error) {
	return l.Take(ctx, key, cost, policies...)
}

type noRefund struct{ ratelimit.Limiter }

func (noRefund) Refund(context.Context, string, int, ...string) error { return nil }

type noNames struct{ ratelimit.Limiter }

func (l noNames) Take(ctx context.Context, key string, cost int, _ ...string) (ratelimit.Decision, error) {
	return l.Limiter.Take(ctx, key, cost)
}

type noCost struct{ ratelimit.Limiter }

func (l noCost) Take(ctx context.Context, key string, _ int, policies ...string) (ratelimit.Decision, error) {
	return l.Limiter.Take(ctx, key, 1, policies...)
}

type noCopy struct {
	ratelimit.Limiter
	policies []ratelimit.Policy
}

func (l *noCopy) Policies() []ratelimit.Policy { return l.policies }

const faultEnv = "LIMITTEST_FAULT"

// TestBroken runs the checks on each broken limiter in a process of its own:
// they must fail there, and the check for the fault among them.
func TestBroken(t *testing.T) {
	if name := os.Getenv(faultEnv); name != "" {
		for _, b := range broken {
			if b.name == name {
				limittest.Run(t, func(_ *testing.T, policies ...ratelimit.Policy) (ratelimit.Limiter, func(time.Duration)) {
					return b.fault(ratelimit.NewMemory(policies...)), func(time.Duration) {}
				})
			}
		}
		return
	}
	for _, b := range broken {
		t.Run(b.name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestBroken$")
			cmd.Env = append(os.Environ(), faultEnv+"="+b.name)
			out, err := cmd.CombinedOutput()
			if err == nil {
				t.Fatalf("the checks pass")
			}
			if want := "--- FAIL: TestBroken/" + strings.ReplaceAll(b.check, " ", "_"); !strings.Contains(string(out), want) {
				t.Fatalf("no %q in\n%s", want, out)
			}
		})
	}
}

func TestRunPanics(t *testing.T) {
	defer func() {
		if text, _ := recover().(string); text != "limittest: Run: make is nil" {
			t.Fatalf("panicked with %q", text)
		}
	}()
	limittest.Run(t, nil)
}
