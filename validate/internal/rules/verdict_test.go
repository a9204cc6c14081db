package rules

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-playground/validator/v10"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/fieldpath"
	"github.com/failwell/failwell/validate/internal/schema"
)

// These tests are inside the package, since from outside nothing shows whether
// a verdict is ours or validator's.

// texts have rules for text, one for each.
var textRules = func() (tags []string) {
	for tag := range textChecks {
		tags = append(tags, tag)
	}
	for _, tag := range []string{
		"required", "isdefault", "len=3", "min=2", "max=5", "gt=1", "gte=2", "lt=4", "lte=3", "eq=red", "ne=red", "oneof=red 'dark blue' 1",
		"min=0x2", "max=010", "eq=a0x2Cb", "eq=red|len=1", "alpha|numeric", "uuid|email|min=40", "rgb|hexcolor",
	} {
		tags = append(tags, tag, "omitempty,"+tag, "required,"+tag)
	}
	slices.Sort(tags)
	return tags
}()

var numberRules = []string{
	"required", "isdefault", "len=7", "min=-5", "max=130", "gt=0", "gte=010", "lt=0x10", "lte=3", "eq=7", "ne=7", "oneof=1 7 -5",
	"eq=0|gt=100", "omitempty,gt=5", "required,lt=9", "number", "numeric",
}

// structOf is a struct with one field for each rule.
func structOf(t reflect.Type, tags []string) reflect.Type {
	var fields []reflect.StructField
	for i, tag := range tags {
		fields = append(fields, reflect.StructField{
			Name: fmt.Sprintf("F%d", i), Type: t, Tag: reflect.StructTag(`validate:"` + tag + `"`),
		})
	}
	return reflect.StructOf(fields)
}

// ours and theirs are the broken rules of a value as "path tag param".
func ours(v reflect.Value) (broken []string) {
	e := Evaluation{
		Validator: validator.New(validator.WithRequiredStructEnabled()), Own: true, Limit: 1 << 20,
		Reword: func(*apierr.Violation) {},
		Describe: func(f Failure) apierr.Violation {
			if f.IsMissing() {
				f.Tag, f.Param = "required", ""
			}
			return apierr.Violation{Path: f.Path, Rule: f.Tag, Param: f.Param}
		},
	}
	e.Run(Of(schema.JSON, v.Type(), "validate"), v)
	for _, found := range e.Found {
		broken = append(broken, found.Path+" "+found.Rule+" "+found.Param)
	}
	slices.Sort(broken)
	return broken
}

func theirs(t *testing.T, v reflect.Value) (broken []string) {
	err := validator.New(validator.WithRequiredStructEnabled()).Struct(v.Addr().Interface())
	if err == nil {
		return nil
	}
	var failures validator.ValidationErrors
	require.ErrorAs(t, err, &failures)
	for _, fe := range failures {
		place := Locate(schema.JSON.Of(v.Type()), v, fe)
		f := FailureOf(place.Path, place.Parent, fe)
		if f.IsMissing() {
			f.Tag, f.Param = "required", ""
		}
		broken = append(broken, f.Path+" "+f.Tag+" "+f.Param)
	}
	slices.Sort(broken)
	return broken
}

// set fills every field of a struct that a value of its type fits.
func set(v reflect.Value, s string, n int64, f float64) {
	for i := range v.NumField() {
		setOne(v.Field(i), s, n, f)
	}
}

func setOne(v reflect.Value, s string, n int64, f float64) {
	switch {
	case v.Kind() == reflect.String:
		v.SetString(s)
	case v.CanInt():
		v.SetInt(n)
	case v.CanUint():
		v.SetUint(uint64(n))
	case v.CanFloat():
		v.SetFloat(f)
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		setOne(v.Elem(), s, n, f)
	}
}

