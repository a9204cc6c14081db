package apierr_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/internal/contracttest"
)

// forms are the built-in formats in the settings that differ.
var forms = []struct {
	name string
	f    apierr.Format
}{
	{"envelope", apierr.Envelope{}},
	{"envelope-first", apierr.Envelope{
		Members: inError(withFirst).Members, Rules: map[string]string{"required": "missing"},
		Violation: "{path}: {message}", Required: "{path} is required",
	}},
	{"envelope-list", inError(withList)},
	{"envelope-ids", apierr.Envelope{Members: []apierr.Member{{Name: "error", Members: []apierr.Member{
		{Name: "code", From: apierr.FromCode},
		{Name: "id", From: apierr.FromID},
		{Name: "message", From: apierr.FromMessage},
		{Name: "correlation_id", From: apierr.FromCorrelationID},
	}}}}},
	{"envelope-flat", flat},
	{"envelope-meta", withMeta},
	{"problem", apierr.Problem{}},
	{"problem-types", apierr.Problem{Types: "https://api.example.com/problems/"}},
}

// kinds are the errors that differ on the wire.
var kinds = []struct {
	name string
	e    *apierr.Error
}{
	{"plain", apierr.NotFound},
	{"with an id", &apierr.Error{Code: "FLOW_NOT_FOUND", ID: 8001, Status: 404, Message: "The flow does not exist"}},
	{"with a message of its own", apierr.NotFound.WithMessage("Order 7 does not exist")},
	{"with a cause", apierr.Internal.Wrap(io.ErrUnexpectedEOF)},
	{"with details", apierr.Conflict.With("state", "shipped").With("since", time.Minute).With("code", 7)},
	{"with one violation", apierr.InvalidBody.WithViolations(violations[0])},
	{"with three violations", apierr.InvalidBody.WithViolations(violations...)},
	{"with both", apierr.InvalidBody.WithViolations(violations[1]).With("limit", 10).With("items[0].name", "hidden")},
	{"without a message", &apierr.Error{Code: "BARE", Status: 410}},
	{"with hostile text", (&apierr.Error{Code: "a\"b", Status: 400, Message: "\x00\n</script>\xff\u2028"}).With("\xff\"", "\xff")},
	{"a success", &apierr.Error{Code: "ALREADY_THERE", ID: 6002, Status: 200, Message: "Nothing to do"}},
}

var violations = []apierr.Violation{
	{Path: "name", Rule: "required", Message: "Required"},
	{Path: "items[0].name", Rule: "max", Param: "10", Message: "Must be at most 10 characters"},
	{Path: `tags["a.b"]`, Rule: "oneof", Param: "x y", Message: "Must be one of x, y"},
}

func TestGolden(t *testing.T) {
	for _, form := range forms {
		t.Run(form.name, func(t *testing.T) {
			var b strings.Builder
			for _, kind := range kinds {
				w := contracttest.Answer(t, apierr.Contract{Format: form.f}, kind.e)
				require.Equal(t, form.f.ContentType(), w.Header().Get("Content-Type"))
				decode(t, w.Body.String())
				fmt.Fprintf(&b, "%s\n%d %s\n", kind.name, w.Code, w.Body)
			}
			contracttest.Golden(t, form.name, b.String())
		})
	}
}
