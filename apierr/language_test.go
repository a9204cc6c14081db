package apierr_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/internal/contracttest"
)

// multilingual returns a contract that answers in four languages.
func multilingual() apierr.Contract {
	return apierr.Contract{
		Errors: errs{missing, invalid, broken},
		Mappings: mappings{
			apierr.NotFound: {Error: missing}, apierr.InvalidBody: {Error: invalid},
		},
		Format: apierr.Envelope{Violation: "{path}: {message}{more}", Required: "{path} is required"},
		Translations: map[string]map[string]string{
			"de": {
				"MISSING": "Das gibt es nicht", "INVALID": "Das ist nicht gültig", "RESOURCE_CONFLICT": "Das geht jetzt nicht",
				"{path} is required": "{path} fehlt", " (and 1 more)": " (und ein weiterer Fehler)",
			},
			"pt-BR":   {"MISSING": "Não existe"},
			"zh-Hant": {"MISSING": "不存在"},
		},
	}
}

// preferring returns a request with these Accept-Language lines.
func preferring(lines ...string) *http.Request {
	r := httptest.NewRequest("GET", "/x", nil)
	if len(lines) > 0 {
		r.Header["Accept-Language"] = lines
	}
	return r
}

func TestLanguage(t *testing.T) {
	for _, test := range []struct {
		want   string
		accept []string
	}{
		{"en", nil},
		{"en", []string{""}},
		{"en", []string{"en"}},
		{"de", []string{"de"}},
		{"de", []string{"DE"}},
		{"de", []string{"de-AT"}},
		{"de", []string{"de-AT-1996, en;q=0.1"}},
		{"pt-BR", []string{"pt"}},
		{"pt-BR", []string{"pt-PT"}},
		{"zh-Hant", []string{"zh-TW"}}, // by its script, which the client did not name
		{"zh-Hant", []string{"zh-CN"}}, // another script is closer than another language
		{"en", []string{"fr"}},         // nothing is close

		// weights, then order
		{"de", []string{"de, en"}},
		{"en", []string{"en, de"}},
		{"en", []string{"de;q=0.5, en"}},
		{"de", []string{"en;q=0.5, de;q=0.6"}},
		{"de", []string{"fr, de;q=0.001"}},
		{"en", []string{"de;q=0"}},
		{"en", []string{"de;q=0, fr"}},
		{"pt-BR", []string{"de;q=0, pt;q=0.1"}},
		{"en", []string{"*"}},
		{"de", []string{"*;q=0.1, de"}},
		{"de", []string{"fr", "de;q=0.3"}}, // lines are one list

		// a broken range is skipped, and no other
		{"de", []string{"deutsch!, de"}},
		{"de", []string{"de_AT, de"}},
		{"de", []string{"en;q=2, de"}},
		{"de", []string{"en;q=, de"}},
		{"de", []string{"en;q=0.1234, de"}},
		{"de", []string{"en;level=1, de"}},
		{"de", []string{"en;q=1;q=1, de"}},
		{"de", []string{", ,,\tde ; q=0.9,"}},
		{"de", []string{"\xff\xfe, de"}},
		{"de", []string{"\x00, de"}},
		{"de", []string{"de-*, de"}},
		{"de", []string{"zz, de"}},
		{"de", []string{"und, de"}},
		{"de", []string{strings.Repeat("a", 100) + ", de"}},
		{"de", []string{"en" + strings.Repeat("-abcdefgh", 20) + ", de"}},
		{"de", []string{"de-abcdefgh"}}, // a well-formed subtag that nobody has registered

		// much of it
		{"de", []string{strings.Repeat("fr,", 15) + "de"}},
		{"en", []string{strings.Repeat("fr,", 16) + "de"}},
		{"de", []string{strings.Repeat(",", 1000) + "de"}},
		{"en", []string{"de," + strings.Repeat(" ", 1<<10)}},
		{"en", append([]string{"de"}, make([]string, 2000)...)},
	} {
		cc, err := multilingual().Compile()
		require.NoError(t, err)
		require.Equal(t, test.want, cc.Language(http.Header{"Accept-Language": test.accept}), "%q", test.accept)
	}
}