// nested has rules at every depth, and every way to get there.
type nested struct {
	Name     string            `json:"name" validate:"required,max=3"`
	Inner    inner             `json:"inner" validate:"required"`
	Pointer  *inner            `json:"pointer"`
	Must     *inner            `json:"must" validate:"required"`
	Maybe    *string           `json:"maybe" validate:"omitnil,min=2"`
	Number   *int              `json:"number" validate:"omitempty,gt=1"`
	Bare     *int              `json:"bare" validate:"gt=1"`
	Only     inner             `json:"only" validate:"structonly"`
	Left     inner             `json:"left" validate:"-"`
	List     []inner           `json:"list" validate:"max=3,dive"`
	Needed   []inner           `json:"needed" validate:"dive,required"`
	Pointers []*inner          `json:"pointers" validate:"omitempty,dive,required"`
	Texts    []string          `json:"texts" validate:"unique,dive,required,min=2"`
	Grid     [][]int           `json:"grid" validate:"dive,max=2,dive,gt=1"`
	Map      map[string]inner  `json:"map" validate:"dive,keys,max=3,endkeys"`
	Counts   map[string]int    `json:"counts" validate:"max=3,dive,keys,alpha,endkeys,gt=1"`
	Any      any               `json:"any" validate:"omitempty,min=2"`
	AnyMust  any               `json:"any_must" validate:"required"`
	Array    [2]string         `json:"array" validate:"dive,max=2"`
	Same     string            `json:"same" validate:"eqfield=Name"`
	If       string            `json:"if" validate:"required_if=Name abc"`
	With     *string           `json:"with" validate:"required_with=Maybe"`
	Without  *inner            `json:"without" validate:"required_without=Pointer"`
	Cross    string            `json:"cross" validate:"omitempty,eqcsfield=Inner.B"`
	Valued   valued            `json:"valued" validate:"min=2"`
	Next     *nested           `json:"next"`
	More     map[string]string `json:"more" validate:"omitempty,dive,hexcolor|len=1"`
	embedded
}

type embedded struct {
	Deep  string `json:"deep" validate:"max=2"`
	Other string `json:"other" validate:"omitempty,nefield=Deep"`
}

type inner struct {
	A int    `json:"a" validate:"max=9"`
	B string `json:"b" validate:"omitempty,len=2"`
	C string `json:"c" validate:"omitempty,uuid|ip"`
}

// valued is a validator.Valuer.
type valued struct{ text string }

func (v valued) ValidatorValue() any { return v.text }

// nestedOf is a value with parts chosen by the bits of n.
func nestedOf(s string, n int64, depth int) nested {
	bit := func(i int) bool { return n>>i&1 == 1 }
	in := inner{A: int(n % 12), B: s, C: s}
	v := nested{Name: s, Same: s, Cross: s, Any: s, AnyMust: s, Valued: valued{s}, embedded: embedded{Deep: s, Other: s}}
	if bit(0) {
		v.Inner, v.Only, v.Left = in, in, in
	}
	if bit(1) {
		v.Pointer, v.Must, v.Maybe = &in, &in, &s
	}
	if bit(2) {
		number := int(n % 3)
		v.Number, v.Bare, v.Name = &number, &number, "abc"
	}
	if bit(3) {
		v.List, v.Needed, v.Pointers = []inner{{}, in, in, in}, []inner{{}, in}, []*inner{nil, &in}
	}
	if bit(4) {
		v.Texts, v.Grid, v.Array = []string{s, "", s}, [][]int{{1, 2, 3}, nil, {int(n)}}, [2]string{s}
	}
	if bit(5) {
		v.Map, v.Counts, v.More = map[string]inner{s: in, "k": {}}, map[string]int{s: int(n), "a.b": 1}, map[string]string{"x": s}
	}
	if bit(6) {
		v.Any, v.AnyMust, v.Same, v.If = []string{s}, nil, "", s
	}
	if depth > 0 {
		next := nestedOf(s, n>>7, depth-1)
		v.Next = &next
	}
	return v
}

