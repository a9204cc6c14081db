package validate

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/validate/internal/violation"
)

// These tests are inside the package since nothing outside shows what is kept.

// What one large request needed is not kept for the next small one.
func TestRelease_DropsWhatIsLarge(t *testing.T) {
	for name, large := range map[string]*work{
		"body":       {body: make([]byte, keptBuffer+1)},
		"violations": {found: make([]violation.Violation, keptFound+1)},
	} {
		large.release(true)
		for range 100 {
			require.NotSame(t, large, works.Get(), name)
		}
	}
}

// Nothing of a request stays in what is kept.
func TestRelease_Forgets(t *testing.T) {
	w := works.New().(*work)
	w.found = append(w.found, violation.New("secret", "", "", ""))
	w.translator.language = "de"
	body := append(w.body, "secret"...)
	w.body = body
	w.release(false)
	require.Empty(t, w.found)
	require.Empty(t, w.found[:1][0].Path)
	require.Zero(t, w.translator)
	require.NotSame(t, &body[:1][0], &w.body[:1][0])
}
