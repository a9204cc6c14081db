package openapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/reference"
)

// tool returns a program of .ci/package.json. The test is skipped without it.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", ".ci", "node_modules", ".bin", name))
	require.NoError(t, err)
	if _, err := os.Stat(path); err != nil {
		fmt.Printf("%s: skipped, there is no %s; run npm ci in .ci\n", t.Name(), name)
		t.Skip("the linter is not here")
	}
	return path
}

// written writes the documents that are linted: the described one, and those of
// a published contract, of one with two forms, and of one with hostile codes.
func written(t *testing.T) (paths []string) {
	t.Helper()
	dir := t.TempDir()
	add := func(name string, doc []byte, err error) {
		require.NoError(t, err)
		path := filepath.Join(dir, name+".json")
		require.NoError(t, os.WriteFile(path, doc, 0o644))
		paths = append(paths, path)
	}
	described, err := reference.Describe(chat(t), chatbase.Contract)
	add("described", described, err)
	for _, c := range []apierr.Contract{avatarium.Contract, problem, hostileContract()} {
		doc, err := reference.OpenAPI(c)
		add(c.Name, doc, err)
	}
	return paths
}

// Redocly CLI, with its recommended rules, reports no error.
func TestRedocly(t *testing.T) {
	redocly := tool(t, "redocly")
	cmd := exec.CommandContext(t.Context(), redocly, append([]string{"lint", "--format=json", "--skip-rule=no-unused-components"}, written(t)...)...)
	cmd.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true")
	out, err := cmd.Output()
	reports := 0
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); reports++ { // one for each document
		var report struct {
			Problems []struct{ RuleID, Severity, Message string }
		}
		require.NoError(t, d.Decode(&report))
		for _, p := range report.Problems {
			require.NotEqual(t, "error", p.Severity, "%s: %s", p.RuleID, p.Message)
		}
	}
	require.NoError(t, err)
	require.Equal(t, 4, reports)
}

// Redocly sees an error where there is one.
func TestRedocly_Sees(t *testing.T) {
	redocly := tool(t, "redocly")
	path := filepath.Join(t.TempDir(), "bad.json")
	require.NoError(t, os.WriteFile(path, []byte(`{"openapi":"3.1.1","info":{"title":"t"},"paths":{}}`), 0o644))
	require.Error(t, exec.CommandContext(t.Context(), redocly, "lint", path).Run())
}

// Spectral, with its rules for OpenAPI, reports no error.
func TestSpectral(t *testing.T) {
	spectral := tool(t, "spectral")
	args := []string{"lint", "--ruleset", filepath.Join("testdata", "spectral.json"), "--fail-severity=error", "--display-only-failures", "--quiet"}
	out, err := exec.CommandContext(t.Context(), spectral, append(args, written(t)...)...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		require.NoError(t, err, "%s%s", out, exit.Stderr)
	}
	require.NoError(t, err)
}

// Spectral sees an error where there is one.
func TestSpectral_Sees(t *testing.T) {
	spectral := tool(t, "spectral")
	path := filepath.Join(t.TempDir(), "bad.json")
	require.NoError(t, os.WriteFile(path, []byte(`{"openapi":"3.1.1","info":{"title":"t"},"paths":{}}`), 0o644))
	require.Error(t, exec.CommandContext(t.Context(), spectral, "lint", "--ruleset", filepath.Join("testdata", "spectral.json"), path).Run())
}
