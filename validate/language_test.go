package validate_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/ar"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/es"
	"github.com/go-playground/locales/fa"
	"github.com/go-playground/locales/fr"
	"github.com/go-playground/locales/ja"
	"github.com/go-playground/locales/ko"
	"github.com/go-playground/locales/nb"
	"github.com/go-playground/locales/pt"
	"github.com/go-playground/locales/pt_BR"
	"github.com/go-playground/locales/sr_Latn"
	"github.com/go-playground/locales/th"
	"github.com/go-playground/locales/tr"
	"github.com/go-playground/locales/zh"
	"github.com/go-playground/locales/zh_Hant"
	"github.com/go-playground/locales/zh_Hant_HK"
	"github.com/go-playground/locales/zh_Hant_TW"
	ut "github.com/go-playground/universal-translator"
	"github.com/go-playground/validator/v10"
	artranslations "github.com/go-playground/validator/v10/translations/ar"
	fatranslations "github.com/go-playground/validator/v10/translations/fa"
	jatranslations "github.com/go-playground/validator/v10/translations/ja"
	kotranslations "github.com/go-playground/validator/v10/translations/ko"
	thtranslations "github.com/go-playground/validator/v10/translations/th"
	trtranslations "github.com/go-playground/validator/v10/translations/tr"
	zhtranslations "github.com/go-playground/validator/v10/translations/zh"
	zhtwtranslations "github.com/go-playground/validator/v10/translations/zh_tw"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/seam"
	"github.com/failwell/failwell/validate"
)

// chosen is the locale in which a wrong type is reported.
func chosen(t *testing.T, uni *ut.UniversalTranslator, locales []locales.Translator, lines ...string) string {
	t.Helper()
	for _, l := range locales {
		tr, _ := uni.GetTranslator(l.Locale())
		require.NoError(t, tr.Add("validate-type", l.Locale(), true))
	}
	type in struct {
		N int `query:"n"`
	}
	r := httptest.NewRequest("GET", "/?n=x", nil)
	r.Header["Accept-Language"] = lines
	_, err := validate.Query[in](r, validate.WithTranslator(uni))
	vs := violationsOf(t, err, apierr.InvalidParameter)
	require.Len(t, vs, 1)
	return vs[0].Message
}

