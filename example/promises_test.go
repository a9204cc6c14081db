package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPromises holds that every test which CONTRIBUTING.md names as the proof of
// a sentence exists, in the package that it names.
func TestPromises(t *testing.T) {
	text, err := os.ReadFile("../CONTRIBUTING.md")
	require.NoError(t, err)
	_, section, _ := strings.Cut(string(text), "\n## What is promised\n")
	section, _, _ = strings.Cut(section, "\n## ")
	rows := 0
	for line := range strings.Lines(section) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| sentence |") {
			continue
		}
		rows++
		sentence, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " |")
		tests := regexp.MustCompile("`([a-z/]+)\\.(Test\\w+)`").FindAllStringSubmatch(line, -1)
		require.NotEmpty(t, tests, sentence)
		for _, name := range tests {
			require.True(t, declares(t, filepath.Join("..", name[1]), name[2]), "%s: there is no %s in %s", sentence, name[2], name[1])
		}
	}
	require.GreaterOrEqual(t, rows, 10)
}

// declares reports whether a test file of the folder has the test.
func declares(t *testing.T, dir, test string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	require.NoError(t, err)
	for _, name := range files {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		if strings.Contains(string(b), "\nfunc "+test+"(t *testing.T) {\n") {
			return true
		}
	}
	return false
}
