//lint:file-ignore SA5008 tags that are faults are what is tested

package validate_test

import (
	"context"
	"database/sql"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate"
)

// one is a body of one member.
type one[T any] struct {
	V T `json:"v"`
}

// typed is what a client receives for a body: nothing, "500", or the rule and
// the message of its only violation.
func typed[T any](t *testing.T, body string) string {
	t.Helper()
	_, err := validate.JSON[T](post(body))
	switch {
	case err == nil:
		return ""
	case errors.Is(err, apierr.Internal):
		return "500"
	}
	vs := violationsOf(t, err, apierr.InvalidBody)
	require.Len(t, vs, 1, "%s: %v", body, vs)
	return vs[0].Rule + ": " + vs[0].Message
}

// The types of the standard library that programs have in their structs decode
// alike with every toolchain.
func TestJSON_StandardTypes(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{typed[one[stdjson.Number]](t, `{"v":12.50}`), ""},
		{typed[one[stdjson.Number]](t, `{"v":-1e400}`), ""},
		{typed[one[stdjson.Number]](t, `{"v":"12"}`), ""},
		{typed[one[stdjson.Number]](t, `{"v":null}`), ""},
		{typed[one[stdjson.Number]](t, `{"v":"abc"}`), "type: Expected number, received string"},
		{typed[one[stdjson.Number]](t, `{"v":""}`), "type: Expected number, received string"},
		{typed[one[stdjson.Number]](t, `{"v":"1 "}`), "type: Expected number, received string"},
		{typed[one[stdjson.Number]](t, `{"v":"0x1"}`), "type: Expected number, received string"},
		{typed[one[stdjson.Number]](t, `{"v":"NaN"}`), "type: Expected number, received string"},
		{typed[one[stdjson.Number]](t, `{"v":true}`), "type: Expected number, received boolean"},
		{typed[one[stdjson.Number]](t, `{"v":{}}`), "type: Expected number, received object"},
		{typed[one[*stdjson.Number]](t, `{"v":1}`), ""},
		{typed[one[*stdjson.Number]](t, `{"v":"x"}`), "type: Expected number, received string"},
		{typed[one[[]stdjson.Number]](t, `{"v":[1,"2"]}`), ""},
		{typed[one[[]stdjson.Number]](t, `{"v":[1,"x"]}`), "type: Expected number, received string"},
		{typed[one[map[stdjson.Number]int]](t, `{"v":{"1.5":1}}`), ""},
		{typed[one[map[stdjson.Number]int]](t, `{"v":{"x":1}}`), "format: Invalid value"},
		{typed[one[validate.Optional[stdjson.Number]]](t, `{"v":"x"}`), "type: Expected number, received string"},
		{typed[struct {
			V stdjson.Number `json:"v,string"`
		}](t, `{"v":"1"}`), ""},
		{typed[struct {
			V stdjson.Number `json:"v,string"`
		}](t, `{"v":1}`), "type: Expected string, received number"},

		{typed[one[stdjson.RawMessage]](t, `{"v":{"a":[1]}}`), ""},
		{typed[one[stdjson.RawMessage]](t, `{"v":null}`), ""},
		{typed[one[jsontext.Value]](t, `{"v":null}`), ""},
		{typed[one[netip.Addr]](t, `{"v":"::1"}`), ""},
		{typed[one[netip.Addr]](t, `{"v":"x"}`), "format: Invalid value"},
		{typed[one[net.IP]](t, `{"v":"1.2.3.4"}`), ""},
		{typed[one[net.IP]](t, `{"v":"1.2.3"}`), "format: Invalid value"},
		{typed[one[uuid.UUID]](t, `{"v":"1"}`), "format: Invalid value"},
		{typed[one[uuid.UUID]](t, `{"v":5}`), "type: Expected string, received number"},
		{typed[one[big.Int]](t, `{"v":123456789012345678901234567890}`), ""},
		{typed[one[big.Int]](t, `{"v":1.5}`), "format: Invalid value"},
		{typed[one[time.Month]](t, `{"v":3}`), ""},
		{typed[one[time.Month]](t, `{"v":"March"}`), "type: Expected integer, received string"},
		{typed[one[[]byte]](t, `{"v":"AAEC"}`), ""},
		{typed[one[[]byte]](t, `{"v":"!"}`), "format: Must be base64"},
		{typed[one[[3]byte]](t, `{"v":"AAEC"}`), ""},
		{typed[one[[16]byte]](t, `{"v":"AAEC"}`), "length: Must be exactly 16 bytes"},
		{typed[one[[16]byte]](t, `{"v":"!"}`), "format: Must be base64"},
	} {
		require.Equal(t, c.want, c.got)
	}
}

