package validate_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/jsonprefix"
	"github.com/failwell/failwell/validate"
)

// What a handler returns that reads a form with net/http alone.
func TestFromError_Form(t *testing.T) {
	file := func(r *http.Request) error { _, _, err := r.FormFile("avatar"); return err }
	parse := func(r *http.Request) error { return r.ParseForm() }
	multi := func(r *http.Request) error { return r.ParseMultipartForm(1 << 20) }
	reader := func(r *http.Request) error { _, err := r.MultipartReader(); return err }
	const field = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n"
	for _, c := range []struct {
		name, media, query, body string
		read                     func(*http.Request) error
		want                     *apierr.Error
	}{
		{"no such file", "multipart/form-data; boundary=b", "", field, file, apierr.InvalidParameter},
		{"no boundary", "multipart/form-data", "", field, file, apierr.UnsupportedMediaType},
		{"no boundary, the form", "multipart/form-data", "", field, multi, apierr.UnsupportedMediaType},
		{"no boundary, the reader", "multipart/form-data", "", field, reader, apierr.UnsupportedMediaType},
		{"not multipart", "application/json", "", "{}", file, apierr.UnsupportedMediaType},
		{"not multipart, the form", "text/plain", "", "x", multi, apierr.UnsupportedMediaType},
		{"no type", "", "", "x", multi, apierr.UnsupportedMediaType},
		{"malformed type", "multipart/form-data; ;", "", "x", parse, apierr.UnsupportedMediaType},
		{"no part", "multipart/form-data; boundary=b", "", "", multi, apierr.InvalidParameter},
		{"another boundary", "multipart/form-data; boundary=c", "", field, multi, apierr.InvalidParameter},
		{"malformed part header", "multipart/form-data; boundary=b", "", "--b\r\nnope\r\n\r\n--b--\r\n", multi, apierr.InvalidParameter},
		{"too large in memory", "multipart/form-data; boundary=b", "", strings.Replace(field, "1", strings.Repeat("x", 12<<20), 1), multi, apierr.BodyTooLarge},
		{"malformed escape", "application/x-www-form-urlencoded", "", "a=%zz", parse, apierr.InvalidParameter},
		{"malformed escape in the query", "", "a=%zz", "", parse, apierr.InvalidParameter},
		{"semicolon", "", "a=1;b=2", "", parse, apierr.InvalidParameter},
		{"over 10 MB", "application/x-www-form-urlencoded", "", "a=" + strings.Repeat("x", 10<<20), parse, apierr.BodyTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(c.body))
			r.URL.RawQuery = c.query
			r.Header.Set("Content-Type", c.media)
			err := c.read(r)
			require.Error(t, err)
			e := validate.FromError(r.Context(), err)
			require.ErrorIs(t, e, c.want, "%v", err)
			require.ErrorIs(t, e, err, "the error stays as the cause")
			if c.want == apierr.InvalidParameter {
				require.Equal(t, "form", e.Violations[0].In)
			}
		})
	}
	e := validate.FromError(context.Background(), fmt.Errorf("avatar: %w", http.ErrMissingFile))
	require.Equal(t, []apierr.Violation{{In: "form", Path: "$", Rule: "required", Message: "Required"}}, e.Violations)
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Body = nil
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	require.ErrorIs(t, validate.FromError(r.Context(), r.ParseForm()), apierr.InvalidParameter)
}

// Errors of the server's own use of forms, and of others, are left alone.
func TestFromError_NotAForms(t *testing.T) {
	for _, err := range []error{
		errors.New("http: multipart handled by MultipartReader"),
		fmt.Errorf("multipart: NextPart: %w", io.ErrUnexpectedEOF), // perhaps a cut connection
		errors.New("config: missing form body"),
		http.ErrNoCookie, http.ErrHandlerTimeout, &http.MaxBytesError{Limit: 1},
	} {
		require.Nil(t, validate.FromError(context.Background(), err), err)
	}
}

// The end of a body is the client's fault, and that of a file is not.
func TestFromError_EOF(t *testing.T) {
	empty, incomplete, other := jsonprefix.Empty, jsonprefix.Incomplete, jsonprefix.Other
	for _, c := range []struct {
		name string
		err  error
		body jsonprefix.Is
		want string
	}{
		{"an empty body", io.EOF, empty, "JSON: The request body is empty"},
		{"an incomplete body", io.ErrUnexpectedEOF, incomplete, "JSON: Invalid JSON: unexpected end"},
		{"another body, a file", io.EOF, other, ""},
		{"another body, a short file", io.ErrUnexpectedEOF, other, ""},
		{"the wrong end of the two", io.EOF, incomplete, ""},
		{"the other wrong end", io.ErrUnexpectedEOF, empty, ""},
		{"wrapped", fmt.Errorf("file: %w", io.EOF), empty, ""},
		{"wrapped and unexpected", fmt.Errorf("file: %w", io.ErrUnexpectedEOF), incomplete, ""},
		{"joined", errors.Join(io.EOF), empty, ""},
	} {
		ctx := underMiddleware(post("")).Context()
		layerOf(ctx).prefix = c.body
		require.Equal(t, c.want, mappedToIn(ctx, c.err), c.name)
		require.Empty(t, mappedTo(c.err), "%s: without a middleware it is in doubt", c.name)
	}
}
