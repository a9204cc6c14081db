package validate_test

import (
	"strings"
	"testing"

	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/es"
	ut "github.com/go-playground/universal-translator"
	"github.com/go-playground/validator/v10"
	detranslations "github.com/go-playground/validator/v10/translations/de"
	estranslations "github.com/go-playground/validator/v10/translations/es"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate"
)

type registration struct {
	Name     string `json:"name" validate:"required"`
	Age      int    `json:"age" validate:"gte=18"`
	Password string `json:"pass"`
	Confirm  string `json:"confirm" validate:"eqfield=Password"`
	Secret   string `json:"-"`
	Shown    string `json:"shown" validate:"eqfield=Secret"`
	Custom   string `json:"custom" validate:"unheard_of"`
}

func newTranslated(t *testing.T, opts ...validate.Option) *validate.Rules {
	t.Helper()
	uni := ut.New(en.New(), en.New(), de.New(), es.New())
	v := newPlainValidator()
	require.NoError(t, v.RegisterValidation("unheard_of", func(validator.FieldLevel) bool { return false }))
	german, _ := uni.GetTranslator("de")
	require.NoError(t, detranslations.RegisterDefaultTranslations(v, german))
	require.NoError(t, german.Add("validate-unknown", "Unbekanntes Feld", false))
	require.NoError(t, german.Add("validate-type", "Erwartet: {0}", false))
	require.NoError(t, german.Add("validate-empty", "Der Body ist leer", false))
	require.NoError(t, german.Add("validate-syntax", "Ungültiges JSON in Zeile {0}, Spalte {1}", false))
	spanish, _ := uni.GetTranslator("es")
	require.NoError(t, estranslations.RegisterDefaultTranslations(v, spanish))
	return validate.New(v, append(opts, validate.WithTranslator(uni))...)
}

// Messages are in the first language of the request that there is, without the
// field's name in front and without a Go name anywhere.
func TestWithTranslator(t *testing.T) {
	rules := newTranslated(t)
	german := []string{
		"extra: Unbekanntes Feld",
		"age: Muss 18 oder größer sein",
		"confirm: Muss gleich pass sein",
		"shown: Must match another field",
		"name: Ist ein Pflichtfeld",
		"custom: Invalid value",
	}
	spanish := []string{
		"extra: Unrecognized field",
		"age: Debe ser 18 o mayor",
		"confirm: Debe ser igual a pass",
		"shown: Must match another field",
		"name: Es un campo requerido",
		"custom: Invalid value",
	}
	english := []string{
		"extra: Unrecognized field",
		"age: Must be at least 18",
		"confirm: Must match pass",
		"shown: Must match another field",
		"name: Required",
		"custom: Invalid value",
	}
	for _, c := range []struct {
		accept string
		want   []string
	}{
		{"de", german},
		{"de-AT,en;q=0.5", german},
		{"fr, es;q=0.9, de;q=0.8", spanish},
		{"es-MX", spanish},
		{"en, de;q=0.1", english},
		{"", english},
		{"fr", english},
		{"*;;;;q=x,,", english},
	} {
		r := post(`{"extra":1,"age":3,"pass":"a","confirm":"b","shown":"x"}`)
		r.Header.Set("Accept-Language", c.accept)
		_, err := validate.JSON[registration](r, rules)
		require.Equal(t, c.want, brief(violationsOf(t, err, apierr.InvalidBody)), c.accept)
	}
}

func TestWithTranslator_Decoding(t *testing.T) {
	r := post(`{"age":"x","name":"n"}`)
	r.Header.Set("Accept-Language", "de")
	_, err := validate.JSON[registration](r, newTranslated(t))
	require.Contains(t, brief(violationsOf(t, err, apierr.InvalidBody)), "age: Erwartet: integer")
}

// What is wrong with a body that is not JSON is in the language of the request
// where the program has a text for it.
func TestWithTranslator_Syntax(t *testing.T) {
	rules := newTranslated(t)
	for _, c := range []struct{ accept, body, want string }{
		{"de", "{\n \"age\":", "Ungültiges JSON in Zeile 2, Spalte 8"},
		{"de", `{"age":1,}`, "Ungültiges JSON in Zeile 1, Spalte 9"},
		{"de", strings.Repeat("[", 101), "Ungültiges JSON in Zeile 1, Spalte 101"},
		{"de", "", "Der Body ist leer"},
		{"de", " ", "Der Body ist leer"},
		{"es", `{"age":1,}`, "Invalid JSON: trailing comma at line 1, column 9"}, // no text for it
		{"es", "", "The request body is empty"},
		{"", `{"age":1,}`, "Invalid JSON: trailing comma at line 1, column 9"},
	} {
		r := post(c.body)
		r.Header.Set("Accept-Language", c.accept)
		_, err := validate.JSON[registration](r, rules)
		require.ErrorIs(t, err, apierr.InvalidJSON)
		require.Equal(t, c.want, err.(*apierr.Error).Message, "%s %q", c.accept, c.body)
	}
}

func TestWithLanguage(t *testing.T) {
	err := validate.Struct(t.Context(), registration{Age: 20}, newTranslated(t), validate.WithLanguage("de"))
	require.Contains(t, brief(violationsOf(t, err, apierr.InvalidBody)), "name: Ist ein Pflichtfeld")
}

// The program's own words come before a translation.
func TestWithTranslator_OwnMessages(t *testing.T) {
	rules := newTranslated(t, validate.WithMessages(map[string]string{"required": "Bitte ausfüllen"}), validate.WithLanguage("de"))
	err := validate.Struct(t.Context(), registration{Age: 20}, rules)
	require.Contains(t, brief(violationsOf(t, err, apierr.InvalidBody)), "name: Bitte ausfüllen")
}
