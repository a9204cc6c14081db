package validate_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate"
)

type message struct {
	Message string `json:"message" validate:"required,max=10"`
}

func TestJSON_TheIssuesOwnCases(t *testing.T) {
	require.Equal(t,
		[]apierr.Violation{{Path: "message", Rule: "required", Message: "Required"}},
		violations[message](t, `{}`))

	_, err := validate.JSON[message](post(`nope`))
	require.ErrorIs(t, err, apierr.InvalidJSON)

	in, err := validate.JSON[message](post(`{"message":"hello"}`))
	require.NoError(t, err)
	require.Equal(t, message{"hello"}, in)
}

func TestJSON_AnErrorLeavesTheZeroValue(t *testing.T) {
	in, err := validate.JSON[message](post(`{"message":"far too long a message"}`))
	require.Error(t, err)
	require.Zero(t, in)
}

func TestJSON_ContentType(t *testing.T) {
	for _, c := range []struct {
		lines []string
		ok    bool
	}{
		{[]string{"application/json"}, true},
		{[]string{"Application/JSON"}, true},
		{[]string{"application/json; charset=utf-8"}, true},
		{[]string{`application/json;charset="UTF-8"`}, true},
		{[]string{"application/json; charset=utf8"}, true},
		{[]string{`application/json; charset="UTF8"`}, true},
		{[]string{"application/problem+json"}, true},
		{[]string{"application/vnd.api+JSON; v=1"}, true},

		{nil, false},
		{[]string{""}, false},
		{[]string{"text/plain"}, false},
		{[]string{"text/json"}, false},
		{[]string{"application/jsonp"}, false},
		{[]string{"application/+json"}, false},
		{[]string{"json"}, false},
		{[]string{"application/json; charset=latin1"}, false},
		{[]string{"application/json; charset=utf-16"}, false},
		{[]string{"application/json; charset=utf88"}, false},
		{[]string{"application/json; charset="}, false},
		{[]string{"application/json; ="}, false},
		{[]string{"application/json", "text/plain"}, false},
		{[]string{"application/x-www-form-urlencoded"}, false},
	} {
		t.Run(fmt.Sprint(c.lines), func(t *testing.T) {
			r := httptest.NewRequest("POST", "/", strings.NewReader(`{"message":"x"}`))
			if c.lines != nil {
				r.Header["Content-Type"] = c.lines
			}
			_, err := validate.JSON[message](r)
			if c.ok {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, apierr.UnsupportedMediaType)
			require.Equal(t, "application/json", err.(*apierr.Error).Header.Get("Accept"))
		})
	}
}

func TestJSON_AllowUntyped(t *testing.T) {
	r := httptest.NewRequest("POST", "/", strings.NewReader(`{"message":"x"}`))
	_, err := validate.JSON[message](r, validate.WithAllowUntyped())
	require.NoError(t, err)

	r.Header.Set("Content-Type", "text/plain")
	_, err = validate.JSON[message](r, validate.WithAllowUntyped())
	require.ErrorIs(t, err, apierr.UnsupportedMediaType)
}

// A request without content has no type to be wrong: its body is empty.
func TestJSON_NoContent(t *testing.T) {
	empty := func(body io.Reader, length int64, header http.Header) error {
		r := httptest.NewRequest("DELETE", "/", body)
		r.ContentLength = length
		r.Header = header
		_, err := validate.JSON[message](r)
		return err
	}
	untyped, text := http.Header{}, http.Header{"Content-Type": {"text/plain"}}
	for _, c := range []struct {
		name string
		err  error
		want *apierr.Error
	}{
		{"no body", empty(http.NoBody, 0, untyped), apierr.InvalidJSON},
		{"nil body", empty(nil, 0, untyped), apierr.InvalidJSON},
		{"unknown length, nothing in it", empty(strings.NewReader(""), -1, untyped), apierr.InvalidJSON},
		{"unknown length, and content", empty(strings.NewReader("{}"), -1, untyped), apierr.UnsupportedMediaType},
		{"a length, and content", empty(strings.NewReader("{}"), 2, untyped), apierr.UnsupportedMediaType},
		{"no length though there is content", empty(strings.NewReader("{}"), 0, untyped), apierr.UnsupportedMediaType},
		{"a type that is wrong", empty(http.NoBody, 0, text), apierr.UnsupportedMediaType},
		{"cut before the first byte", empty(failing{io.ErrUnexpectedEOF}, -1, untyped), apierr.ClientGone},
	} {
		require.ErrorIs(t, c.err, c.want, c.name)
		if c.want == apierr.InvalidJSON {
			require.Equal(t, "The request body is empty", c.err.(*apierr.Error).Message, c.name)
		}
	}
}

