package client_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/client"
	"github.com/failwell/failwell/apierr/contracts/polyai"
)

func readLines(c *client.Client, r io.Reader) (lines []string, end error) {
	for line, err := range c.Lines(r) {
		if err != nil {
			return lines, err
		}
		lines = append(lines, string(line))
	}
	return lines, nil
}

func TestLines(t *testing.T) {
	const (
		cut      = "cut"
		conflict = `{"error":{"code":"RESOURCE_CONFLICT","message":"m"}}`
		unknown  = `{"error":{"code":"NEW","message":"m"}}`
	)
	long := strings.Repeat("x", 1<<20)
	slack := apierr.Contract{Format: apierr.Envelope{Members: []apierr.Member{{Name: "ok", JSON: "false"}, {Name: "error", From: apierr.FromCode}}}}
	github := apierr.Contract{Format: apierr.Envelope{Members: []apierr.Member{{Name: "message", From: apierr.FromMessage}, {Name: "status", Text: "{status}"}}}}
	ok := apierr.Contract{Format: apierr.Envelope{Members: []apierr.Member{{Name: "ok", JSON: "false"}, {Name: "description", From: apierr.FromMessage}}}}
	list := apierr.Contract{Format: apierr.Envelope{Members: []apierr.Member{{Name: "errors", Array: []apierr.Member{{Members: []apierr.Member{{Name: "code", From: apierr.FromCode}}}}}}}}
	text := apierr.Contract{Format: apierr.Envelope{Members: []apierr.Member{{Name: "error", Text: "{code}: {message}"}}}}
	problem := apierr.Contract{Format: apierr.Problem{}}
	for _, test := range []struct {
		name, stream string
		c            apierr.Contract
		lines        []string
		end          string
	}{
		// Lines.
		{"objects", "{\"a\":1}\n{\"a\":2}\n", apierr.Standard, []string{`{"a":1}`, `{"a":2}`}, ""},
		{"any values", "1\n\"a\"\nnull\n[]\n", apierr.Standard, []string{"1", `"a"`, "null", "[]"}, ""},
		{"CRLF", "{}\r\n[]\r\n", apierr.Standard, []string{"{}", "[]"}, ""},
		{"a CR is white space", "{\r}\n", apierr.Standard, []string{"{\r}"}, ""},
		{"empty lines", "\n{}\n \r\n\n[]\n\n", apierr.Standard, []string{"{}", "[]"}, ""},
		{"a byte order mark", "\uFEFF{}\n", apierr.Standard, []string{"{}"}, ""},
		{"what is no JSON is the caller's", "oops\n", apierr.Standard, []string{"oops"}, ""},

		// Ends.
		{"nothing", "", apierr.Standard, nil, ""},
		{"inside a line", "{\"a\":1}\n{\"a\"", apierr.Standard, []string{`{"a":1}`}, cut},
		{"before the line end", "{\"a\":1}\n{\"a\":2}", apierr.Standard, []string{`{"a":1}`}, cut},
		{"inside CRLF", "{}\r", apierr.Standard, nil, cut},
		{"inside an error", "{}\n" + conflict[:20], apierr.Standard, []string{"{}"}, cut},
		{"before the line end of an error", "{}\n" + conflict, apierr.Standard, []string{"{}"}, "RESOURCE_CONFLICT"},

		// Errors of the server.
		{"the last line", "{}\n" + conflict + "\n", apierr.Standard, []string{"{}"}, "RESOURCE_CONFLICT"},
		{"the only line", conflict + "\n", apierr.Standard, nil, "RESOURCE_CONFLICT"},
		{"then empty lines", conflict + "\n\n\r\n", apierr.Standard, nil, "RESOURCE_CONFLICT"},
		{"then half a CRLF", conflict + "\n\r", apierr.Standard, nil, "RESOURCE_CONFLICT"},
		{"a line before half a line is data", conflict + "\n{", apierr.Standard, []string{conflict}, cut},
		{"a line before a line over 1 MiB is data", conflict + "\n" + long + "x\n", apierr.Standard, []string{conflict}, "too long"},
		{"a line before others is data", conflict + "\n{}\n", apierr.Standard, []string{conflict, "{}"}, ""},
		{"two of them", conflict + "\n" + conflict + "\n", apierr.Standard, []string{conflict}, "RESOURCE_CONFLICT"},
		{"an unknown code", "{}\n" + unknown + "\n", apierr.Standard, []string{"{}"}, "STREAM_FAILED, intermediary"},
		{"of a closed contract", "{}\n" + unknown + "\n", polyai.Closed, []string{"{}"}, "INTERNAL_SERVER_ERROR, intermediary"},
		{"an error member of the data", "{\"error\":null}\n{\"error\":\"x\"}\n{\"error\":{\"count\":3}}\n", apierr.Standard, []string{`{"error":null}`, `{"error":"x"}`, `{"error":{"count":3}}`}, ""},
		{"an array of an error", "[" + conflict + "]\n", apierr.Standard, []string{"[" + conflict + "]"}, ""},

		// Other forms.
		{"problem details", `{"type":"about:blank","title":"Conflict","status":409,"detail":"m","code":"RESOURCE_CONFLICT"}` + "\n", problem, nil, "RESOURCE_CONFLICT"},
		{"data with a code, under problem details", `{"code":"RESOURCE_CONFLICT","name":"x"}` + "\n", problem, []string{`{"code":"RESOURCE_CONFLICT","name":"x"}`}, ""},
		{"a constant and a code", `{"ok":true}` + "\n" + `{"ok":false,"error":"RESOURCE_CONFLICT"}` + "\n", slack, []string{`{"ok":true}`}, "RESOURCE_CONFLICT"},
		{"a constant and no code", `{"ok":true,"description":"x"}` + "\n" + `{"ok":false,"description":"x"}` + "\n", ok, []string{`{"ok":true,"description":"x"}`}, "STREAM_FAILED"},
		{"neither: all is data", `{"message":"x","status":"500"}` + "\n", github, []string{`{"message":"x","status":"500"}`}, ""},
		{"a code in an array", `{"errors":[]}` + "\n" + `{"errors":[{"code":"RESOURCE_CONFLICT"}]}` + "\n", list, []string{`{"errors":[]}`}, "RESOURCE_CONFLICT"},
		{"a code in a text", `{"error":"x"}` + "\n" + `{"error":"RESOURCE_CONFLICT: m"}` + "\n", text, []string{`{"error":"x"}`}, "RESOURCE_CONFLICT"},
		{"a Format with Decode", "fine\nshout RESOURCE_CONFLICT\n", apierr.Contract{Format: shout{}}, []string{"fine"}, "RESOURCE_CONFLICT"},
		{"a Format without", "fine\nshout RESOURCE_CONFLICT\n", apierr.Contract{Format: mute{}}, []string{"fine", "shout RESOURCE_CONFLICT"}, ""},

		// Bounds.
		{"1 MiB", long + "\n", apierr.Standard, []string{long}, ""},
		{"over 1 MiB", "{}\n" + long + "x\n", apierr.Standard, []string{"{}"}, "too long"},
		{"an error over 256 KiB is none", `{"error":{"code":"RESOURCE_CONFLICT","message":"` + long[:300_000] + `"}}` + "\n", apierr.Standard,
			[]string{`{"error":{"code":"RESOURCE_CONFLICT","message":"` + long[:300_000] + `"}}`}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, r := range readers(test.stream) {
				lines, end := readLines(client.New(test.c), r)
				require.Equal(t, test.lines, lines)
				require.Equal(t, test.end, endOf(end))
			}
		})
	}
}

