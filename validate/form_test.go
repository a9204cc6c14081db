package validate_test

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
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
			[]string{"avatar: Expected file, received string", "avatar: Invalid value", "avatar: Invalid value"}},
		"an input without a file": {[]part{title, {"avatar", "", ""}}, []string{"avatar: Required"}},
		"a text of an optional file": {[]part{title, {"avatar", "a.gif", gif}, {"docs", "", "x"}, {"docs[]", "", "x"}},
			[]string{"docs: Expected file, received string", "docs: Expected file, received string"}},
		"a file is no text": {[]part{{"title", "a", "t"}, {"avatar", "a.gif", gif}}, []string{"title: Expected string, received file"}},
		"two files for one": {[]part{title, {"avatar", "a.gif", gif}, {"avatar", "b.gif", strings.Repeat("x", 5000)}},
			[]string{"avatar: Must be given only once"}},
		"a file within a file": {[]part{title, {"avatar", "a.gif", gif}, {"avatar[x]", "b", "x"}, {"docs[0]", "b", "x"}},
			[]string{"avatar: Invalid value", "docs: Invalid value"}},
		"a name that is not UTF-8": {[]part{title, {"avatar", "\xff.gif", gif}, {"docs", "a\xc0\x80", "text"}},
			[]string{"avatar: Must be UTF-8", "docs[0]: Must be UTF-8"}},
		"parts that are not UTF-8": {[]part{{"title", "", "\xff"}, {"avatar", "a.gif", gif}, {"\xfe", "", "x"}},
			[]string{"$: Must be UTF-8", "title: Must be UTF-8"}},
		"two texts":   {[]part{title, title, {"avatar", "a.gif", gif}}, []string{"title: Must be given only once"}},
		"all at once": {nil, []string{"title: Required", "avatar: Required"}},
	} {
		_, err := validate.Form[upload](multi(c.parts...))
		require.Equal(t, c.want, brief(violationsOf(t, err, apierr.InvalidParameter)), name)
	}
}

// The files of a slice may be named as PHP's are.
func TestForm_FilesInBrackets(t *testing.T) {
	got, err := validate.Form[upload](multi(part{"title", "", "t"}, part{"avatar", "a.gif", gif},
		part{"docs[]", "b", "text"}, part{"docs", "a", "text"}, part{"other[x]", "d", "x"}))
	require.NoError(t, err)
	var names []string
	for _, doc := range got.Docs {
		names = append(names, doc.Filename)
	}
	require.Equal(t, []string{"a", "b"}, names)
}

// Both forms of names are understood in both kinds of forms.
func TestForm_Names(t *testing.T) {
	type line struct {
		ID  int    `form:"id" validate:"required"`
		Qty *int   `form:"qty"`
		Tag string `form:"tag"`
	}
	type in struct {
		Lines []line            `form:"lines" validate:"dive"`
		Tags  []string          `form:"tags"`
		Meta  map[string]string `form:"meta"`
	}
	fields := []part{{"lines[0][id]", "", "1"}, {"lines[0][qty]", "", ""}, {"lines[2].id", "", "3"}, {"lines[2][tag]", "", "x"}, {"tags[]", "", "a"}, {"tags[]", "", "b"}, {"meta[k]", "", "v"}}
	bad := []part{{"lines[0][id]", "", "x"}, {"lines[2][qty]", "", "1.5"}, {"tags[0][1]", "", "a"}, {"meta", "", "v"}}
	for name, send := range map[string]func(...part) *http.Request{"multipart": multi, "urlencoded": urlencoded} {
		got, err := validate.Form[in](send(fields...))
		require.NoError(t, err, name)
		require.Equal(t, in{[]line{{ID: 1}, {ID: 3, Tag: "x"}}, []string{"a", "b"}, map[string]string{"k": "v"}}, got, name)

		_, err = validate.Form[in](send(bad...))
		require.Equal(t, []string{
			"lines[0].id: Expected integer, received string", "lines[2].id: Required", "lines[2].qty: Expected integer, received number",
			"tags[0]: Invalid value", "meta: Expected object, received string",
		}, brief(violationsOf(t, err, apierr.InvalidParameter)), name)
	}
}

func urlencoded(parts ...part) *http.Request {
	values := make(url.Values)
	for _, p := range parts {
		values.Add(p.field, p.content)
	}
	r := httptest.NewRequest("POST", "/", strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// Without content there is no type that could be wrong.
func TestForm_WithoutContent(t *testing.T) {
	type in struct {
		Title string `form:"title" validate:"required"`
	}
	for name, body := range map[string]io.Reader{"none": nil, "empty": strings.NewReader(""), "of unknown length": io.MultiReader()} {
		for _, method := range []string{"POST", "DELETE"} {
			_, err := validate.Form[in](httptest.NewRequest(method, "/", body))
			require.Equal(t, []string{"title: Required"}, brief(violationsOf(t, err, apierr.InvalidParameter)), name)
		}
	}
	_, err := validate.Form[in](httptest.NewRequest("POST", "/", failing{io.ErrUnexpectedEOF}))
	require.ErrorIs(t, err, apierr.ClientGone)
}

func TestForm_Charset(t *testing.T) {
	for charset, want := range map[string]error{"utf-8": nil, "UTF8": nil, `"utf-8"`: nil, "iso-8859-1": apierr.UnsupportedMediaType, "utf-16": apierr.UnsupportedMediaType} {
		r := urlencoded(part{"title", "", "t"})
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset="+charset)
		_, err := validate.Form[struct {
			Title string `form:"title"`
		}](r)
		require.ErrorIs(t, err, want, charset)
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