// The same over the wire, with both versions of HTTP.
func TestJSON_NoContentOnTheWire(t *testing.T) {
	server := httptest.NewUnstartedServer(apierr.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
		_, err := validate.JSON[message](r)
		return err
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	one := server.Client().Transport.(*http.Transport).Clone()
	one.TLSClientConfig.NextProtos, one.TLSNextProto, one.ForceAttemptHTTP2 = nil, nil, false
	for proto, client := range map[string]*http.Client{"HTTP/2.0": server.Client(), "HTTP/1.1": {Transport: one}} {
		for _, body := range []io.Reader{nil, io.MultiReader()} { // of a known and an unknown length
			r, err := http.NewRequest(http.MethodPost, server.URL, body)
			require.NoError(t, err)
			resp, err := client.Do(r)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			require.Equal(t, proto, resp.Proto)
			require.Equal(t, 400, resp.StatusCode, proto)
		}
	}
}

func TestJSON_ContentEncoding(t *testing.T) {
	for coding, ok := range map[string]bool{
		"": true, "identity": true, "Identity": true,
		"gzip": false, "identity, gzip": false, "br": false,
	} {
		r := post(`{"message":"x"}`)
		r.Header.Set("Content-Encoding", coding)
		_, err := validate.JSON[message](r)
		if ok {
			require.NoError(t, err, coding)
			continue
		}
		require.ErrorIs(t, err, apierr.UnsupportedMediaType, coding)
		require.Equal(t, "identity", err.(*apierr.Error).Header.Get("Accept-Encoding"))
	}
}

func TestJSON_WhatIsWrongAndWhere(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{"", "The request body is empty"},
		{" \r\n\t", "The request body is empty"},
		{"\xef\xbb\xbf{}", "Invalid JSON: unexpected byte order mark at line 1, column 1"},
		{"\xff\xfe{\x00}\x00", "Invalid JSON: unexpected byte order mark at line 1, column 1"},
		{"{", "Invalid JSON: unexpected end at line 1, column 2"},
		{"{\n  \"a\": tru\n}", "Invalid JSON: unexpected character at line 2, column 11"},
		{`{"a":1,}`, "Invalid JSON: trailing comma at line 1, column 7"},
		{`[1, 2 , ]`, "Invalid JSON: trailing comma at line 1, column 7"},
		{`{"a":[,1]}`, "Invalid JSON: unexpected character at line 1, column 7"},
		{`{"é":1, x}`, "Invalid JSON: unexpected character at line 1, column 9"},
		{`{} {}`, "Invalid JSON: unexpected data after the value at line 1, column 4"},
		{`{"a":1,"b":{"a":1,"\u0061":2}}`, "Invalid JSON: duplicate name in an object at line 1, column 19"},
		{`{"a":"\ud800"}`, "Invalid JSON: invalid escape sequence in a string at line 1, column 7"},
		{`{"a":"\x"}`, "Invalid JSON: invalid escape sequence in a string at line 1, column 7"},
		{"{\"a\":\"\xff\"}", "Invalid JSON: invalid UTF-8 at line 1, column 7"},
		{"{\"a\":\"x\ty\"}", "Invalid JSON: unescaped control character at line 1, column 8"},
		{"{\"a\":\x00}", "Invalid JSON: unexpected character at line 1, column 6"},
		{`{"a":NaN}`, "Invalid JSON: NaN and Infinity are not JSON at line 1, column 6"},
		{`{"a":-Infinity}`, "Invalid JSON: NaN and Infinity are not JSON at line 1, column 7"},
		{`{"a":1 /* c */}`, "Invalid JSON: comments are not allowed at line 1, column 8"},
		{`{'a':1}`, "Invalid JSON: strings must be in double quotes at line 1, column 2"},
		{strings.Repeat("[", 101) + strings.Repeat("]", 101), "Invalid JSON: nested too deeply at line 1, column 101"},
		{strings.Repeat("[", 100000), "Invalid JSON: nested too deeply at line 1, column 101"},
	} {
		_, err := validate.JSON[any](post(c.body))
		require.ErrorIs(t, err, apierr.InvalidJSON, "%q", c.body)
		require.Equal(t, c.want, err.(*apierr.Error).Message, "%q", c.body)
	}
}

// A syntax error is reported instead of a type error that stands ahead of it.
func TestJSON_SyntaxComesFirst(t *testing.T) {
	for _, body := range []string{
		`{"message":1,}`, `{"nope":1} x`, `{"nope":1,"nope":2}`, "[\"\xff\"]", `{"message":1, "x": [1,2}`,
	} {
		_, err := validate.JSON[message](post(body))
		require.ErrorIs(t, err, apierr.InvalidJSON, body)
	}
}

func TestJSON_MaxDepth(t *testing.T) {
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)
	_, err := validate.JSON[any](post(deep))
	require.NoError(t, err)
	_, err = validate.JSON[any](post(deep), validate.WithMaxDepth(99))
	require.ErrorIs(t, err, apierr.InvalidJSON)
	_, err = validate.JSON[any](post("["+deep+"]"), validate.WithMaxDepth(101))
	require.NoError(t, err)
	// Brackets in strings are not nesting.
	_, err = validate.JSON[any](post(`["` + strings.Repeat(`[{\"`, 200) + `"]`))
	require.NoError(t, err)
}

// The published suite of nst/JSONTestSuite: n_ must be refused and y_ be
// taken, but for the two with duplicate names, which RFC 8259 leaves open.
func TestJSON_Suite(t *testing.T) {
	files, err := filepath.Glob("../../shared/testdata/jsontestsuite/*.json")
	require.NoError(t, err)
	if len(files) == 0 {
		fmt.Println("validate: the JSON test suite is not here, skipped")
		t.Skip()
	}
	refused := 0
	for _, file := range files {
		name := filepath.Base(file)
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		_, err = validate.JSON[any](post(string(body)))
		switch {
		case name[0] == 'n', strings.HasPrefix(name, "y_object_duplicated_key"):
			require.ErrorIs(t, err, apierr.InvalidJSON, name)
			refused++
		case name[0] == 'y':
			require.NoError(t, err, name)
		case err != nil:
			require.NotErrorIs(t, err, apierr.Internal, name)
		}
	}
	require.Equal(t, 188+2, refused)
}
