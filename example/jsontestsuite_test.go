package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// suite is nst/JSONTestSuite, which is not a part of this repository: a file
// y_… is to be accepted, n_… refused, i_… either.
const suite = "../../shared/testdata/jsontestsuite"

func TestLab_JSONTestSuite(t *testing.T) {
	files, err := filepath.Glob(suite + "/*.json")
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skip("JSONTestSuite is not here: " + suite)
	}
	d := start(t, "chatbase")
	refused := 0
	for _, file := range files {
		name := filepath.Base(file)
		doc, err := os.ReadFile(file)
		require.NoError(t, err)
		got := d.do(t, ask{method: "POST", path: "/lab/json", body: string(doc), header: jsonType})
		// RFC 8259 leaves duplicate names open; a strict reader refuses them.
		duplicates := strings.HasPrefix(name, "y_object_duplicated_key")
		switch {
		case name[0] == 'n' || duplicates:
			d.fails(t, got, 400, "VALIDATION_INVALID_JSON")
			refused++
		case name[0] == 'y':
			require.Equal(t, 200, got.status, "%s: %s", name, got.body)
		default:
			require.Contains(t, []int{200, 400}, got.status, name)
		}
	}
	require.Equal(t, 188+2, refused)
}
