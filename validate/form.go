package validate

import (
	"context"
	"errors"
	"io"
	"math"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"reflect"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate/internal/rules"
	"github.com/failwell/failwell/validate/internal/schema"
)

// formMemory is how much of a multipart form stays in memory; larger files go
// to temporary files.
const formMemory = 1 << 20

// Form reads a form in the body, urlencoded or multipart, into a new T, whose
// fields are named by form tags, and applies its rules, as [Query] does. It does
// not read the query. A request without a body and without a Content-Type is an
// empty form.
//
// A field of type *[multipart.FileHeader], or a slice of them, takes file
// parts. A file tag limits its size and its types:
//
//	Avatar *multipart.FileHeader `form:"avatar" file:"max=2MiB,type=image/png image/jpeg" validate:"required"`
//
// max is the size of each file in B, KB, MB, KiB or MiB. type lists media types,
// image/* among them; the type of a file is detected from its content, and the
// type that the client declares is ignored. The rules are called "filesize" and
// "filetype". A second file for a field of one breaks the rule "repeated", and a
// file name that is not UTF-8 the rule "format"; a file name is otherwise the
// client's and no path. Several files of a slice may be called docs or docs[].
// Temporary files are removed when the request's context ends.
//
// The errors are those of [JSON] for reading a body, with another Accept, then
// [apierr.InvalidParameter].
func Form[T any](r *http.Request, opts ...Option) (T, error) {
	in := new(T)
	if err := readForm(r, settle(opts), in, reflect.TypeFor[T]()); err != nil {
		var zero T
		return zero, err
	}
	return *in, nil
}

func readForm(r *http.Request, c *config, in any, t reflect.Type) error {
	if err := unfit(schema.Form, t, c.tagName); err != nil {
		return apierr.Internal.Wrap(err)
	}
	media, err := formMedia(r)
	if err != nil {
		return err
	}
	set := rules.Of(schema.Form, t, c.tagName)
	w := newWork(c, c.languageOf(r))
	var values url.Values
	var files map[string][]*multipart.FileHeader
	switch media {
	case multipartForm:
		values, files, err = readMultipart(r, limitOf(c))
	case urlencodedForm:
		if err = w.readBody(r, limitOf(c)); err == nil {
			values, err = parseQuery(string(w.body), schema.Form)
		}
	}
	if err == nil {
		err = w.decodeParams(r.Context(), in, set, values, func(v reflect.Value) {
			w.setFiles(set.Schema, v, files)
		})
	}
	w.release(true)
	return err
}

// The media types of forms.
const (
	urlencodedForm = "application/x-www-form-urlencoded"
	multipartForm  = "multipart/form-data"
)

// formMedia returns the media type of a form, which is empty for a request
// without one and without a body: no type is wrong then.
func formMedia(r *http.Request) (string, error) {
	lines := r.Header["Content-Type"]
	if len(lines) == 0 {
		empty, err := isEmpty(r)
		if empty || err != nil {
			return "", err
		}
	}
	if len(lines) == 1 {
		media, params, err := mime.ParseMediaType(lines[0])
		charset, declared := params["charset"]
		switch {
		case err != nil, declared && !isUTF8(charset):
		case media == urlencodedForm, media == multipartForm && params["boundary"] != "":
			return media, checkEncoding(r)
		}
	}
	return "", apierr.UnsupportedMediaType.WithHeader("Accept", urlencodedForm+", "+multipartForm)
}

// readMultipart reads a multipart form. It works on a copy of the request,
// which stays as it was.
func readMultipart(r *http.Request, l limit) (url.Values, map[string][]*multipart.FileHeader, error) {
	if l.forbids(r, r.ContentLength) {
		return nil, nil, apierr.BodyTooLarge
	}
	copied := new(http.Request)
	*copied = *r
	body := &watched{ReadCloser: r.Body}
	if l.forbids(r, math.MaxInt64) {
		body.ReadCloser = http.MaxBytesReader(nil, r.Body, l.bytes)
	}
	copied.Body = body
	err := copied.ParseMultipartForm(formMemory)
	if form := copied.MultipartForm; form != nil {
		// The server would remove them only if it knew of the copy.
		context.AfterFunc(r.Context(), func() { _ = form.RemoveAll() })
	}
	switch {
	case body.err != nil:
		return nil, nil, failedRead(r.Context(), body.err)
	case errors.Is(err, multipart.ErrMessageTooLarge):
		return nil, nil, apierr.BodyTooLarge.Wrap(err)
	case err != nil:
		return nil, nil, malformed(err, schema.Form, "Malformed form")
	}
	return copied.MultipartForm.Value, copied.MultipartForm.File, nil
}

// watched keeps the error that ended a body early, so that a broken connection
// is not reported as a malformed form.
type watched struct {
	io.ReadCloser
	err error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}