// The language of a request: RFC 9110 section 12.5.4, RFC 4647 section 3.4.
func TestWithTranslator_AcceptLanguage(t *testing.T) {
	european := []locales.Translator{en.New(), fr.New(), de.New(), es.New(), pt.New(), pt_BR.New(), nb.New(), sr_Latn.New()}
	chinese := []locales.Translator{en.New(), zh.New(), zh_Hant.New()}
	taiwan := []locales.Translator{en.New(), zh.New(), zh_Hant_TW.New()}
	hongKong := []locales.Translator{en.New(), zh.New(), zh_Hant_TW.New(), zh_Hant_HK.New()}
	simplified := []locales.Translator{en.New(), zh.New()}
	for _, c := range []struct {
		among  []locales.Translator
		accept string
		want   string
	}{
		{european, "fr", "fr"},
		{european, "FR", "fr"},
		{european, "fr-CA", "fr"},
		{european, "fr_CA", "fr"},
		{european, "de-AT-1996, fr", "de"},
		{european, "es-419", "es"},
		{european, "es-MX;q=0.8, fr;q=0.9", "fr"},
		{european, "de;q=0.5,fr;q=0.5", "de"},
		{european, "pt-BR", "pt_BR"},
		{european, "pt-PT", "pt"},
		{european, "pt-AO", "pt"},
		{european, "sr-Latn-RS", "sr_Latn"},
		{european, "nb-NO", "nb"},
		{european, "en, de;q=0.1", "en"},

		// What is malformed, unknown or not acceptable is passed over.
		{european, "fr, xx;q=0.5", "fr"},
		{european, "xx, fr;q=0.5", "fr"},
		{european, "fr-FR,fr;q=0.97,-BE;q=0.43", "fr"},
		{european, "-BE,fr;q=0.2", "fr"},
		{european, "fr-XX", "fr"},
		{european, "fr-", "en"},
		{european, "toolongasubtag, fr", "fr"},
		{european, "de;q=x, fr;q=0.1", "fr"},
		{european, "de;q=2, fr;q=0.1", "fr"},
		{european, "de;q=NaN, fr;q=0.1", "fr"},
		{european, "de;q=0, fr;q=0.1", "fr"},
		{european, "de;level=1, fr;q=0.1", "fr"},
		{european, "*, fr;q=0.1", "fr"},
		{european, "*;;;;q=x,,", "en"},
		{european, "ja, zh", "en"},
		{european, "", "en"},
		{european, ",,, ,fr", "fr"},
		{european, "fr\xff, de", "de"},

		// Long headers.
		{european, "fr," + strings.Repeat("en-GB;q=0.3,", 40), "fr"},
		{european, "fr;q=0.9," + strings.Repeat("ja,", 200), "fr"},
		{european, strings.Repeat("ja,", 16) + "fr", "en"},
		{european, "fr," + strings.Repeat("x", 5000), "fr"},
		{european, strings.Repeat("x", 1022) + ",fr", "en"},

		// Chinese is written in two ways, and the region shows which.
		{chinese, "zh", "zh"}, {chinese, "zh-CN", "zh"}, {chinese, "zh-SG", "zh"}, {chinese, "zh-Hans", "zh"}, {chinese, "zh-Hans-HK", "zh"},
		{chinese, "zh-TW", "zh_Hant"}, {chinese, "zh-HK", "zh_Hant"}, {chinese, "zh-MO", "zh_Hant"}, {chinese, "zh-Hant", "zh_Hant"}, {chinese, "zh-Hant-HK", "zh_Hant"},
		{taiwan, "zh-TW", "zh_Hant_TW"}, {taiwan, "zh-HK", "zh_Hant_TW"}, {taiwan, "zh-Hant", "zh_Hant_TW"}, {taiwan, "zh-MO,zh;q=0.5", "zh_Hant_TW"}, {taiwan, "zh-CN", "zh"},
		{hongKong, "zh-HK", "zh_Hant_HK"}, {hongKong, "zh-MO", "zh_Hant_HK"}, {hongKong, "zh-TW", "zh_Hant_TW"},
		{simplified, "zh-TW, en;q=0.5", "zh"}, // nearer than English
	} {
		uni := ut.New(en.New(), c.among...)
		require.Equal(t, c.want, chosen(t, uni, c.among, c.accept), c.accept)
	}
}

// Several lines are one list, and the fallback is a language like others.
func TestWithTranslator_Lines(t *testing.T) {
	among := []locales.Translator{fr.New(), de.New()}
	require.Equal(t, "fr", chosen(t, ut.New(en.New(), among...), among, "ja", "fr;q=0.5", "de;q=0.4"))
	require.Equal(t, "Expected integer, received string", chosen(t, ut.New(en.New(), among...), among, "en, de;q=0.5"))
}

// translating is an exchange whose contract has translations.
type translating struct {
	seam.Exchange[*apierr.CompiledContract, *apierr.Error]
	language string
}

func (x translating) Language() string { return x.language }

// An answer is in one language: that of the contract, where it has translations.
func TestWithTranslator_Contract(t *testing.T) {
	uni := ut.New(en.New(), en.New(), fr.New(), zh_Hant_TW.New())
	for _, locale := range []string{"en", "fr", "zh_Hant_TW"} {
		tr, _ := uni.GetTranslator(locale)
		require.NoError(t, tr.Add("validate-type", locale, true))
	}
	for language, want := range map[string]string{"": "fr", "fr": "fr", "en": "en", "zh-Hant": "zh_Hant_TW", "de": "en"} {
		r := httptest.NewRequest("GET", "/?n=x", nil)
		r.Header.Set("Accept-Language", "fr")
		r = r.WithContext(context.WithValue(r.Context(), seam.Key{}, translating{language: language}))
		_, err := validate.Query[struct {
			N int `query:"n"`
		}](r, validate.WithTranslator(uni))
		require.Equal(t, want, violationsOf(t, err, apierr.InvalidParameter)[0].Message, language)
	}
}

