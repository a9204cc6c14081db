package validate_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/netip"
	"testing"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate"
)

// picky unmarshals itself, and says more in its errors than a client may see.
type picky struct{ ok bool }

func (p *picky) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case `"panic"`:
		panic("picky: secret")
	case `"good"`:
		p.ok = true
		return nil
	}
	return errors.New("picky: secret")
}

type color string

func (c *color) UnmarshalText(b []byte) error {
	if string(b) != "red" {
		return errors.New("color: secret")
	}
	*c = color(b)
	return nil
}

type everything struct {
	String  string         `json:"string"`
	Bool    bool           `json:"bool"`
	Int     int            `json:"int"`
	Int8    int8           `json:"int8"`
	Uint    uint           `json:"uint"`
	Float   float64        `json:"float"`
	Float32 float32        `json:"float32"`
	Time    time.Time      `json:"time"`
	Bytes   []byte         `json:"bytes"`
	Big     *big.Int       `json:"big"`
	Addr    netip.Addr     `json:"addr"`
	Color   color          `json:"color"`
	Picky   picky          `json:"picky"`
	Strings []string       `json:"strings"`
	Three   [3]int         `json:"three"`
	Map     map[string]int `json:"map"`
	Numbers map[int]string `json:"numbers"`
	Struct  struct {
		A int `json:"a"`
	} `json:"struct"`
	Pointer *int            `json:"pointer"`
	Quoted  int             `json:"quoted,string"`
	Any     any             `json:"any"`
	Raw     json.RawMessage `json:"raw"`
	Folded  string          `json:"folded_name,case:ignore"`
}

// One value of a wrong sort for one field: what the client receives.
func TestJSON_TypeFaults(t *testing.T) {
	for _, c := range []struct{ body, rule, path, message string }{
		{`{"string":5}`, "type", "string", "Expected string, received number"},
		{`{"string":{}}`, "type", "string", "Expected string, received object"},
		{`{"bool":"true"}`, "type", "bool", "Expected boolean, received string"},
		{`{"bool":0}`, "type", "bool", "Expected boolean, received number"},

		{`{"int":"5"}`, "type", "int", "Expected integer, received string"},
		{`{"int":true}`, "type", "int", "Expected integer, received boolean"},
		{`{"int":1.5}`, "type", "int", "Expected integer, received number"},
		{`{"int":1e2}`, "type", "int", "Expected integer, received number"},
		{`{"int":9223372036854775808}`, "range", "int", "Number out of range"},
		{`{"int8":128}`, "range", "int8", "Number out of range"},
		{`{"uint":-1}`, "range", "uint", "Number out of range"},
		{`{"float":"1"}`, "type", "float", "Expected number, received string"},
		{`{"float":1e400}`, "range", "float", "Number out of range"},
		{`{"float32":1e39}`, "range", "float32", "Number out of range"},
		{`{"quoted":5}`, "type", "quoted", "Expected string, received number"},
		{`{"quoted":"five"}`, "format", "quoted", "Invalid value"},

		{`{"time":"yesterday"}`, "format", "time", "Invalid date and time"},
		{`{"time":12}`, "type", "time", "Expected string, received number"},
		{`{"bytes":"!"}`, "format", "bytes", "Must be base64"},
		{`{"bytes":[1]}`, "type", "bytes", "Expected string, received array"},
		{`{"addr":"1.2.3"}`, "format", "addr", "Invalid value"},
		{`{"addr":4}`, "type", "addr", "Expected string, received number"},
		{`{"color":"blue"}`, "format", "color", "Invalid value"},
		{`{"picky":"bad"}`, "format", "picky", "Invalid value"},
		{`{"big":"x"}`, "format", "big", "Invalid value"},

		{`{"strings":{}}`, "type", "strings", "Expected array, received object"},
		{`{"strings":["a",1]}`, "type", "strings[1]", "Expected string, received number"},
		{`{"three":[1,2]}`, "length", "three", "Must contain exactly 3 items"},
		{`{"three":[1,2,3,4]}`, "length", "three", "Must contain exactly 3 items"},
		{`{"three":[1,"2",3]}`, "type", "three[1]", "Expected integer, received string"},
		{`{"map":[]}`, "type", "map", "Expected object, received array"},
		{`{"map":{"a.b":"x"}}`, "type", `map["a.b"]`, "Expected integer, received string"},
		{`{"numbers":{"one":"x"}}`, "format", "numbers.one", "Invalid value"},
		{`{"struct":[]}`, "type", "struct", "Expected object, received array"},
		{`{"struct":{"a":"x"}}`, "type", "struct.a", "Expected integer, received string"},
		{`{"pointer":"x"}`, "type", "pointer", "Expected integer, received string"},

		{`{"nope":1}`, "unknown", "nope", "Unrecognized field"},
		{`{"String":"x"}`, "unknown", "String", "Unrecognized field"},
		{`{"struct":{"a":1,"b.c":2}}`, "unknown", `struct["b.c"]`, "Unrecognized field"},
		{`{"":1}`, "unknown", `[""]`, "Unrecognized field"},
		{`{"$":1}`, "unknown", `["$"]`, "Unrecognized field"},

		{`null`, "type", "$", "Expected object, received null"},
		{`[]`, "type", "$", "Expected object, received array"},
		{` "x"`, "type", "$", "Expected object, received string"},
		{`7`, "type", "$", "Expected object, received number"},
	} {
		vs := violations[everything](t, c.body)
		require.Len(t, vs, 1, "%s: %v", c.body, vs)
		require.Equal(t, []string{c.rule, c.path, c.message}, []string{vs[0].Rule, vs[0].Path, vs[0].Message}, c.body)
	}
}

