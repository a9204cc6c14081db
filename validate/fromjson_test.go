//lint:file-ignore SA1026,SA1014 the errors of wrong calls are what is tested

package validate_test

import (
	"bytes"
	"context"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate"
)

// SecretBase is embedded, so its name is no part of a path.
type SecretBase struct {
	ID int `json:"id"`
}

type hiddenBase struct {
	Code int `json:"code"`
}

type decoded struct {
	SecretBase
	hiddenBase
	Name    string         `json:"name"`
	Small   int8           `json:"small"`
	Float   float32        `json:"float"`
	Flag    bool           `json:"flag"`
	Tags    []string       `json:"tags"`
	Map     map[string]int `json:"map"`
	Address struct {
		Zip string `json:"zip"`
	} `json:"address"`
	Items []struct {
		N int `json:"n"`
	} `json:"items"`
	Due    time.Time      `json:"due"`
	Quoted int            `json:"quoted,string"`
	Number stdjson.Number `json:"number"`
	Err    error          `json:"err"`
	Chan   chan int       `json:"chan"`
	Marsh  marshals       `json:"marsh"`
}

// marshals fails to be written.
type marshals struct{}

func (marshals) MarshalJSON() ([]byte, error) { return []byte(`{`), nil }

// mappedTo is "code: path: message" of what FromError makes of err.
func mappedTo(err error) string { return mappedToIn(context.Background(), err) }

func mappedToIn(ctx context.Context, err error) string {
	e := validate.FromError(ctx, err)
	switch {
	case e == nil:
		return ""
	case errors.Is(e, apierr.InvalidJSON):
		return "JSON: " + e.Message
	case errors.Is(e, apierr.InvalidBody):
		return e.Violations[0].Path + ": " + e.Violations[0].Message
	}
	return e.Code
}

func decodeV1(body string) error {
	d := stdjson.NewDecoder(strings.NewReader(body))
	d.DisallowUnknownFields()
	return d.Decode(new(decoded))
}

func decodeV2(body string) error {
	var v struct {
		decoded
		Err   int `json:"err"`
		Chan  int `json:"chan"`
		Marsh int `json:"marsh"`
	}
	return json.Unmarshal([]byte(body), &v, json.RejectUnknownMembers(true))
}

var offset = regexp.MustCompile(` at byte \d+$`)

// What a handler returns that decodes with encoding/json v1.
func TestFromError_V1(t *testing.T) {
	clean := strings.HasPrefix(mappedTo(decodeV1(`{"id":"x"}`)), "id:") // encoding/json is built on json/v2
	for _, c := range []struct{ body, want string }{
		{`{"name":5}`, "name: Expected string, received number"},
		{`{"flag":"true"}`, "flag: Expected boolean, received string"},
		{`{"small":300}`, "small: Number out of range"},
		{`{"small":1.5}`, "small: Expected integer, received number"},
		{`{"small":true}`, "small: Expected integer, received boolean"},
		{`{"float":1e39}`, "float: Number out of range"},
		{`{"tags":{}}`, "tags: Expected array, received object"},
		{`{"map":[]}`, "map: Expected object, received array"},
		{`{"address":{"zip":1}}`, "address.zip: Expected string, received number"},
		{`[]`, "$: Expected object, received array at byte 1"},
		{`{"nope":1}`, `$: Unrecognized field "nope"`},
		{`{"` + strings.Repeat("n", 65) + `":1}`, `$: Unrecognized field`},
		{`{"name":}`, "JSON: Invalid JSON: syntax error at byte 9"},
		{`nope`, "JSON: Invalid JSON: syntax error at byte 2"},
		{`{"err":1}`, ""},   // nothing can be decoded into it
		{`{"due":"x"}`, ""}, // an error of package time, which comes from anywhere
		{``, ""},            // in doubt: see TestFromError_EOF
		{`{"name":`, ""},
	} {
		got := mappedTo(decodeV1(c.body))
		if clean { // offsets differ
			got, c.want = offset.ReplaceAllString(got, ""), offset.ReplaceAllString(c.want, "")
		}
		require.Equal(t, c.want, got, c.body)
	}
	for _, body := range []string{`{"id":"x"}`, `{"code":"x"}`, `{"quoted":5}`, `{"number":"x"}`, `{"items":[{"n":"x"}]}`} {
		got := mappedTo(decodeV1(body))
		require.NotEmpty(t, got, body)
		require.NotRegexp(t, `(?i)secretbase|hiddenbase`, got, body)
	}
}

