package validate

import (
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/errtree"
	"github.com/failwell/failwell/internal/fieldpath"
	"github.com/failwell/failwell/internal/text"
	"github.com/failwell/failwell/validate/internal/message"
	"github.com/failwell/failwell/validate/internal/schema"
	"github.com/failwell/failwell/validate/internal/violation"
)

// fromForm is the error for an error of net/http about the form of a request,
// nil for others. Some of these errors are nothing but their text; such an error
// counts only if it is not wrapped.
func fromForm(_ context.Context, err error) *apierr.Error {
	switch {
	case errtree.Is(err, http.ErrMissingFile):
		return invalidForm(message.RuleRequired, message.Required)
	case errtree.Is(err, http.ErrNotMultipart), errtree.Is(err, http.ErrMissingBoundary):
		return apierr.UnsupportedMediaType.WithHeader("Accept", "multipart/form-data")
	case errtree.Is(err, multipart.ErrMessageTooLarge):
		return apierr.BodyTooLarge
	}
	switch err.(type) {
	case url.EscapeError, textproto.ProtocolError:
		return invalidForm(violation.Format, malformedForm)
	}
	switch what := text.OfError(err); {
	case what == "http: POST too large":
		return apierr.BodyTooLarge
	case what == "missing form body", what == "invalid semicolon separator in query",
		strings.HasPrefix(what, "multipart: ") && !errtree.Is(err, io.ErrUnexpectedEOF):
		return invalidForm(violation.Format, malformedForm)
	case strings.HasPrefix(what, "mime: "):
		return apierr.UnsupportedMediaType
	}
	return nil
}

const malformedForm = "Malformed form"

// invalidForm is the error with a violation of the whole form.
func invalidForm(rule, text string) *apierr.Error {
	return apierr.InvalidParameter.WithViolations(apierr.Violation{
		In: schema.Form.In, Path: fieldpath.Root, Rule: rule, Message: text,
	})
}
