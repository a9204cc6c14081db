package main

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// -o replaces a file as a whole, and leaves nothing else behind.
func TestOutput(t *testing.T) {
	dir := folder(t, map[string]string{"contract.json": minimal, "old.md": "old", "target.md": "old"})
	t.Chdir(dir)
	require.NoError(t, os.Chmod("old.md", 0o600))
	require.NoError(t, os.Symlink("target.md", "link.md"))
	want := runWith(t, "", "markdown", "contract.json").out
	for _, name := range []string{"new.md", "old.md", "link.md"} {
		got := runWith(t, "", "markdown", "-o", name, "contract.json")
		require.Equal(t, exitOK, got.exit, got.errors)
		require.Empty(t, got.out)
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, want, string(b), name)
	}
	info, err := os.Stat("old.md")
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode(), "the mode stays")
	link, err := os.Readlink("link.md")
	require.NoError(t, err)
	require.Equal(t, "target.md", link, "the link stays")
	require.Equal(t, want, runWith(t, "", "markdown", "-o", "-", "contract.json").out)
	require.ElementsMatch(t, []string{"contract.json", "old.md", "target.md", "link.md", "new.md"}, names(t, dir))
}

// A failure leaves the old file.
func TestOutput_Failure(t *testing.T) {
	dir := folder(t, map[string]string{"old.md": "old"})
	old := filepath.Join(dir, "old.md")
	require.Equal(t, exitFailure, runWith(t, "{", "markdown", "-o", old).exit)
	require.Equal(t, exitFailure, runWith(t, minimal, "markdown", "-o", filepath.Join(dir, "absent", "x")).exit)
	require.Equal(t, exitFailure, runWith(t, minimal, "markdown", "-o", old+"/x").exit)
	b, err := os.ReadFile(old)
	require.NoError(t, err)
	require.Equal(t, "old", string(b))
	require.Equal(t, []string{"old.md"}, names(t, dir))

	// Renaming over a folder fails, and the temporary file goes.
	require.NoError(t, os.Mkdir(filepath.Join(dir, "folder"), 0o755))
	require.Equal(t, exitFailure, runWith(t, minimal, "markdown", "-o", filepath.Join(dir, "folder")).exit)
	require.Equal(t, []string{"folder", "old.md"}, names(t, dir))
}

// What is no regular file is written to.
func TestOutput_Pipe(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	name := filepath.Join("/dev/fd", fd(w))
	if _, err := os.Stat(name); err != nil {
		t.Skip("there is no /dev/fd")
	}
	got := runWith(t, minimal, "typescript", "-o", name)
	require.Equal(t, exitOK, got.exit, got.errors)
	w.Close()
	b, err := io.ReadAll(io.LimitReader(r, 8))
	require.NoError(t, err)
	require.Len(t, b, 8)
}

func fd(f *os.File) string { return strconv.Itoa(int(f.Fd())) }

func names(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}