// The text of a json.Number is kept as it was sent.
func TestJSON_NumberIsKept(t *testing.T) {
	in, err := validate.JSON[struct {
		A, B, C stdjson.Number
		Map     map[stdjson.Number]stdjson.Number
	}](post(`{"A":12.50,"B":"1e2","C":null,"Map":{"1":2}}`))
	require.NoError(t, err)
	require.Equal(t, []stdjson.Number{"12.50", "1e2", ""}, []stdjson.Number{in.A, in.B, in.C})
	require.Equal(t, map[stdjson.Number]stdjson.Number{"1": "2"}, in.Map)
}

// FuzzNumber compares a json.Number with encoding/json, which has always known
// it. In a string, encoding/json takes what its own grammar calls a number.
func FuzzNumber(f *testing.F) {
	for _, s := range []string{`1`, `-0`, `1.50`, `1e5`, `01`, `"1"`, `""`, `"x"`, `"1 "`, `"\u0031"`, `null`, `true`, `[]`, `"-"`, `"1."`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		body := `{"v":` + value + `}`
		if !jsontext.Value(body).IsValid() {
			return
		}
		got, err := validate.JSON[one[stdjson.Number]](post(body), validate.WithAllowUnknown())
		var want one[stdjson.Number]
		wantErr := stdjson.Unmarshal([]byte(body), &want)
		if strings.Contains(value, `""`) || strings.Contains(strings.ToLower(body[2:]), `"v"`) {
			return // v1 takes empty text, and V for v
		}
		require.Equal(t, wantErr == nil, err == nil, "%s: %v, %v", body, wantErr, err)
		require.Equal(t, want, got, body)
	})
}

