package validate_test

import (
	"context"
	"errors"
	"testing"

	"github.com/go-playground/validator/v10"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate"
)

type account struct {
	Email    string `json:"email" validate:"required,email"`
	Password string `json:"pass.word" validate:"required"`
	Confirm  string `json:"confirm" validate:"eqfield=Password"`
	Plan     struct {
		Kind  string `json:"kind"`
		Seats int    `json:"seats" validate:"required_if=Kind team"`
	} `json:"plan"`
	Owner string `json:"owner" validate:"necsfield=Plan.Kind"`
	Phone string `json:"phone" validate:"required_without_all=Fax Telex"`
	Fax   string `json:"fax"`
	Telex string `json:"telex"`
}

// Fields that rules refer to are reported by their names on the wire.
func TestRules_Siblings(t *testing.T) {
	require.Equal(t, []apierr.Violation{
		{Path: "confirm", Rule: "eqfield", Param: `["pass.word"]`, Message: `Must match ["pass.word"]`},
		{Path: "plan.seats", Rule: "required_if", Param: "kind team", Message: `Required when kind is "team"`},
		{Path: "owner", Rule: "necsfield", Param: "plan.kind", Message: "Must differ from plan.kind"},
		{Path: "phone", Rule: "required_without_all", Param: "fax telex", Message: "Required without any of fax, telex"},
	}, violations[account](t, `{"email":"a@example.com","pass.word":"x","confirm":"y","plan":{"kind":"team"},"owner":"team"}`))
}

// A sibling that has no name on the wire is not named.
func TestRules_HiddenSibling(t *testing.T) {
	type in struct {
		Hidden string `json:"-"`
		Shown  string `json:"shown" validate:"eqfield=Hidden"`
	}
	require.Equal(t, []apierr.Violation{{Path: "shown", Rule: "eqfield", Message: "Must match another field"}},
		violations[in](t, `{"shown":"x"}`))
}

// A pointer to nothing fails every rule: what is wrong is that it is missing.
func TestRules_NilPointersAreMissing(t *testing.T) {
	type in struct {
		Age  *int      `json:"age" validate:"gte=18"`
		Tags *[]string `json:"tags" validate:"dive,min=2"`
		Any  any       `json:"any" validate:"required"`
	}
	for _, v := range violations[in](t, `{"age":null}`) {
		require.Equal(t, apierr.Violation{Path: v.Path, Rule: "required", Message: "Required"}, v)
	}
	require.Len(t, violations[in](t, `{}`), 3)
}

type booking struct {
	From string `json:"from" validate:"iata"`
	To   string `json:"to" validate:"short"`
	Code string `json:"code" validate:"hue"`
}

func newRules(t *testing.T, opts ...validate.Option) *validate.Rules {
	t.Helper()
	v := validator.New(validator.WithRequiredStructEnabled())
	require.NoError(t, v.RegisterValidation("iata", func(f validator.FieldLevel) bool { return len(f.Field().String()) == 3 }))
	require.NoError(t, v.RegisterValidation("panics", func(validator.FieldLevel) bool { panic("secret") }))
	v.RegisterAlias("short", "required,max=3")
	v.RegisterAlias("hue", "hexcolor|len=1")
	v.RegisterStructValidation(func(l validator.StructLevel) {
		b := l.Current().Interface().(booking)
		if b.From == b.To {
			l.ReportError(b.To, "to", "To", "differs", "from")
		}
		if b.From == "XXX" {
			l.ReportError(b, "", "", "closed", "")
			l.ReportError(b.From, "fromWire", "NoSuchField", "odd", "")
			l.ReportError(b.From, "Secret", "Secret", "odd", "")
		}
	}, booking{})
	return validate.New(v, opts...)
}

// The program's own validator: custom tags, aliases and struct-level rules.
func TestRules_OwnValidator(t *testing.T) {
	rules := newRules(t, validate.WithMessages(map[string]string{"iata": "Not an airport", "differs": "Must not be {param}"}))

	require.Equal(t, []apierr.Violation{
		{Path: "from", Rule: "iata", Message: "Not an airport"},
		{Path: "to", Rule: "short", Param: "3", Message: "Must be at most 3 characters"},
		{Path: "code", Rule: "hue", Param: "1", Message: "Invalid hexadecimal color or must be exactly 1 character"},
	}, violations[booking](t, `{"from":"A","to":"long","code":"xx"}`, rules))

	require.Equal(t, []apierr.Violation{{Path: "to", Rule: "differs", Param: "from", Message: "Must not be from"}},
		violations[booking](t, `{"from":"AAA","to":"AAA","code":"x"}`, rules))

	// What a struct-level rule names is reported only if it is a name of the wire,
	// or not the Go name.
	require.ElementsMatch(t, []string{"$: Invalid value", "fromWire: Invalid value", "$: Invalid value"},
		brief(violations[booking](t, `{"from":"XXX","to":"AAA","code":"x"}`, rules)))
}

