package main

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/example/internal/limits"
	"github.com/failwell/failwell/example/internal/tour"
	"github.com/failwell/failwell/internal/pipenet"
)

var update = flag.Bool("update", false, "write the golden files")

// inBubble serves the demo in memory, in a bubble where no wait takes time, and
// calls visit with a transport that reaches it.
func inBubble(t *testing.T, contract string, visit func(t *testing.T, base http.RoundTripper)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h, err := newServer(settings{contract: contract, at: address{strings.TrimPrefix(demoURL, "http://"), true}, logger: slog.New(slog.DiscardHandler), limit: limits.InMemory})
		require.NoError(t, err)
		t.Cleanup(h.stop)
		visit(t, pipenet.Serve(t, h))
	})
}

const demoURL = "http://demo.test"

// reportedID is what differs each time.
var reportedID = regexp.MustCompile(`report [0-9A-Za-z-]+`)

// The client's tour, as a user sees it, under each contract.
func TestTour(t *testing.T) {
	for _, contract := range contracts {
		t.Run(contract, func(t *testing.T) {
			inBubble(t, contract, func(t *testing.T, base http.RoundTripper) {
				var out strings.Builder
				require.NoError(t, tour.Run(t.Context(), &out, demoURL, contract, base))
				got := reportedID.ReplaceAllString(out.String(), "report ID")
				golden := filepath.Join("testdata", "tour-"+contract+".golden")
				if *update {
					require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
					return
				}
				want, err := os.ReadFile(golden)
				require.NoError(t, err)
				require.Equal(t, string(want), got)
			})
		})
	}
}

func TestTourWithoutServer(t *testing.T) {
	err := tour.Run(t.Context(), &strings.Builder{}, "http://127.0.0.1:1", "nobody's", nil)
	require.ErrorContains(t, err, `unknown contract "nobody's"`)
}

// After an interrupt, the tour ends with an error, and without failures that are
// none.
func TestTourIsInterrupted(t *testing.T) {
	inBubble(t, "chatbase", func(t *testing.T, base http.RoundTripper) {
		stopped := errors.New("interrupt")
		ctx, stop := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { stop(stopped) })
		var out strings.Builder
		require.ErrorIs(t, tour.Run(ctx, &out, demoURL, "chatbase", base), stopped)
		require.Contains(t, out.String(), "the model breaks down in it")
		require.NotContains(t, out.String(), "interrupt")
	})
}

// The lines in the README are of the tour.
func TestTourInReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	golden, err := os.ReadFile("testdata/tour-chatbase.golden")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(readme), "\n## The client\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	_, lines, found := strings.Cut(section, "`chatbase`:\n\n")
	require.True(t, found)
	n := 0
	for line := range strings.Lines(strings.TrimSpace(lines) + "\n") {
		require.Contains(t, string(golden), strings.TrimPrefix(line, "    "))
		n++
	}
	require.Equal(t, 7, n)
}