// What nothing can be decoded into, and what no value satisfies, is the server's
// fault whatever the client sends for it.
func TestJSON_ImpossibleTypesAreInternal(t *testing.T) {
	type options struct {
		Numbers []int          `json:"numbers,string"`
		Bool    bool           `json:"bool,string"`
		Text    string         `json:"text,string"`
		Map     map[string]int `json:"map,string"`
		Struct  leafy          `json:"struct,string"`
		Pointer *[]int         `json:"pointer,string"`
		Int     *int           `json:"int,string"`
	}
	type minus struct {
		A string `json:"-,"`
	}
	type closed struct{ _ int }
	type rules struct {
		Phone string  `json:"phone"`
		Email int     `json:"email" validate:"omitempty,email"`
		Has   []int   `json:"has" validate:"omitempty,contains=x"`
		UUID  bool    `json:"uuid" validate:"omitempty,uuid"`
		Range int     `json:"range" validate:"omitempty,min=5,max=3"`
		Len   string  `json:"len" validate:"omitempty,len=2,gt=2"`
		Other *string `json:"other" validate:"required_without=Phone,min=3"`
		Mail  *string `json:"mail" validate:"required_without=Phone,email"`
		Many  *[]int  `json:"many" validate:"required_without=Phone,dive,gt=1"`
		Any   any     `json:"any" validate:"required_without=Phone,oneof=a b"`
	}
	type unreachable struct {
		Either int     `json:"either" validate:"omitempty,rgb|email"`
		Words  uint    `json:"words" validate:"omitempty,oneof=a b"`
		Above  uint8   `json:"above" validate:"omitempty,min=256"`
		Below  []uint  `json:"below" validate:"omitempty,dive,lt=0"`
		Pair   int8    `json:"pair" validate:"omitempty,email|eq=128"`
		Last   uint8   `json:"last" validate:"omitempty,gt=254"`
		Two    [2]int  `json:"two" validate:"omitempty,len=3"`
		Hash   [4]byte `json:"hash" validate:"omitempty,max=3"`
		Fits   [2]int  `json:"fits" validate:"omitempty,min=1,len=2"`
	}
	const all = `"other":"abc","mail":"a@b.co","many":[2],"any":"a"`
	for _, c := range []struct{ got, want string }{
		{typed[one[time.Duration]](t, `{"v":5}`), "500"},
		{typed[one[time.Duration]](t, `{"v":"5s"}`), "500"},
		{typed[one[time.Duration]](t, `{"v":null}`), "500"},
		{typed[one[time.Duration]](t, `{}`), ""},
		{typed[one[*time.Duration]](t, `{"v":5}`), "500"},
		{typed[one[*time.Duration]](t, `{"v":null}`), ""},
		{typed[one[[]time.Duration]](t, `{"v":[5]}`), "500"},
		{typed[one[map[string]time.Duration]](t, `{"v":{"a":5}}`), "500"},
		{typed[one[chan int]](t, `{"v":5}`), "500"},
		{typed[one[func()]](t, `{"v":5}`), "500"},
		{typed[one[complex128]](t, `{"v":5}`), "500"},
		{typed[one[error]](t, `{"v":5}`), "500"},
		{typed[one[fmt.Stringer]](t, `{"v":"x"}`), "500"},
		{typed[one[error]](t, `{"v":null}`), ""},
		{typed[one[map[bool]int]](t, `{"v":{"true":1}}`), "500"},
		{typed[one[map[bool]int]](t, `{"v":null}`), ""},
		{typed[one[closed]](t, `{"v":{}}`), "500"},
		{typed[minus](t, `{}`), "500"},
		{typed[minus](t, `{"A":"x"}`), "500"},
		{typed[one[minus]](t, `{"v":{"-":"x"}}`), "500"},
		{typed[options](t, `{"int":"1"}`), ""},
		{typed[options](t, `{"int":1}`), "type: Expected string, received number"},

		{typed[one[nilTime]](t, `{"v":"2026-01-02T00:00:00Z"}`), "500"},
		{typed[one[*nilTime]](t, `{"v":5}`), "500"},
		{typed[one[nilTime]](t, `{}`), ""},
		{typed[one[allocates]](t, `{"v":"2026-01-02T00:00:00Z"}`), ""},
		{typed[unreachable](t, `{}`), ""},
		{typed[unreachable](t, `{"either":1}`), "500"},
		{typed[unreachable](t, `{"words":1}`), "500"},
		{typed[unreachable](t, `{"above":255}`), "500"},
		{typed[unreachable](t, `{"below":[1]}`), "500"},
		{typed[unreachable](t, `{"pair":1}`), "500"},
		{typed[unreachable](t, `{"last":255}`), ""},
		{typed[unreachable](t, `{"two":[1,2]}`), "500"},
		{typed[unreachable](t, `{"hash":"AQEBAQ=="}`), "500"},
		{typed[unreachable](t, `{"fits":[1,2]}`), ""},
		{typed[unreachable](t, `{"last":254}`), "gt: Must be greater than 254"},

		{typed[rules](t, `{`+all+`}`), ""},
		{typed[rules](t, `{"email":1,`+all+`}`), "500"},
		{typed[rules](t, `{"has":[1],`+all+`}`), "500"},
		{typed[rules](t, `{"uuid":true,`+all+`}`), "500"},
		{typed[rules](t, `{"range":4,`+all+`}`), "500"},
		{typed[rules](t, `{"range":9,`+all+`}`), "500"},
		{typed[rules](t, `{"len":"ab",`+all+`}`), "500"},
		{typed[rules](t, `{"phone":"1"}`), "500"},
		{typed[rules](t, `{"phone":"1","other":"abc","many":[2],"any":"a"}`), "500"},
		{typed[rules](t, `{"phone":"1","other":"abc","mail":"a@b.co","any":"a"}`), "500"},
		{typed[rules](t, `{"phone":"1","other":"abc","mail":"a@b.co","many":[2]}`), "500"},
		{typed[rules](t, `{"other":"ab","mail":"a@b.co","many":[2],"any":"a"}`), "min: Must be at least 3 characters"},
		{typed[rules](t, `{"other":"abc","mail":"a@b.co","many":[2],"any":"c"}`), "oneof: Must be one of \"a\", \"b\""},
	} {
		require.Equal(t, c.want, c.got)
	}
	require.Len(t, faults[options](), 6)
	require.Len(t, faults[rules](), 9)
	// With the experiment of Go 1.26, json accepts some of these.
	for _, body := range []string{
		`{"numbers":[1]}`, `{"numbers":["1"]}`, `{"bool":"true"}`, `{"text":"\"x\""}`, `{"map":{"a":"1"}}`, `{"struct":{"zip":"12345"}}`, `{"pointer":["1"]}`,
	} {
		want := ""
		if json.Unmarshal([]byte(body), new(options)) != nil {
			want = "500"
		}
		require.Equal(t, want, typed[options](t, body), body)
	}
}

