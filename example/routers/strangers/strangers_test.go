package strangers_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/conformance"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

// layer is a middleware.
type layer = func(http.Handler) http.Handler

// TestMain keeps gin quiet.
func TestMain(m *testing.M) {
	gin.SetMode(gin.ReleaseMode)
	os.Exit(m.Run())
}

// strangers are the servers, each with the contract in testdata.
var strangers = []struct {
	name   string
	prefix string // of the paths of its routes
	serve  func(t *testing.T) (url string, opts []conformance.Option)
}{
	{"servemux", "", inProcess(serveMux, raiseCoded)},
	{"chi", "", inProcess(chiRouter, raiseCoded)},
	{"gin", "", inProcess(ginEngine, raiseText)},
	{"echo", "", inProcess(echoServer, raiseMessage)},
	{"express", "", process(express)},
	{"nginx", "/api", process(nginx)},
}

type server = func(t *testing.T) (url string, opts []conformance.Option)

// inProcess serves a handler, and has the kit mount its own inside the layer.
func inProcess(handler func() (http.Handler, layer), raise func(http.ResponseWriter, *http.Request, error)) server {
	return func(t *testing.T) (string, []conformance.Option) {
		h, wrap := handler()
		s := httptest.NewUnstartedServer(h)
		s.Config.ErrorLog = quiet
		s.Start()
		t.Cleanup(s.Close)
		return s.URL, []conformance.Option{conformance.WithMiddleware(wrap), conformance.WithRaise(raise)}
	}
}

func process(start func(*testing.T) string) server {
	return func(t *testing.T) (string, []conformance.Option) { return start(t), nil }
}

// The kit reports how servers of others differ from a contract, and harms none of
// them: after the checks, the server answers as before.
func TestStrangers(t *testing.T) {
	if testing.Short() {
		t.Skip("six servers, two of them processes, each with a flood")
	}
	for _, stranger := range strangers {
		t.Run(stranger.name, func(t *testing.T) {
			t.Parallel()
			url, opts := stranger.serve(t)
			document, err := os.ReadFile(filepath.Join("testdata", stranger.name+".json"))
			require.NoError(t, err)
			contract, err := apierr.ParseContract(document)
			require.NoError(t, err)
			report, err := conformance.Check(t.Context(), url, contract, append(opts,
				conformance.WithRoute("GET", stranger.prefix+"/healthz"), conformance.WithProtected("GET", stranger.prefix+"/private"),
				conformance.WithBody("POST", stranger.prefix+"/items", `{"name":"lamp","size":3}`), conformance.WithFlood(),
			)...)
			require.NoError(t, err)
			golden(t, stranger.name, findings(report))
			require.Greater(t, passed(report), 50) // it is not that everything fails

			resp, err := http.Get(url + stranger.prefix + "/healthz")
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			require.Equal(t, 200, resp.StatusCode)
		})
	}
}

// findings lists the checks that have found something, each with what is wrong in
// the first response that shows it.
func findings(r *conformance.Report) string {
	var b strings.Builder
	for _, res := range r.Results {
		if res.State == conformance.Failed || res.State == conformance.Advised {
			fmt.Fprintf(&b, "%s %s\n\t%s\n", res.State, res.Name, finding(res))
		}
	}
	return b.String()
}

// passed is the number of checks that have found nothing.
func passed(r *conformance.Report) (n int) {
	for _, res := range r.Results {
		if res.State == conformance.Passed {
			n++
		}
	}
	return n
}

// finding is the first finding of a check, without what differs from run to run.
func finding(res conformance.Result) string {
	f := res.Findings[0]
	wrong := f.Wrong
	if wrong == "" {
		wrong = f.Got
	}
	sent, want := f.Sent, f.Want
	switch scenario, rule, _ := strings.Cut(res.Name, "/"); {
	case rule == "arrives": // a reset comes before the answer or behind it
		wrong, want = "the answer does not arrive, or a reset follows it", "the answer"
	case rule == "no-leak": // the text, with the paths of this machine
		wrong, _, _ = strings.Cut(wrong, ": ")
	case scenario == "concurrent":
		sent = "one of many"
	}
	return changing.ReplaceAllString(firstLine(sent)+"\n\t"+firstLine(wrong)+"\n\twant "+firstLine(want), "…")
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return strings.TrimSpace(line)
}

// changing is what differs from run to run: random words, addresses and IDs.
var changing = regexp.MustCompile(`[a-z0-9]{26}|127\.0\.0\.1:\d+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// golden compares with testdata/NAME.golden, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run go test with -update to write it")
	require.Equal(t, string(want), got)
}
