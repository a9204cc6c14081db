package validate_test

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate"
)

type upload struct {
	Title  string                  `form:"title" validate:"required"`
	Avatar *multipart.FileHeader   `form:"avatar" file:"max=1KiB,type=image/png image/gif" validate:"required"`
	Docs   []*multipart.FileHeader `form:"docs" file:"type=text/*" validate:"max=2"`
}

const gif = "GIF89a\x01\x00\x01\x00\x00\x00\x00;"

type part struct{ field, file, content string }

func multi(parts ...part) *http.Request {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, p := range parts {
		var to io.Writer
		if p.file == "" {
			to, _ = w.CreateFormField(p.field)
		} else {
			to, _ = w.CreateFormFile(p.field, p.file)
		}
		_, _ = io.WriteString(to, p.content)
	}
	_ = w.Close()
	r := httptest.NewRequest("POST", "/?title=query", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

func TestForm_Urlencoded(t *testing.T) {
	type in struct {
		Title string   `form:"title" validate:"required"`
		N     int      `form:"n"`
		Tags  []string `form:"tag"`
	}
	send := func(body string) (in, error) {
		r := httptest.NewRequest("POST", "/?title=query", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
		return validate.Form[in](r)
	}
	got, err := send("title=a+b&n=2&tag=x&tag=y")
	require.NoError(t, err)
	require.Equal(t, in{"a b", 2, []string{"x", "y"}}, got)
	_, err = send("n=x")
	require.Equal(t, []string{"title: Required", "n: Expected integer, received string"}, brief(violationsOf(t, err, apierr.InvalidParameter)))
	_, err = send("title=%zz")
	require.Equal(t, []string{"$: Malformed parameters"}, brief(violationsOf(t, err, apierr.InvalidParameter)))
}

func TestForm_Multipart(t *testing.T) {
	got, err := validate.Form[upload](multi(
		part{"title", "", "t"}, part{"avatar", "me.gif", gif},
		part{"docs", "a.txt", "plain text"}, part{"docs", "b.txt", "more text"}, part{"other", "c.txt", "x"}))
	require.NoError(t, err)
	require.Equal(t, "t", got.Title)
	require.Equal(t, "me.gif", got.Avatar.Filename)
	require.Len(t, got.Docs, 2)
}

func TestForm_FileRules(t *testing.T) {
	title := part{"title", "", "t"}
	for name, c := range map[string]struct {
		parts []part
		want  []string
	}{
		"missing": {[]part{title}, []string{"avatar: Required"}},
		"too large, of the wrong type": {[]part{title, {"avatar", "a.gif", strings.Repeat("x", 1025)}},
			[]string{"avatar: Must be at most 1KiB", "avatar: Must be of type image/png, image/gif"}},
		"the type is the content's, not the name's": {[]part{title, {"avatar", "a.gif", "#!/bin/sh"}},
			[]string{"avatar: Must be of type image/png, image/gif"}},
		"one of several": {[]part{title, {"avatar", "a.gif", gif}, {"docs", "a", "text"}, {"docs", "b", gif}},
			[]string{"docs[1]: Must be of type text/*"}},
		"too many": {[]part{title, {"avatar", "a.gif", gif}, {"docs", "a", "t"}, {"docs", "b", "t"}, {"docs", "c", "t"}},
			[]string{"docs: Must contain at most 2 items"}},
		"a text is no file": {[]part{title, {"avatar", "", "x"}, {"avatar.Filename", "", "x"}, {"avatar.Size", "", "1"}},
			[]string{"avatar: Required"}},
		"all at once": {nil, []string{"title: Required", "avatar: Required"}},
	} {
		_, err := validate.Form[upload](multi(c.parts...))
		require.Equal(t, c.want, brief(violationsOf(t, err, apierr.InvalidParameter)), name)
	}
}

func TestForm_Broken(t *testing.T) {
	whole := multi(part{"title", "", "t"})
	body, _ := io.ReadAll(whole.Body)

	// The body is all there and no form.
	r := httptest.NewRequest("POST", "/", bytes.NewReader(body[:len(body)-9]))
	r.Header = whole.Header
	_, err := validate.Form[upload](r)
	require.Equal(t, []string{"$: Malformed form"}, brief(violationsOf(t, err, apierr.InvalidParameter)))

	// The connection broke.
	r = httptest.NewRequest("POST", "/", io.MultiReader(bytes.NewReader(body[:20]), failing{io.ErrUnexpectedEOF}))
	r.Header = whole.Header
	_, err = validate.Form[upload](r)
	require.ErrorIs(t, err, apierr.ClientGone)

	// It is too large, with a length and without.
	for _, length := range []int64{-1, int64(len(body))} {
		r = httptest.NewRequest("POST", "/", bytes.NewReader(body))
		r.Header, r.ContentLength = whole.Header, length
		_, err = validate.Form[upload](r, validate.WithMaxBody(10))
		require.ErrorIs(t, err, apierr.BodyTooLarge)
	}
}

func TestForm_ContentType(t *testing.T) {
	for _, media := range []string{"", "application/json", "multipart/form-data", "multipart/mixed; boundary=x"} {
		r := httptest.NewRequest("POST", "/", strings.NewReader("title=x"))
		if media != "" {
			r.Header.Set("Content-Type", media)
		}
		_, err := validate.Form[upload](r)
		require.ErrorIs(t, err, apierr.UnsupportedMediaType, media)
		require.Equal(t, "application/x-www-form-urlencoded, multipart/form-data", err.(*apierr.Error).Header.Get("Accept"))
	}
}

// Large files go to temporary files, which go when the request ends.
func TestForm_TemporaryFiles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	left := func() int {
		files, err := os.ReadDir(dir)
		require.NoError(t, err)
		return len(files)
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r := multi(part{"title", "", "t"}, part{"avatar", "a.gif", gif}, part{"docs", "a", strings.Repeat("text ", 1<<20)})
		got, err := validate.Form[upload](r.WithContext(ctx), validate.WithMaxBody(0))
		require.NoError(t, err)
		require.Len(t, got.Docs, 1)
		require.Equal(t, 1, left())
		require.Nil(t, r.MultipartForm, "the request stays as it was")
		cancel()
		synctest.Wait()
		require.Zero(t, left())
	})
}
