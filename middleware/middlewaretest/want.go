package middlewaretest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/text"
)

// Want marks the test as failed if the response is not the one that the contract
// answers err with, and says what came. It compares the code, the ID and the
// status after the contract has mapped err, and requires a body in the
// contract's form; message and details may be any. The body of the response can
// be read before and after.
//
//   - err is what the handler raises, or the declared error that is answered in
//     its place. An error that only a mapper of the user's knows is Internal
//     here: name the error that it is mapped to.
//   - nil: the response is no failure.
//   - [http.ErrAbortHandler]: the response is aborted, before or after its
//     status.
//   - After an event stream or JSON lines have begun, the last event or line is
//     compared, without its status.
//   - To HEAD, the status and the Content-Type are compared, and the code and
//     the ID if Serve has made the response.
//   - Under a [apierr.Format] of the user's own that is no client.Decoder, the
//     status and the Content-Type are compared.
//
// The response may also be one of an http.Client or of an
// httptest.ResponseRecorder. The text of a failed test has the cause if Serve
// has made it. Want panics if the contract has faults.
func Want(t testing.TB, contract apierr.Contract, response *http.Response, err error) {
	t.Helper()
	if response == nil {
		t.Errorf("there is no response")
		return
	}
	got := readAnswer(contract, response, err)
	want := readAnswer(contract, reference(contract, response, err), err)
	if why := want.difference(got); why != "" {
		t.Errorf("%s", report(why, response, err, got, want))
	}
}

// report is the text of a failed test.
func report(why string, response *http.Response, err error, got, want answer) string {
	var b strings.Builder
	if r := response.Request; r != nil && r.URL != nil {
		fmt.Fprintf(&b, "%s %s: ", r.Method, printable(r.URL.RequestURI()))
	}
	fmt.Fprintf(&b, "%s\n\tcame:     %s\n\texpected: %s", why, got, want)
	if e, ok := err.(*apierr.Error); ok && e != nil && want.code != "" && e.Code != want.code {
		fmt.Fprintf(&b, ", which the contract answers for %s", e.Code)
	}
	if len(got.body) > 0 {
		fmt.Fprintf(&b, "\n\tbody:     %s", printable(string(got.body)))
	}
	outcome := outcomeOf(response)
	if outcome.Cause != nil {
		fmt.Fprintf(&b, "\n\tcause:    %s", printable(text.OfError(outcome.Cause)))
	}
	if outcome.Stack != "" {
		fmt.Fprintf(&b, "\n\tstack:    %s", strings.ReplaceAll(outcome.Stack, "\n", "\n\t          "))
	}
	return b.String()
}

// maxText is the most bytes of a text from a response in the text of a failed
// test.
const maxText = 2 << 10

// printable returns s on one line.
func printable(s string) string {
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "") + "…"
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s))
}