// The translations of validator, with the name of the field wherever the language
// puts it, and never its Go name.
func TestWithTranslator_Names(t *testing.T) {
	type in struct {
		GoName  string   `json:"name" validate:"required"`
		GoAge   int      `json:"age" validate:"gte=18"`
		GoShort string   `json:"short" validate:"min=3"`
		GoKind  string   `json:"kind" validate:"oneof=a b"`
		GoMail  string   `json:"e.mail" validate:"email"`
		GoTags  []string `json:"tags" validate:"dive,max=2"`
		Go      string   `json:"pass"`
		GoGo    string   `json:"again" validate:"eqfield=Go"`
	}
	body := `{"age":3,"short":"x","kind":"c","e.mail":"x","tags":["long"],"pass":"x","again":"y"}`
	for _, c := range []struct {
		locale   locales.Translator
		register func(*validator.Validate, ut.Translator) error
		want     []string
	}{
		{zh.New(), zhtranslations.RegisterDefaultTranslations, []string{
			"age: age必须大于或等于18", "short: short长度必须至少为3个字符", "kind: kind必须是[a b]中的一个",
			`["e.mail"]: e.mail必须是一个有效的邮箱`, "tags[0]: tags[0]长度不能超过2个字符", "again: again必须等于pass", "name: name为必填字段"}},
		{zh_Hant_TW.New(), zhtwtranslations.RegisterDefaultTranslations, []string{
			"age: age必須大於或等於18", "short: short長度必須至少為3個字元", "kind: kind必須是[a b]中的一個",
			`["e.mail"]: e.mail必須是一個有效的信箱`, "tags[0]: tags[0]長度不能超過2個字元", "again: again必須等於pass", "name: name為必填欄位"}},
		{ja.New(), jatranslations.RegisterDefaultTranslations, []string{
			"age: ageは18以上でなければなりません", "short: shortの長さは少なくとも3文字はなければなりません", "kind: kindは[a b]のうちのいずれかでなければなりません",
			`["e.mail"]: e.mailは正しいメールアドレスでなければなりません`, "tags[0]: tags[0]の長さは最大でも2文字でなければなりません", "again: againはpassと等しくなければなりません", "name: nameは必須フィールドです"}},
		{ko.New(), kotranslations.RegisterDefaultTranslations, []string{"age: age은(는) 18 이상여야 합니다.", "short: short의 길이는 최소 3자여야 합니다.", "kind: kind은(는) [a b] 중 하나여야 합니다.", `["e.mail"]: e.mail은(는) 올바른 이메일 주소여야 합니다.`, "tags[0]: tags[0]의 길이는 최대 2자여야 합니다.", "again: again은(는) pass와(과) 같아야 합니다.", "name: name은(는) 필수 필드입니다."}},
		{ar.New(), artranslations.RegisterDefaultTranslations, []string{"age: يجب أن يكون 18 أو أكبر", "short: يجب أن يكون 3 أحرف على الأقل", "kind: يجب أن يكون kind واحدا من [a b]", `["e.mail"]: يجب أن يكون e.mail عنوان بريد إلكتروني صالح`, "tags[0]: يجب أن يكون طول tags[0] بحد أقصى 2 أحرف", "again: يجب أن يكون again مساويا ل pass", "name: حقل name مطلوب"}},
		{fa.New(), fatranslations.RegisterDefaultTranslations, []string{"age: باید بیشتر یا برابر 18 باشد", "short: طول short باید حداقل 3 کاراکتر باشد", "kind: باید یکی از مقادیر [a b] باشد", `["e.mail"]: باید یک ایمیل معتبر باشد`, "tags[0]: طول tags[0] باید حداکثر 2 کاراکتر باشد", "again: باید برابر pass باشد", "name: فیلد name اجباری میباشد"}},
		{th.New(), thtranslations.RegisterDefaultTranslations, []string{"age: ต้องมีค่ามากกว่า 18", "short: ต้องมีความยาวอย่างน้อย 3 ตัวอักษร", "kind: ต้องอยู่ใน [a b]", `["e.mail"]: ต้องเป็นอีเมลเท่านั้น`, "tags[0]: ต้องมีความยาวไม่เกิน 2 ตัวอักษร", "again: ต้องเท่ากับ pass", "name: โปรดระบุ name"}},
		{tr.New(), trtranslations.RegisterDefaultTranslations, []string{"age: age, 18 veya daha büyük olmalıdır", "short: En az 3 karakter uzunluğunda olmalıdır", "kind: kind, [a b]'dan biri olmalıdır", `["e.mail"]: Geçerli bir e-posta adresi olmalıdır`, "tags[0]: Uzunluğu en fazla 2 karakter olmalıdır", "again: again, pass değerine eşit olmalıdır", "name: Zorunlu bir alandır"}},
	} {
		for _, v := range []*validator.Validate{newPlainValidator(), validator.New(validator.WithRequiredStructEnabled())} {
			uni := ut.New(en.New(), en.New(), c.locale)
			translator, _ := uni.GetTranslator(c.locale.Locale())
			require.NoError(t, c.register(v, translator))
			r := post(body)
			r.Header.Set("Accept-Language", strings.ReplaceAll(c.locale.Locale(), "_", "-"))
			_, err := validate.JSON[in](r, validate.New(v, validate.WithTranslator(uni)))
			vs := violationsOf(t, err, apierr.InvalidBody)
			require.Len(t, vs, 7)
			require.Equal(t, c.want, brief(vs), c.locale.Locale())
			english := validate.Struct(t.Context(), in{GoAge: 3, GoShort: "x", GoKind: "c", GoMail: "x", GoTags: []string{"long"}, Go: "x", GoGo: "y"})
			of := map[string]string{}
			for _, v := range violationsOf(t, english, apierr.InvalidBody) {
				of[v.Path] = v.Message
			}
			for _, v := range vs {
				require.NotContains(t, v.Message, "Go")
				require.NotEqual(t, of[v.Path], v.Message, c.locale.Locale())
			}
		}
	}
}

