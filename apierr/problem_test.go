package apierr_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
)

func TestProblem(t *testing.T) {
	gone := &apierr.Error{Code: "ORDER_GONE", Status: 410, Message: "The order is gone"}
	const start = `{"type":"about:blank","title":"Gone","status":410,`
	for _, test := range []struct {
		name string
		f    apierr.Problem
		e    *apierr.Error
		info apierr.Info
		want string
	}{
		{"outside a middleware", apierr.Problem{}, gone, apierr.Info{}, start + `"detail":"The order is gone","code":"ORDER_GONE"}`},
		{"in one", apierr.Problem{}, gone, info,
			start + `"detail":"The order is gone","instance":"/orders/7","code":"ORDER_GONE","request_id":"r1","correlation_id":"c1"}`},
		{"types", apierr.Problem{Types: "https://x.example/p/"}, gone.WithMessage("Order 7 is gone"), apierr.Info{},
			`{"type":"https://x.example/p/ORDER_GONE","title":"The order is gone","status":410,"detail":"Order 7 is gone","code":"ORDER_GONE"}`},
		{"types, no message", apierr.Problem{Types: "/p/"}, &apierr.Error{Code: "A/B c", Status: 410}, apierr.Info{},
			`{"type":"/p/A%2FB%20c","title":"Gone","status":410,"detail":"","code":"A/B c"}`},
		{"id", apierr.Problem{}, &apierr.Error{Code: "A", ID: 5, Status: 410, Message: "M"}, apierr.Info{}, start + `"detail":"M","code":"A","id":5}`},
		{"a status without a phrase", apierr.Problem{}, &apierr.Error{Code: "A", Status: 599, Message: "M"}, apierr.Info{},
			`{"type":"about:blank","title":"Error 599","status":599,"detail":"M","code":"A"}`},
		{"violations", apierr.Problem{}, gone.WithViolations(
			apierr.Violation{Path: "age", Message: "Must be positive"},
			apierr.Violation{Path: "$", Message: "Odd"},
		), apierr.Info{}, start + `"detail":"The order is gone","code":"ORDER_GONE",` +
			`"errors":[{"detail":"Must be positive","pointer":"#/age"},{"detail":"Odd","pointer":"#"}]}`},
		{"violations elsewhere", apierr.Problem{}, gone.WithViolations(
			apierr.Violation{In: "body", Path: "a", Message: "A"},
			apierr.Violation{In: "query", Path: "page[limit]", Message: "B"},
			apierr.Violation{In: "path", Path: "id", Message: "C"},
			apierr.Violation{In: "form", Path: "file", Message: "D"},
			apierr.Violation{In: "header", Path: "X-Version", Message: "E"},
			apierr.Violation{In: "query", Path: "$", Message: "F"},
		), apierr.Info{}, start + `"detail":"The order is gone","code":"ORDER_GONE",` +
			`"errors":[{"detail":"A","pointer":"#/a"},{"detail":"B","parameter":"page[limit]"},{"detail":"C","parameter":"id"},` +
			`{"detail":"D","parameter":"file"},{"detail":"E","header":"X-Version"},{"detail":"F"}]}`},
		{"types from the documentation", apierr.Problem{}, gone.WithMessage("Order 7 is gone"), apierr.Info{DocURL: "https://x.example/#ORDER_GONE"},
			`{"type":"https://x.example/#ORDER_GONE","title":"The order is gone","status":410,"detail":"Order 7 is gone","code":"ORDER_GONE"}`},
		{"types before the documentation", apierr.Problem{Types: "/p/"}, gone, apierr.Info{DocURL: "https://x.example/#ORDER_GONE"},
			`{"type":"/p/ORDER_GONE","title":"The order is gone","status":410,"detail":"The order is gone","code":"ORDER_GONE"}`},
		{"extensions", apierr.Problem{}, gone.With("since", "May").With("b", true), apierr.Info{},
			start + `"detail":"The order is gone","code":"ORDER_GONE","b":true,"since":"May"}`},
		{"a host in the path", apierr.Problem{}, gone, apierr.Info{Path: "//evil.example/x"}, start + `"detail":"The order is gone","code":"ORDER_GONE"}`},
		{"no path", apierr.Problem{}, gone, apierr.Info{Path: "*"}, start + `"detail":"The order is gone","code":"ORDER_GONE"}`},
		{"a path without end", apierr.Problem{}, gone, apierr.Info{Path: "/" + strings.Repeat("a", 2048)}, start + `"detail":"The order is gone","code":"ORDER_GONE"}`},
	} {
		require.Equal(t, test.want, body(t, test.f, test.e, test.info), test.name)
	}
}

// Details never take the name of a member, whether it is there or not.
func TestProblemExtensionsOverwriteNothing(t *testing.T) {
	e := &apierr.Error{Code: "C", Status: 400, Message: "M"}
	want := body(t, apierr.Problem{}, e, apierr.Info{})
	for _, name := range []string{"type", "title", "status", "detail", "instance", "code", "id", "request_id", "correlation_id", "errors"} {
		require.Equal(t, want, body(t, apierr.Problem{}, e.With(name, "mine"), apierr.Info{}), name)
	}
}

func TestPointer(t *testing.T) {
	for path, want := range map[string]string{
		"$":                       "#",
		"name":                    "#/name",
		"a.b":                     "#/a/b",
		"items[0].name":           "#/items/0/name",
		"[3]":                     "#/3",
		"$[3].x":                  "#/3/x",
		"$.x":                     "#/x",
		"a[1][2]":                 "#/a/1/2",
		`["a.b"]`:                 "#/a.b",
		`x["a.b"].c`:              "#/x/a.b/c",
		`x["a\"]b"]`:              "#/x/a%22%5Db",
		`["\u00e9/~"]`:            "#/%C3%A9~1~0",
		`[""]`:                    "#/",
		"a/b":                     "#/a~1b",
		"m~n":                     "#/m~0n",
		"50%":                     "#/50%25",
		"é":                       "#/%C3%A9",
		"a b":                     "#/a%20b",
		"#x":                      "#/%23x",
		"\xff":                    "#/%EF%BF%BD",
		"X-Api-Key":               "#/X-Api-Key",
		"$x":                      "#/$x",
		"a..b":                    "#/a..b", // not of the grammar: one name
		"a[x]":                    "#/a%5Bx%5D",
		"a[":                      "#/a%5B",
		`a["b`:                    "#/a%5B%22b",
		`a["b\`:                   "#/a%5B%22b%5C",
		`a["b"`:                   "#/a%5B%22b%22",
		`a["b"]c`:                 "#/a%5B%22b%22%5Dc",
		`a["\x"]`:                 "#/a%5B%22%5Cx%22%5D",
		"a[99999999999999999999]": "#/a/99999999999999999999",
		"":                        "#/",
	} {
		e := &apierr.Error{Code: "C", Status: 400, Violations: []apierr.Violation{{Path: path, Message: "M"}}}
		got := decode(t, body(t, apierr.Problem{}, e, info))["errors"].([]any)[0].(map[string]any)["pointer"]
		require.Equal(t, want, got, path)

		fragment, err := url.PathUnescape(want)
		require.NoError(t, err)
		require.Equal(t, strings.TrimPrefix(fragment, "#"), strings.ToValidUTF8(e.Violations[0].Pointer(), "\uFFFD"), path)
	}
}