// What json/v2 takes is taken: null is the zero value, and so on.
func TestJSON_Taken(t *testing.T) {
	for _, body := range []string{
		`{}`, `{"string":null,"struct":null,"strings":null,"pointer":null,"map":null,"three":null}`,
		`{"quoted":"5"}`, `{"FoldedName":"x"}`, `{"folded-name":"x"}`, `{"numbers":{"7":"x"}}`,
		`{"any":{"a":[1,{"b":null}]},"raw":{"x":1}}`, `{"picky":"good","color":"red"}`,
		`{"time":"2026-01-02T03:04:05Z","bytes":"AAEC","addr":"::1","big":123456789012345678901234567890}`,
	} {
		require.Empty(t, violations[everything](t, body), body)
	}
}

func TestJSON_NullAtTheRoot(t *testing.T) {
	require.Equal(t, []string{"$: Expected object, received null"}, brief(violations[*message](t, `null`)))
	require.Equal(t, []string{"$: Expected object, received null"}, brief(violations[map[string]int](t, ` null`)))
	require.Equal(t, []string{"$: Expected array, received null"}, brief(violations[[]int](t, `null`)))
	require.Empty(t, violations[any](t, `null`))
	require.Empty(t, violations[picky](t, `"good"`))
}

// All at once, in document order: types, names and rules. What is missing
// stands at the end of the object that it is missing from.
func TestJSON_EverythingInOneAnswer(t *testing.T) {
	type item struct {
		Name string `json:"name" validate:"required"`
		Qty  int    `json:"qty" validate:"min=1"`
	}
	type order struct {
		Email    string            `json:"email" validate:"required,email"`
		Items    []item            `json:"items" validate:"min=1,dive"`
		Labels   map[string]string `json:"labels" validate:"dive,max=3"`
		Due      time.Time         `json:"due" validate:"required"`
		Password string            `json:"password" validate:"required"`
		Confirm  string            `json:"confirm" validate:"eqfield=Password"`
		Address  struct {
			Zip string `json:"zip" validate:"required"`
		} `json:"address" validate:"required"`
		Note string `json:"note" validate:"required"`
	}
	require.Equal(t, []string{
		"wat: Unrecognized field",
		"items[0].qty: Must be at least 1",
		"items[1].qty: Expected integer, received string",
		"items[1].name: Required",
		"items[2]: Expected object, received number",
		"address.zip: Expected string, received number",
		"labels.a: Must be at most 3 characters",
		"labels.z: Expected string, received boolean",
		"email: Invalid email address",
		"password: Expected string, received number",
		"due: Required",
		"note: Required",
	}, brief(violations[order](t, `{
		"wat": 1,
		"items": [{"qty":0,"name":"x"}, {"qty":"2"}, 3],
		"address": {"zip": 12345},
		"labels": {"a": "long", "z": true},
		"email": "nobody",
		"confirm": "secret", "password": 7
	}`)))
}