// A name that cannot be told from the text around it costs the translation, and
// the name of another rule's field no more than its place.
func TestWithTranslator_AmbiguousNames(t *testing.T) {
	uni := ut.New(en.New(), en.New(), de.New())
	german, _ := uni.GetTranslator("de")
	texts := map[string]string{"required": "", "min": "", "email": ""}
	v := validator.New()
	for tag := range texts {
		require.NoError(t, v.RegisterTranslation(tag, german,
			func(ut.Translator) error { return nil },
			func(_ ut.Translator, fe validator.FieldError) string {
				return strings.ReplaceAll(texts[fe.Tag()], "{0}", fe.Field())
			}))
	}
	rules := validate.New(v, validate.WithTranslator(uni), validate.WithLanguage("de"))
	for template, want := range map[string]string{
		"{0} fehlt":              "Fehlt",
		"Bitte {0} angeben":      "Bitte ort angeben",
		"Bitte „{0}“ angeben":    "Bitte „ort“ angeben",
		"{0}: bitte angeben":     "ort: bitte angeben",
		"Bitte angeben: {0}":     "Bitte angeben: ort",
		"{0}, ja, {0}!":          "ort, ja, ort!",
		"{0} fehlt, {0} nötig":   "Fehlt, ort nötig",
		"Bitte angeben":          "Bitte angeben",
		"Das Go{0} fehlt":        "Required",
		"Dem{0}Feld fehlt etwas": "Required",
	} {
		texts["required"] = template
		err := validate.Struct(t.Context(), struct {
			Ort string `json:"ort" validate:"required"`
		}{}, rules)
		require.Equal(t, want, violationsOf(t, err, apierr.InvalidBody)[0].Message, template)
	}
	// The name of a rule is a word.
	texts["email"] = "Bei {0} fehlt eine Email-Adresse"
	err := validate.Struct(t.Context(), struct {
		Email string `json:"mail" validate:"email"`
	}{"x"}, rules)
	require.Equal(t, "Bei mail fehlt eine Email-Adresse", violationsOf(t, err, apierr.InvalidBody)[0].Message)
	texts["email"] = "{0} ist keine Email-Adresse"
	err = validate.Struct(t.Context(), struct {
		Email string `json:"mail" validate:"email"`
	}{"x"}, rules)
	require.Equal(t, "Ist keine Email-Adresse", violationsOf(t, err, apierr.InvalidBody)[0].Message)
}