// The types of the ecosystem that unmarshal themselves, by their shapes: what is
// in them is their own affair.
type (
	day struct{ time.Time }      // as metav1.Time
	nul struct{ sql.NullString } // as null.String
	del sql.NullTime             // as gorm.DeletedAt
	pgt struct {                 // as pgtype.Text
		String string `validate:"max=5"`
		Valid  bool
	}
	civ struct{ Year, Month, Day int } // as civil.Date
	dec struct {                       // as decimal.Decimal
		value *big.Int
		_     int32
	}
	opt struct { // as an option of a generic library, with what a walk could trip over
		Inner *opt
		Map   map[string]*opt
		List  []*opt
		Any   any
		Err   error
		Func  func()
		set   bool
	}
	set  map[string]struct{} // a map with a form that is its own
	list []string            // and a slice
)

func (d *day) UnmarshalJSON(b []byte) (err error) {
	d.Time, err = time.Parse(`"2006-01-02"`, string(b))
	return err
}

func (n *nul) UnmarshalJSON(b []byte) error {
	n.Valid = string(b) != "null"
	return stdjson.Unmarshal(b, &n.String)
}

func (d *del) UnmarshalJSON(b []byte) error {
	d.Valid = string(b) != "null"
	return stdjson.Unmarshal(b, &d.Time)
}

func (p *pgt) UnmarshalJSON(b []byte) error {
	p.Valid = string(b) != "null"
	return stdjson.Unmarshal(b, &p.String)
}

func (c *civ) UnmarshalText(b []byte) error {
	_, err := fmt.Sscanf(string(b), "%d-%d-%d", &c.Year, &c.Month, &c.Day)
	return err
}

func (d *dec) UnmarshalJSON(b []byte) error {
	d.value = new(big.Int)
	return d.value.UnmarshalJSON(b)
}

func (o *opt) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	o.set = true
	var n int
	return json.UnmarshalDecode(d, &n)
}

func (s *set) UnmarshalJSON(b []byte) error {
	*s = set{}
	return stdjson.Unmarshal(b, new(string))
}

func (l *list) UnmarshalText(b []byte) error {
	if string(b) == "bad" {
		return errors.New("bad")
	}
	*l = strings.Split(string(b), ",")
	return nil
}

