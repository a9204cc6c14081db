package main

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/reference"
)

// orders has the contract of the page's server.
var orders = struct{ Contract apierr.Contract }{chatbase.Contract}

var update = flag.Bool("update", false, "write contract.json")

// The test of PIPELINE.md that compares the contract with its document.
func TestContractDocument(t *testing.T) {
	t.Chdir(folder(t, map[string]string{"contract.json": documentOf(t, orders.Contract)}))
	want, err := orders.Contract.MarshalJSON()
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile("contract.json", want, 0o644))
	}
	have, err := os.ReadFile("contract.json")
	require.NoError(t, err)
	require.JSONEq(t, string(want), string(have), "write contract.json again: go test -update")
}

// The server of PIPELINE.md publishes the page and the files beside it.
func TestPublished(t *testing.T) {
	mux, contract := http.NewServeMux(), orders.Contract
	mux.Handle("GET /errors/", reference.Handler(contract, reference.Page{}))
	for _, path := range []string{"", "contract.json", "openapi.json", "errors.ts", "errors.md"} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest("GET", "/errors/"+path, nil))
		require.Equal(t, 200, w.Code, path)
	}
}