// FuzzVerdict compares every verdict with validator's: of each rule that is
// evaluated here, and of rules at every depth.
func FuzzVerdict(f *testing.F) {
	for _, s := range []string{
		"", "red", "größe", "\xff\xfe", "a", "dark blue", "ada.b1@mail.example.com", "A+b@c-d.COM", "é@é.de", "a@b", "a..b@c.de", "a@b.c1", "a@-b.co", `"a b"@c.de`,
		"https://www.example.com/a/1", "http://1", "http://a..b", "a:b", "a:", "file:///", "file:a", "http://a:80?b#c", "http://a:x", "//a", "a://", "1a:b", "http://a%", "a:b/c d",
		"00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-00000000000A", "00000000-0000-3000-0000-000000000000", "00000000-0000-7000-c000-000000000000",
		"true", "F", "+1.5", "-1.", ".5", "1e5", "0x1F", "0x", "0xg", "ABC", "abc ", "a-b.c", "-a", "a-", "a.", "a..b", "a.1", "1.a.", strings.Repeat("a", 64), strings.Repeat("a.", 130) + "a",
		"QUI=", "QQ==", "QQ=", "Q===", "====", "-_-_", "-_", "a&gt", "&#x4", "&#x41", "&#41;", "&", "xx", "#fff", "::1", "\x00", "ÀB",
	} {
		f.Add(s, int64(7), 1.5)
		f.Add(s, int64(127), -1.0)
	}
	f.Add("abc", int64(-5), 130.0)
	f.Fuzz(func(t *testing.T, s string, n int64, x float64) {
		for _, typ := range []reflect.Type{
			structOf(reflect.TypeFor[string](), textRules),
			structOf(reflect.TypeFor[*string](), textRules),
			structOf(reflect.TypeFor[int64](), numberRules),
			structOf(reflect.TypeFor[int8](), numberRules),
			structOf(reflect.TypeFor[uint8](), []string{"required", "len=7", "min=5", "max=130", "gt=0", "oneof=1 7", "eq=7", "ne=7"}),
			structOf(reflect.TypeFor[float64](), []string{"required", "len=7", "min=1.5", "max=130", "gt=0", "lt=1e3", "eq=1.5", "ne=1.5"}),
			structOf(reflect.TypeFor[float32](), []string{"required", "len=7", "min=1.1", "max=130", "gt=0", "lt=1e3", "eq=1.1", "ne=1.1"}),
		} {
			v := reflect.New(typ).Elem()
			set(v, s, n, x)
			if len(s) > 64 && typ.Field(0).Type == reflect.TypeFor[string]() {
				continue // beyond the longest text that validator is asked about
			}
			require.Equal(t, theirs(t, v), ours(v), "%q %d %v", s, n, x)
		}
		if len(s) > 64 {
			return
		}
		value := nestedOf(s, n, 2)
		require.Equal(t, theirs(t, reflect.ValueOf(&value).Elem()), ours(reflect.ValueOf(&value).Elem()), "%q %d", s, n)
	})
}

// A rule that is evaluated here is evaluated here for the plainest values.
func TestChecks_AreSure(t *testing.T) {
	for tag, check := range textChecks {
		sure := 0
		for _, s := range []string{"", "a", "1", "a@b.co", "http://a.b", "00000000-0000-4000-8000-000000000000", "QQ==", "&lt", "a:b"} {
			if check(s) != unsure {
				sure++
			}
		}
		require.GreaterOrEqual(t, sure, 2, tag)
	}
}

// Text beyond the longest that a rule holds for is refused, and validator is
// not asked.
func TestMaxLen(t *testing.T) {
	type in struct {
		Language string `json:"language" validate:"omitempty,bcp47_language_tag"`
		Free     string `json:"free" validate:"omitempty,ascii"`
	}
	for _, c := range []struct {
		value in
		want  []string
	}{
		{in{Language: "de-CH"}, nil},
		{in{Language: "en-x" + strings.Repeat("-abcdefgh", 27)}, nil}, // 247 bytes
		{in{Language: "en-x" + strings.Repeat("-abcdefgh", 28)}, []string{"language bcp47_language_tag "}},
		{in{Free: strings.Repeat("a", 1<<20)}, nil},
	} {
		require.Equal(t, c.want, ours(reflect.ValueOf(&c.value).Elem()), len(c.value.Language))
	}
}

// Values that hold themselves end.
func TestEvaluation_Cycle(t *testing.T) {
	type node struct {
		Name string `json:"name" validate:"required"`
		Next *node  `json:"next"`
	}
	n := &node{}
	n.Next = n
	broken := ours(reflect.ValueOf(n).Elem())
	require.Contains(t, broken, "name required ")
	require.Less(t, len(broken), 2*maxDepth)
	for _, b := range broken {
		require.LessOrEqual(t, len(b), fieldpath.Limit+len(" required "))
	}
}