// everywhere has a T in every place where one can be.
type everywhere[T any] struct {
	Field    T                    `json:"field"`
	Pointer  *T                   `json:"pointer"`
	List     []T                  `json:"list" validate:"dive"`
	Pointers []*T                 `json:"pointers" validate:"dive,required"`
	Map      map[string]T         `json:"map" validate:"dive"`
	PtrMap   map[string]*T        `json:"ptr_map" validate:"dive"`
	Keyed    map[string]T         `json:"keyed" validate:"dive,keys,max=9,endkeys,required"`
	Optional validate.Optional[T] `json:"optional" validate:"omitempty,dive"`
	Any      any                  `json:"any"`
	Nested   *everywhere[T]       `json:"nested"`
	Leaves   map[string]*leafy    `json:"leaves" validate:"dive"`
	Last     int                  `json:"last"`
}

// places are bodies for an everywhere, with a mark for a value.
var places = map[string]string{
	"field": `{"field":@}`, "pointer": `{"pointer":@}`, "list[0]": `{"list":[@]}`, "pointers[0]": `{"pointers":[@]}`,
	"map.k": `{"map":{"k":@}}`, "ptr_map.k": `{"ptr_map":{"k":@}}`, "keyed.k": `{"keyed":{"k":@}}`, "optional": `{"optional":@}`,
	"nested.map.k": `{"nested":{"map":{"k":@}}}`,
}

func testSelfUnmarshaling[T any](t *testing.T, good, bad string) {
	t.Run(reflect.TypeFor[T]().String(), func(t *testing.T) {
		require.NoError(t, validate.Check[everywhere[T]]())
		for _, opts := range [][]validate.Option{nil, {newRules(t)}} {
			for path, body := range places {
				sound, faulty := strings.ReplaceAll(body, "@", good), strings.ReplaceAll(body, "@", bad)
				in, err := validate.JSON[everywhere[T]](post(sound), opts...)
				require.NoError(t, err, sound)
				var want everywhere[T]
				require.NoError(t, json.Unmarshal([]byte(sound), &want))
				require.Equal(t, want, in, sound)
				require.NoError(t, validate.Struct(context.Background(), in, opts...))

				beside := strings.TrimSuffix(sound, "}") + `,"last":"x","leaves":{"a":{"zip":"1"},"b":null}}`
				require.Equal(t, []string{
					"last: Expected integer, received string", "leaves.a.zip: Must be exactly 5 characters", "leaves.b: Expected object, received null",
				}, brief(violations[everywhere[T]](t, beside, opts...)), beside)

				vs := violations[everywhere[T]](t, faulty, opts...)
				require.Len(t, vs, 1, "%s: %v", faulty, vs)
				require.Equal(t, path, vs[0].Path)
				require.Contains(t, []string{"format", "type"}, vs[0].Rule)
			}
		}
	})
}

func TestJSON_SelfUnmarshaling(t *testing.T) {
	testSelfUnmarshaling[day](t, `"2026-01-02"`, `"x"`)
	testSelfUnmarshaling[nul](t, `"x"`, `{}`)
	testSelfUnmarshaling[del](t, `"2026-01-02T03:04:05Z"`, `"x"`)
	testSelfUnmarshaling[pgt](t, `"x"`, `5`)
	testSelfUnmarshaling[civ](t, `"2026-01-02"`, `"x"`)
	testSelfUnmarshaling[dec](t, `12`, `1.5`)
	testSelfUnmarshaling[opt](t, `12`, `"x"`)
	testSelfUnmarshaling[set](t, `"x"`, `{}`)
	testSelfUnmarshaling[list](t, `"a,b"`, `"bad"`)
	testSelfUnmarshaling[uuid.UUID](t, `"5d2ecf4e-4b8a-4c39-a7c4-4e1cbe5c0b2a"`, `"x"`)
	testSelfUnmarshaling[uuid.NullUUID](t, `"5d2ecf4e-4b8a-4c39-a7c4-4e1cbe5c0b2a"`, `"x"`)
	testSelfUnmarshaling[time.Time](t, `"2026-01-02T03:04:05Z"`, `"x"`)
	testSelfUnmarshaling[big.Int](t, `12`, `"x"`)
	testSelfUnmarshaling[netip.Prefix](t, `"10.0.0.0/8"`, `"x"`)
	testSelfUnmarshaling[net.IP](t, `"10.0.0.1"`, `"x"`)
}

