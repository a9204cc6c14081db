package contracttest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
)

// Source is a published contract as it was read from its page.
type Source struct {
	Codes    []Code             `json:"codes"`
	Failures map[string]Failing `json:"-"`
}

// Code is one row of its tables.
type Code struct {
	Code   string `json:"code"`
	ID     int    `json:"id"`
	Status int    `json:"resolved_status"`
}

// Failing is the answer to a failure that the page may not mention.
type Failing struct {
	Code     string   `json:"code"`
	ID       int      `json:"id"`
	Status   int      `json:"status"`
	Declared *bool    `json:"declared"`
	Details  bool     `json:"details_required"`
	Headers  []string `json:"headers_required"`
}

// ReadSource reads ../shared/contracts/NAME.json, beside the checkout. It skips
// the test, with a line of output, if the file does not exist.
func ReadSource(t *testing.T, name string) Source {
	t.Helper()
	path := filepath.Join("..", "..", "..", "..", "shared", "contracts", name+".json")
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Printf("%s: skipped, there is no %s\n", t.Name(), path)
		t.Skip("the source is not here")
	}
	require.NoError(t, err)
	var s struct {
		Source
		Raw map[string]any `json:"builtin_failures"`
	}
	require.NoError(t, json.Unmarshal(b, &s))
	s.Failures = make(map[string]Failing)
	for name, raw := range s.Raw {
		if name == "_about" {
			continue
		}
		b, err := json.Marshal(raw)
		require.NoError(t, err)
		var f Failing
		require.NoError(t, json.Unmarshal(b, &f))
		s.Failures[name] = f
	}
	return s.Source
}
