package conformance

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/failwell/failwell/apierr"
)

// Test checks a handler against a contract, behind a server on loopback, over
// HTTP/1.1 and HTTP/2. Each check is a subtest with the name of the check, as
// not-found/envelope, that fails with what was sent, what came, what was
// expected and why. Checks that were not exercised are skipped subtests, which
// [WithRequired] makes fail; advice is logged.
//
// The handler is the server's outermost one, with all of its layers. The kit
// also serves handlers of its own inside the layer of [WithMiddleware]; without
// it, panics, streams, deadlines and most declared errors are not exercised.
//
// Test panics if handler is nil. Faults of the contract end the test.
func Test(t *testing.T, handler http.Handler, contract apierr.Contract, opts ...Option) {
	t.Helper()
	mustNotBeNil("Test", "handler", handler == nil)
	logs := option(func(c *config) {
		if c.waiting == nil {
			c.waiting = func(line string) { t.Log(line) }
		}
	})
	opts = append(slices.Clip(opts), logs)
	report, err := inProcess(t.Context(), "Test", handler, contract, opts)
	if err != nil {
		t.Fatal(err)
	}
	report.subtests(t)
}

// inProcess serves the handler and runs all checks.
func inProcess(ctx context.Context, who string, handler http.Handler, contract apierr.Contract, opts []Option) (*Report, error) {
	r, err := newRun(who, contract, opts)
	if err != nil {
		return nil, err
	}
	here := &local{label: randomWord(), patience: r.patience}
	defer here.close()
	if r.app, err = here.serve(handler); err != nil {
		return nil, err
	}
	if r.http1 {
		r.app = r.app[:1]
	}
	if err := r.mount(here); err != nil {
		return nil, err
	}
	r.flooding, r.leaked = true, here.stop
	report := r.all(ctx)
	report.Server = "this process"
	return report, nil
}

// subtests reports each check as a subtest of its scenario.
func (r *Report) subtests(t *testing.T) {
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			for i := range r.Results {
				scenario, rule, _ := strings.Cut(r.Results[i].Name, "/")
				if scenario == s.name {
					t.Run(rule, r.Results[i].subtest)
				}
			}
		})
	}
}

// subtest reports one check.
func (r *Result) subtest(t *testing.T) {
	switch text := r.text(); r.State {
	case Failed:
		t.Error("\n" + text)
	case Advised:
		t.Log("\n" + text)
	case NotExercised, NotApplicable, Skipped:
		t.Skip(string(r.State) + ": " + r.Reason)
	}
}