// A rule of validator within such a type is reported as the value.
func TestJSON_RulesWithinOneValue(t *testing.T) {
	require.Equal(t, []string{"map.k: Must be at most 5 characters"}, brief(violations[everywhere[pgt]](t, `{"field":"x","map":{"k":"123456"}}`)))
}

// What is within such a type has no name on the wire.
type sealed struct {
	SecretA string `json:"secret_a" validate:"required_with=SecretB"`
	SecretB string `json:"secret_b"`
	Plain   string `json:"plain" validate:"max=1"`
}

func (s *sealed) UnmarshalText(b []byte) error {
	s.SecretB, s.Plain = string(b), string(b)
	return nil
}

func TestJSON_NamesWithinOneValue(t *testing.T) {
	type in struct {
		Field sealed            `json:"field"`
		Map   map[string]sealed `json:"map" validate:"dive"`
		Same  string            `json:"same" validate:"necsfield=Field.SecretB"`
	}
	body := `{"field":"xx","map":{"k":"yy"},"same":"xx"}`
	want := []string{
		"field: Required with another field", "field: Must be at most 1 character",
		"map.k: Required with another field", "map.k: Must be at most 1 character", "same: Must differ from another field",
	}
	require.Equal(t, want, brief(violations[in](t, body)))
	require.Equal(t, want, brief(violations[in](t, body, newRules(t))))
	value := in{Field: sealed{SecretB: "xx", Plain: "xx"}, Map: map[string]sealed{"k": {SecretB: "yy", Plain: "yy"}}, Same: "xx"}
	err := newPlainValidator().Struct(value)
	require.Equal(t, want, mapped(t, validate.FromStruct(err, value)))
}

// null where JSON is kept as it was sent is a value to json and none to required.
func TestJSON_RequiredRawMessage(t *testing.T) {
	type in struct {
		Raw    stdjson.RawMessage   `json:"raw" validate:"required"`
		Value  jsontext.Value       `json:"value" validate:"required"`
		Many   []stdjson.RawMessage `json:"many" validate:"dive,required"`
		Free   stdjson.RawMessage   `json:"free"`
		Ptr    *stdjson.RawMessage  `json:"ptr" validate:"required"`
		Either stdjson.RawMessage   `json:"either" validate:"required_without=Free"`
	}
	for _, opts := range [][]validate.Option{nil, {newRules(t)}} {
		require.Empty(t, violations[in](t, `{"raw":0,"value":"","many":[0,[]],"free":null,"ptr":{}}`, opts...))
		require.Equal(t, []string{"raw: Required", "value: Required", "many[1]: Required", "ptr: Required"},
			brief(violations[in](t, ` {"raw": null ,"value":null,"many":[0,null],"free":1,"ptr":null}`, opts...)))
	}
}

