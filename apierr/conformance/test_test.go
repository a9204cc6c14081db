package conformance_test

import (
	"net/http"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/conformance"
)

// Each check is a subtest with its name. TestTest runs itself in a process of its
// own, where it fails.
func TestTest(t *testing.T) {
	const key = "CONFORMANCE_TEST_FAILS"
	if os.Getenv(key) != "" {
		conformance.Test(t, http.NotFoundHandler(), apierr.Standard, conformance.WithOnly("not-found", "limited"),
			conformance.WithSkip("not-found/ids", "a layer adds them"))
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTest$", "-test.v")
	cmd.Env = append(os.Environ(), key+"=1")
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	for _, want := range []string{
		"--- FAIL: TestTest/not-found/envelope ",
		"--- FAIL: TestTest/not-found/type ",
		"--- PASS: TestTest/not-found/length ",
		"--- PASS: TestTest/not-found/cache ", // advice, which is logged
		"advice not-found/cache (RFC 9111 section 4.2.2)",
		"--- SKIP: TestTest/not-found/ids ",
		"skipped: a layer adds them",
		"--- SKIP: TestTest/limited/retry-after ",
		"not exercised: WithLimited is not given",
		"MUST not-found/envelope (contract: format; RFC 8259 section 8.1; RFC 9457 section 3)",
		"sent     GET /conformance-",
		"came     404 Not Found",
		"expected one body in the contract's form",
	} {
		require.Contains(t, string(out), want)
	}
}

// Faults of a call are panics in words.
func TestTest_Faults(t *testing.T) {
	require.PanicsWithValue(t, "conformance: Test: the handler is nil", func() { conformance.Test(t, nil, apierr.Standard) })
	require.PanicsWithValue(t, "conformance: Test: option 1 is nil", func() {
		conformance.Test(t, http.NotFoundHandler(), apierr.Standard, nil)
	})
}
