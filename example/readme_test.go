package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReadme holds that every line of Go in the README stands in an example,
// which compiles and whose output is checked, so that none of it can rot. What
// an example leaves to its caller is listed.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	known := map[string]bool{
		"package main": true, "import (": true, ")": true, "func main() {": true,
		"handler := middleware.New(apierr.Standard)(mux) // the one line": true,
		`http.ListenAndServe("127.0.0.1:8080", handler)`:                  true,
		"http.ListenAndServe(addr, middleware.New(apierr.Standard)(mux))": true,
		"// net/http": true, "// chi": true, "// gin": true, "// echo": true,
	}
	require.NoError(t, filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "readme_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		for line := range strings.Lines(string(b)) {
			known[strings.TrimSpace(line)] = true
		}
		return err
	}))
	blocks := 0
	for i, block := range strings.Split(string(readme), "\n```") {
		code, ok := strings.CutPrefix(block, "go\n")
		if i%2 == 0 || !ok {
			continue
		}
		blocks++
		for line := range strings.Lines(code) {
			if line = strings.TrimSpace(line); line != "" {
				require.True(t, known[line], "no example has the line %q", line)
			}
		}
	}
	require.Equal(t, 5, blocks)
}