// The whole answer depends on the language: what is in it, and its headers.
func TestTranslations(t *testing.T) {
	required := apierr.Violation{Path: "name", Rule: "required", Message: "Erforderlich"}
	for _, test := range []struct {
		name     string
		accept   string
		e        *apierr.Error
		language string // of the message; empty: not named
		want     string
	}{
		{"none asked for", "", missing, "en", `{"error":{"code":"MISSING","message":"It is not there"}}`},
		{"declared", "de", missing, "de", `{"error":{"code":"MISSING","message":"Das gibt es nicht"}}`},
		{"a copy", "de", missing.With("k", 1), "de", `{"error":{"code":"MISSING","message":"Das gibt es nicht","details":{"k":1}}}`},
		{"mapped", "de", apierr.NotFound, "de", `{"error":{"code":"MISSING","message":"Das gibt es nicht"}}`},
		{"built-in", "de", apierr.Conflict, "de", `{"error":{"code":"RESOURCE_CONFLICT","message":"Das geht jetzt nicht"}}`},
		{"not translated", "de", broken, "en", `{"error":{"code":"BROKEN","message":"It broke"}}`},
		{"not declared", "de", &apierr.Error{Code: "OWN", Status: 400, Message: "Own"}, "en", `{"error":{"code":"OWN","message":"Own"}}`},
		{"a text of the handler", "de", missing.WithMessage("Order 7 is not there"), "", `{"error":{"code":"MISSING","message":"Order 7 is not there"}}`},
		{"the same, mapped", "de", apierr.NotFound.WithMessage("Order 7 is not there"), "", `{"error":{"code":"MISSING","message":"Order 7 is not there"}}`},
		{"texts of the envelope", "de", invalid.WithViolations(required, required), "de",
			`{"error":{"code":"INVALID","message":"name fehlt","details":{"name":"Erforderlich"}}}`},
		{"some of them", "de", invalid.WithViolations(apierr.Violation{Path: "n", Rule: "min", Message: "Zu kurz"}, required), "de",
			`{"error":{"code":"INVALID","message":"n: Zu kurz (und ein weiterer Fehler)","details":{"n":"Zu kurz","name":"Erforderlich"}}}`},
	} {
		x := contracttest.NewExchange(t, multilingual())
		w := x.Answer(preferring(test.accept), test.e)
		require.Equal(t, test.want, w.Body.String(), test.name)
		require.Equal(t, "Accept-Language", w.Header().Get("Vary"), test.name)
		require.Equal(t, test.language, w.Header().Get("Content-Language"), test.name)
		require.Equal(t, test.e.Unwrap(), x.Failures[0].Cause.(*apierr.Error).Unwrap(), "the record has the error itself")
	}
}

// The log is in the contract's language, whatever the client's is.
func TestTheRecordIsNotTranslated(t *testing.T) {
	x := contracttest.NewExchange(t, multilingual())
	x.Answer(preferring("de"), missing)
	require.Equal(t, "It is not there", x.Failures[0].Error.Message)
}

func TestTranslatedProblem(t *testing.T) {
	c := multilingual()
	c.Format, c.Alternative, c.DocURL = apierr.Problem{}, apierr.Envelope{}, "https://x.example/#"
	delete(c.Translations["de"], "{path} is required") // the envelope has no such text here
	w := contracttest.NewExchange(t, c).Answer(preferring("de"), missing.WithMessage("Order 7 is not there"))
	require.Equal(t, []string{"Accept", "Accept-Language"}, w.Header()["Vary"])
	got := decode(t, w.Body.String())
	require.Equal(t, "https://x.example/#MISSING", got["type"])
	require.Equal(t, "Das gibt es nicht", got["title"], "RFC 9457 section 3.1.3: the title changes for localization only")
	require.Equal(t, "Order 7 is not there", got["detail"])
}

// A Format of the user's own finds the language in Info, and the message in it.
func TestInfoLanguage(t *testing.T) {
	c := multilingual()
	c.Format = spelling{}
	c.Translations = map[string]map[string]string{"de": {"MISSING": "Das gibt es nicht"}}
	require.Equal(t, `["de","Das gibt es nicht"]`, contracttest.NewExchange(t, c).Answer(preferring("de"), missing).Body.String())
	require.Equal(t, `["de","It broke"]`, contracttest.NewExchange(t, c).Answer(preferring("de"), broken).Body.String())
	c.Translations = nil
	w := contracttest.NewExchange(t, c).Answer(preferring("de"), missing)
	require.Equal(t, `["","It is not there"]`, w.Body.String())
	require.NotContains(t, w.Header(), "Vary")
	require.NotContains(t, w.Header(), "Content-Language")
}