// mute is a Format that cannot be decoded.
type mute struct{}

func (mute) Name() string        { return "shout" }
func (mute) ContentType() string { return "text/x-shout" }
func (mute) Append(dst []byte, e *apierr.Error, _ apierr.Info) ([]byte, error) {
	return fmt.Appendf(dst, "shout %s", e.Code), nil
}

// shout is one that can.
type shout struct{ mute }

func (shout) Decode(body []byte) (*apierr.Error, apierr.Info, error) {
	code, found := strings.CutPrefix(string(body), "shout ")
	if !found {
		return nil, apierr.Info{}, fmt.Errorf("a whisper")
	}
	if code == "panic" {
		panic("in Decode")
	}
	return &apierr.Error{Code: code, Message: "m", Details: map[string]any{"a": 1}}, apierr.Info{RequestID: "req-7"}, nil
}

// A Format with a Decode method is read back by it.
func TestDecoder(t *testing.T) {
	c := apierr.Contract{Format: shout{}}
	e := remote(t, c, answer(t, c, apierr.Conflict))
	require.False(t, e.Intermediary)
	require.ErrorIs(t, e, apierr.Conflict)
	require.Equal(t, map[string]any{"a": 1}, e.Remote.Details)
	for _, test := range []struct {
		body         string
		code         string
		intermediary bool
	}{
		{"shout RESOURCE_GONE", "RESOURCE_GONE", false},
		{"shout NEW", "RESOURCE_CONFLICT", true},
		{"whisper", "RESOURCE_CONFLICT", true},
		{"", "RESOURCE_CONFLICT", true},
		{"shout panic", "RESOURCE_CONFLICT", true},
	} {
		e := remote(t, c, response(409, "text/x-shout", test.body))
		require.Equal(t, test.code, e.Remote.Code, test.body)
		require.Equal(t, test.intermediary, e.Intermediary, test.body)
	}
	e = remote(t, c, response(409, "text/x-shout; charset=utf-8", "shout RESOURCE_CONFLICT"))
	require.Equal(t, "req-7", e.RequestID)
	c.Format = mute{}
	e = remote(t, c, answer(t, c, apierr.Gone))
	require.ErrorIs(t, e, apierr.Gone, "known by its status")
}

// The lines are the caller's to keep.
func TestLinesAreKept(t *testing.T) {
	var lines [][]byte
	for line, err := range client.Lines(strings.NewReader("{\"n\":1}\n{\"n\":2}\n")) {
		require.NoError(t, err)
		lines = append(lines, line)
	}
	var v struct {
		N int `json:"n"`
	}
	require.NoError(t, json.Unmarshal(lines[0], &v))
	require.Equal(t, 1, v.N)
}