// The same with json/v2, whose errors have the whole path.
func TestFromError_V2(t *testing.T) {
	for body, want := range map[string]string{
		`{"name":5}`:               "name: Expected string, received number",
		`{"id":"x"}`:               "id: Expected integer, received string",
		`{"code":"x"}`:             "code: Expected integer, received string",
		`{"small":300}`:            "small: Number out of range",
		`{"tags":["a",1]}`:         "tags[1]: Expected string, received number",
		`{"items":[{},{"n":"x"}]}`: "items[1].n: Expected integer, received string",
		`{"map":{"a.b":"x"}}`:      `map["a.b"]: Expected integer, received string`,
		`{"due":"x"}`:              "due: Invalid date and time",
		`{"address":{"x":1}}`:      "address.x: Unrecognized field",
		`{"nope":1}`:               "nope: Unrecognized field",
		`[]`:                       "$: Expected object, received array",
		`{"name":}`:                "JSON: Invalid JSON: syntax error at byte 8",
		`{"name":"a","name":"b"}`:  "JSON: Invalid JSON: syntax error at byte 12",
		`{"name":`:                 "JSON: Invalid JSON: syntax error at byte 8",
	} {
		require.Equal(t, want, mappedTo(decodeV2(body)), body)
	}
}

// Errors that are not the client's, though they are of the same packages.
func TestFromError_ServersOwn(t *testing.T) {
	_, v1 := stdjson.Marshal(decoded{Err: errors.New("x")})
	_, v1Raw := stdjson.Marshal(stdjson.RawMessage("{"))
	_, v1Func := stdjson.Marshal(func() {})
	_, v2 := json.Marshal(marshals{})
	_, v2Func := json.Marshal(func() {})
	var duration struct{ D time.Duration }
	var nothing, value any = nil, decoded{}
	for name, err := range map[string]error{
		"a MarshalJSON":         v1,
		"a malformed raw value": v1Raw,
		"a function":            v1Func,
		"v2: a MarshalJSON":     v2,
		"v2: a function":        v2Func,
		"decoding into nothing": stdjson.Unmarshal([]byte("{}"), nothing),
		"into no pointer":       stdjson.Unmarshal([]byte("{}"), value),
		"v2: into no pointer":   json.Unmarshal([]byte("{}"), value),
		"v2: into a duration":   json.Unmarshal([]byte(`{"D":5}`), &duration),
		"v2: a nil error":       (*json.SemanticError)(nil),
		"v1: a nil error":       (*stdjson.UnmarshalTypeError)(nil),
		"text that is alike":    errors.New("unknown field"),
	} {
		require.Error(t, err, name)
		require.Nil(t, validate.FromError(context.Background(), err), name)
	}
}

// Wrapped errors are found, within bounds; the error itself is the cause.
func TestFromError_WrappedJSON(t *testing.T) {
	type loop struct{ error }
	syntax := decodeV1(`{]`)
	for _, err := range []error{
		fmt.Errorf("binding: %w", syntax),
		errors.Join(errors.New("x"), syntax),
		apierrLike{syntax},
	} {
		e := validate.FromError(context.Background(), err)
		require.ErrorIs(t, e, apierr.InvalidJSON)
		require.Equal(t, err, errors.Unwrap(e))
	}
	require.Nil(t, validate.FromError(context.Background(), endless{}))
	require.Nil(t, validate.FromError(context.Background(), loop{errors.New("x")}))
	require.Nil(t, validate.FromError(context.Background(), panicky{}))
	var syntactic *jsontext.SyntacticError
	require.ErrorAs(t, json.UnmarshalRead(bytes.NewReader([]byte("{]")), new(any)), &syntactic)
	require.Equal(t, "JSON: Invalid JSON: syntax error at byte 1", mappedTo(syntactic))
}

type apierrLike struct{ err error }

func (apierrLike) Error() string   { return "like" }
func (a apierrLike) Unwrap() error { return a.err }

// endless unwraps to itself.
type endless struct{}

func (endless) Error() string   { return "endless" }
func (e endless) Unwrap() error { return e }

// panicky cannot be looked at.
type panicky struct{}

func (panicky) Error() string { panic("secret") }
func (panicky) Unwrap() error { panic("secret") }
