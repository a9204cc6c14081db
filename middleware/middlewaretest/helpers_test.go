package middlewaretest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/middleware/middlewaretest"
)

// contracts are the five that the example serves.
var contracts = []apierr.Contract{apierr.Standard, chatbase.Contract, polyai.Contract, avatarium.Contract, problems}

// problems is Standard as problem details.
var problems = func() apierr.Contract {
	c := apierr.Standard
	c.Name, c.Format = "problem", apierr.Problem{}
	return c
}()

// recorder is a testing.TB that keeps what fails.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

// want returns the text with which Want fails, empty if it does not.
func want(t *testing.T, c apierr.Contract, response *http.Response, err error) string {
	t.Helper()
	r := &recorder{TB: t}
	middlewaretest.Want(r, c, response, err)
	switch len(r.failures) {
	case 0:
		return ""
	case 1:
		return r.failures[0]
	}
	t.Fatalf("Want failed %d times", len(r.failures))
	return ""
}

// get is a request as a test makes it.
func get(path string) *http.Request { return httptest.NewRequest("GET", path, nil) }

// returns is a handler that fails with err.
func returns(err error) http.Handler {
	return apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return err })
}

// writes is a handler that sends the Content-Type, the status and the text.
func writes(status int, contentType, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		fmt.Fprint(w, text)
	}
}

// streams is a handler that fails with err after the beginning of a stream.
func streams(contentType, begin string, err error) http.Handler {
	return apierr.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, begin)
		w.(http.Flusher).Flush()
		return err
	})
}