// A field that could not be decoded is neither missing nor short, nor is its
// struct, nor does a sibling differ from it.
func TestJSON_NothingFollowsFromAFault(t *testing.T) {
	type inner struct {
		A string `json:"a" validate:"required"`
	}
	type in struct {
		In    inner  `json:"in" validate:"required"`
		Many  []int  `json:"many" validate:"min=2,unique"`
		Kind  string `json:"kind"`
		Extra string `json:"extra" validate:"required_if=Kind x"`
		N     *int   `json:"n" validate:"required,min=3"`
	}
	require.Equal(t, []string{
		"in.a: Expected string, received number",
		"many[0]: Expected integer, received string",
		"many[1]: Expected integer, received string",
		"kind: Expected string, received number",
		"n: Expected integer, received string",
	}, brief(violations[in](t, `{"in":{"a":1},"many":["x","y"],"kind":1,"n":"1"}`)))
	// But the elements are there to be counted.
	require.Equal(t, []string{
		"many: Must contain at least 2 items",
		"many[0]: Expected integer, received string",
	}, brief(violations[in](t, `{"in":{"a":"x"},"many":["x"],"n":3}`)))
}

func TestJSON_Panics(t *testing.T) {
	for _, body := range []string{`{"picky":"panic"}`, `{"nope":1,"picky":"panic"}`} {
		_, err := validate.JSON[everything](post(body))
		require.ErrorIs(t, err, apierr.Internal)
		require.NotContains(t, err.(*apierr.Error).Message, "secret")
		require.ErrorContains(t, errors.Unwrap(err), "picky: secret")
		require.ErrorContains(t, errors.Unwrap(err), "decoding_test.go", "the stack is in the cause")
	}
}

// A handler that wants the connection cut is not stopped by us.
type aborter struct{}

func (*aborter) UnmarshalJSON([]byte) error { panic(http.ErrAbortHandler) }

func TestJSON_ErrAbortHandlerGoesOn(t *testing.T) {
	require.PanicsWithValue(t, http.ErrAbortHandler, func() { _, _ = validate.JSON[aborter](post(`1`)) })
}

// A struct with a place for members of any name takes them, whatever else is
// wrong with it.
func TestJSON_EmbeddedFallback(t *testing.T) {
	type in struct {
		A     int            `json:"a"`
		Extra map[string]any `json:",embed"`
	}
	if jsonv2.Unmarshal([]byte(`{"x":1}`), new(in), jsonv2.RejectUnknownMembers(true)) != nil {
		t.Skip("this version of json knows no embed")
	}
	require.Equal(t, []string{"a: Expected integer, received string"}, brief(violations[in](t, `{"x":1,"a":"x"}`)))
}

// The place of a member is not mistaken for text that looks like it.
func TestJSON_OrderAndLookalikes(t *testing.T) {
	type in struct {
		A string `json:"a" validate:"max=1"`
		B string `json:"b" validate:"max=1"`
		C string `json:"c" validate:"max=1"`
	}
	require.Equal(t, []string{"c: Must be at most 1 character", "b: Must be at most 1 character", "a: Must be at most 1 character"},
		brief(violations[in](t, `{"c":"\"a\":1, b" , "b" : "\"a\" : ", "a":"\"b\":"}`)))
	require.Equal(t, []string{"c: Must be at most 1 character", "a: Must be at most 1 character"},
		brief(violations[in](t, `{"x\"a":1,"c":"xx","a":"yy"}`, validate.WithAllowUnknown())))
}

// The body is not kept from a type that may have kept a part of it.
type keeper struct{ kept []byte }

func (k *keeper) UnmarshalJSON(b []byte) error {
	k.kept = b
	return nil
}

func TestJSON_ABodyThatSomeoneKeptIsNotReused(t *testing.T) {
	type in struct {
		K keeper `json:"k"`
	}
	first, err := validate.JSON[in](post(`{"k":"first"}`))
	require.NoError(t, err)
	for i := range 100 {
		_, err := validate.JSON[in](post(fmt.Sprintf(`{"k":"%05d"}`, i)))
		require.NoError(t, err)
	}
	require.Equal(t, `"first"`, string(first.K.kept))
}