// A null element is "Required" if its rules say so, and else of the wrong type,
// where null would be a nil pointer.
func TestJSON_NullElements(t *testing.T) {
	type in struct {
		Bare     []*leafy          `json:"bare" validate:"dive"`
		Required []*leafy          `json:"required" validate:"dive,required"`
		Ruled    []*string         `json:"ruled" validate:"dive,min=2"`
		Maybe    []*string         `json:"maybe" validate:"dive,omitempty,min=2"`
		Values   []leafy           `json:"values" validate:"dive"` // null is the zero value
		Map      map[string]*leafy `json:"map" validate:"dive"`
		Deep     [][]*leafy        `json:"deep" validate:"dive,dive"`
		Undived  []*leafy          `json:"undived"`
	}
	for _, opts := range [][]validate.Option{nil, {newRules(t)}} {
		require.Equal(t, []string{
			"bare[0]: Expected object, received null",
			"required[0]: Required",
			"ruled[0]: Required",
			"map.a: Expected object, received null",
			"deep[0][0]: Expected object, received null",
		}, brief(violations[in](t, `{"bare":[null],"required":[null],"ruled":[null],"maybe":[null],"values":[null],"map":{"a":null},
			"deep":[[null]],"undived":[null]}`, opts...)))
	}
}

// A rule for map keys speaks of the name, and a bad value beside it is reported
// too.
func TestJSON_MapKeys(t *testing.T) {
	type in struct {
		Labels map[string]string `json:"labels" validate:"dive,keys,min=3,endkeys,max=5"`
		Emails map[string]int    `json:"emails" validate:"dive,keys,email,endkeys,gt=0"`
	}
	for _, opts := range [][]validate.Option{nil, {newRules(t)}} {
		for body, want := range map[string][]string{
			`{"labels":{"abc":"12345"}}`:              nil,
			`{"labels":{"ab":"12345"}}`:               {"labels.ab: Name must be at least 3 characters"},
			`{"labels":{"abc":"123456"}}`:             {"labels.abc: Must be at most 5 characters"},
			`{"labels":{"ab":"123456"}}`:              {"labels.ab: Name must be at least 3 characters", "labels.ab: Must be at most 5 characters"},
			`{"emails":{"x":1,"a@b.co":0}}`:           {"emails.x: Name: Invalid email address", `emails["a@b.co"]: Must be greater than 0`},
			`{"labels":{"a.b].c":"1"},"emails":null}`: nil,
		} {
			require.Equal(t, want, brief(violations[in](t, body, opts...)), body)
		}
	}
}

// Bytes are one string on the wire, and are counted as bytes.
func TestJSON_LengthOfBytes(t *testing.T) {
	type in struct {
		Key   []byte    `json:"key" validate:"omitempty,len=16"`
		Min   []byte    `json:"min" validate:"omitempty,min=2"`
		List  [][]byte  `json:"list" validate:"max=1,dive,max=1"`
		ID    uuid.UUID `json:"id" validate:"required"`
		Small []int8    `json:"small" validate:"max=1"`
	}
	require.Equal(t, []string{
		"key: Must be exactly 16 bytes", "min: Must be at least 2 bytes", "list: Must contain at most 1 item",
		"small: Must contain at most 1 item", "id: Required",
	}, brief(violations[in](t, `{"key":"AAAA","min":"AA==","list":["","AAAA"],"small":[1,2]}`)))
	require.Equal(t, []string{"list[0]: Must be at most 1 byte"},
		brief(violations[struct {
			List [][]byte `json:"list" validate:"dive,max=1"`
		}](t, `{"list":["AAAA"]}`)))
}

// A named field is a member, whatever options json ignores.
func TestJSON_IgnoredOptions(t *testing.T) {
	type place struct {
		Zip string `json:"zip" validate:"required"`
	}
	type in struct {
		Place place `json:",inline"`
		Rest  place `json:"rest,unknown"`
		place
	}
	if json.Unmarshal([]byte(`{"Place":{"zip":"1"}}`), new(in), json.RejectUnknownMembers(true)) != nil {
		t.Skip("this version of json knows these options")
	}
	require.Equal(t, []string{"Place.zip: Expected string, received number", "rest.zip: Required", "zip: Required"},
		brief(violations[in](t, `{"Place":{"zip":1}}`)))
	require.Equal(t, []string{"Place.zip: Required", "rest.zip: Required"}, brief(violations[in](t, `{"zip":"1"}`)))
	require.Len(t, faults[in](), 2)
}