func TestRules_OptionsBesideRules(t *testing.T) {
	rules := newRules(t)
	body := `{"from":"AAA","to":"BBB","code":"x","more":1}`
	require.Len(t, violations[booking](t, body, rules), 1)
	require.Empty(t, violations[booking](t, body, rules, validate.WithAllowUnknown()))
	require.Empty(t, violations[booking](t, body, validate.WithAllowUnknown(), rules), "the order does not matter")
	require.Empty(t, violations[booking](t, body, newRules(t, validate.WithAllowUnknown())))
}

func TestRules_TagName(t *testing.T) {
	v := validator.New()
	v.SetTagName("binding")
	type in struct {
		Name  string   `json:"name" binding:"required"`
		Items []*leafy `json:"items" binding:"dive"`
	}
	rules := validate.New(v, validate.WithTagName("binding"))
	require.Equal(t, []string{"items[0]: Expected object, received null", "name: Required"},
		brief(violations[in](t, `{"items":[null]}`, rules)))
}

func TestRules_APanicIsTheServersFault(t *testing.T) {
	type in struct {
		A string `json:"a" validate:"panics"`
	}
	_, err := validate.JSON[in](post(`{"a":"x"}`), newRules(t))
	require.ErrorIs(t, err, apierr.Internal)
	require.ErrorContains(t, errors.Unwrap(err), "secret")

	type unknown struct {
		A string `json:"a" validate:"no_such_rule"`
	}
	_, err = validate.JSON[unknown](post(`{"a":"x"}`))
	require.ErrorIs(t, err, apierr.Internal)
}

func TestWithMessages(t *testing.T) {
	opts := validate.WithMessages(map[string]string{"required": "Missing", "max": "No more than {param}", "unknown": "Who?", "type": "Not a {param}"})
	require.Equal(t, []string{"x: Who?", "message: Missing"}, brief(violations[message](t, `{"x":1}`, opts)))
	require.Equal(t, []string{"message: No more than 10"}, brief(violations[message](t, `{"message":"01234567890"}`, opts)))
	require.Equal(t, []string{"message: Not a string"}, brief(violations[message](t, `{"message":1}`, opts)))
	// The later over the earlier, the others kept.
	later := validate.WithMessages(map[string]string{"required": "Gone"})
	require.Equal(t, []string{"x: Who?", "message: Gone"}, brief(violations[message](t, `{"x":1}`, opts, later)))
}

func TestStruct(t *testing.T) {
	ctx := context.Background()
	require.NoError(t, validate.Struct(ctx, message{"hi"}))
	require.NoError(t, validate.Struct(ctx, "not a struct"))
	for _, v := range []any{message{}, &message{}} {
		require.Equal(t, []string{"message: Required"}, brief(violationsOf(t, validate.Struct(ctx, v), apierr.InvalidBody)))
	}
	require.Equal(t, []string{"[1].message: Required"},
		brief(violationsOf(t, validate.Struct(ctx, []message{{"x"}, {}}), apierr.InvalidBody)))
	require.Equal(t, []string{"k.message: Required"},
		brief(violationsOf(t, validate.Struct(ctx, map[string]*message{"k": {}}), apierr.InvalidBody)))
	for _, v := range []any{nil, (*message)(nil)} {
		require.Equal(t, []string{"$: Required"}, brief(violationsOf(t, validate.Struct(ctx, v), apierr.InvalidBody)))
	}
	type in struct {
		A string `validate:"panics"`
	}
	require.ErrorIs(t, validate.Struct(ctx, in{}, newRules(t)), apierr.Internal)
}

// The context reaches rules that ask for it.
func TestStruct_Context(t *testing.T) {
	type key struct{}
	v := validator.New()
	require.NoError(t, v.RegisterValidationCtx("allowed", func(ctx context.Context, _ validator.FieldLevel) bool {
		return ctx.Value(key{}) != nil
	}))
	type in struct {
		A string `json:"a" validate:"allowed"`
	}
	rules := validate.New(v)
	require.Error(t, validate.Struct(context.Background(), in{}, rules))
	require.NoError(t, validate.Struct(context.WithValue(context.Background(), key{}, 1), in{}, rules))
}