type spelling struct{ apierr.Envelope }

func (spelling) Append(dst []byte, e *apierr.Error, info apierr.Info) ([]byte, error) {
	return append(dst, `["`+info.Language+`","`+e.Message+`"]`...), nil
}

// Tags are sent in their canonical form, whatever the contract writes.
func TestLanguageTagsAreCanonical(t *testing.T) {
	c := multilingual()
	c.Language = "EN-gb"
	c.Translations = map[string]map[string]string{"DE-at": {"MISSING": "Gibt's nicht"}}
	c.Format = apierr.Envelope{}
	x := contracttest.NewExchange(t, c)
	require.Equal(t, "de-AT", x.Answer(preferring("de"), missing).Header().Get("Content-Language"))
	require.Equal(t, "en-GB", x.Answer(preferring("fr"), missing).Header().Get("Content-Language"))
}

// FuzzAcceptLanguage compares the choice with that of package language for what
// it accepts, and asks that a broken range changes nothing.
func FuzzAcceptLanguage(f *testing.F) {
	for _, s := range []string{"", "de", "de-AT, en;q=0.3", "*", "pt;q=0.1, zh-TW", "de;q=0", "x-y, de", "a,b;q=1.5,c", "\xff", "de;;q=1", "zh-yue-Hant-HK", "i-default"} {
		f.Add(s)
	}
	cc, err := multilingual().Compile()
	require.NoError(f, err)
	all := []language.Tag{language.MustParse("en"), language.MustParse("de"), language.MustParse("pt-BR"), language.MustParse("zh-Hant")}
	matcher := language.NewMatcher(all)
	choice := func(s string) string { return cc.Language(http.Header{"Accept-Language": {s}}) }
	f.Fuzz(func(t *testing.T, s string) {
		got := choice(s)
		require.Contains(t, []string{"en", "de", "pt-BR", "zh-Hant"}, got)
		if strings.Count(s, ",") < 14 && len(s) < 1000 && !strings.Contains(s, "\n") {
			require.Equal(t, got, choice("!broken, "+s))
			require.Equal(t, got, choice(s+", de;q=x"))
		}
		if strings.ContainsAny(s, "*_;") || strings.Count(s, ",") > 14 || len(s) > 70 || s == "" {
			return // package language reads these otherwise
		}
		tags, _, err := language.ParseAcceptLanguage(s)
		if err != nil || len(tags) == 0 {
			return
		}
		for _, tag := range tags {
			if tag == language.Und {
				return
			}
		}
		want := "en"
		if _, i, confidence := matcher.Match(tags...); confidence > language.No {
			want = all[i].String()
		}
		require.Equal(t, want, got, "%q", s)
	})
}

// A request pays for its Accept-Language by the byte, and no more than a little.
func BenchmarkLanguage(b *testing.B) {
	cc, err := multilingual().Compile()
	require.NoError(b, err)
	for name, line := range map[string]string{
		"browser": "de-AT,de;q=0.9,en-US;q=0.8,en;q=0.7",
		"short":   strings.Repeat("aa,", 300),
		"long":    strings.Repeat("zh-yue-Hant-HK-x-abcdefgh,", 39),
		"broken":  strings.Repeat("!", 1000),
		"1 MiB":   strings.Repeat("de,", 350_000),
	} {
		h := http.Header{"Accept-Language": {line}}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				cc.Language(h)
			}
		})
	}
}

// What an attacker sends buys ten allocations for each of 16 ranges.
func TestLanguageIsBounded(t *testing.T) {
	cc, err := multilingual().Compile()
	require.NoError(t, err)
	for _, line := range []string{
		strings.Repeat("aa,", 300), strings.Repeat("zh-yue-Hant-HK-x-abcdefgh,", 39), strings.Repeat("!", 1000), strings.Repeat("de,", 350_000),
	} {
		h := http.Header{"Accept-Language": {line}}
		require.Less(t, testing.AllocsPerRun(10, func() { cc.Language(h) }), 160.0, "%.20s", line)
	}
}
