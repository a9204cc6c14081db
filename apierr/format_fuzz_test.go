package apierr_test

import (
	"encoding/base64"
	"fmt"
	"math"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/internal/contracttest"
)

// FuzzFormats asks of every built-in form that any error gives one JSON object
// of valid UTF-8 in which the code and the message are found again.
func FuzzFormats(f *testing.F) {
	f.Add("CODE", "message", "key", "value", "a.b[0]", "required", uint8(0), 400)
	f.Add("a\"\\\x00\xff", "\u2028</script>\xed\xa0\x80", "code", "\xff", `["x"]`, "min", uint8(1), 599)
	f.Add("C", "", "\xff", "", "$", "", uint8(7), 200)
	f.Add("C", "{path}", "\xfe", "{more}", "{message}", "required", uint8(255), 404)
	f.Fuzz(func(t *testing.T, code, message, key, value, path, rule string, odd uint8, status int) {
		e := &apierr.Error{Code: code, ID: int(odd), Status: status, Message: message}
		if code == "" || status < 200 || status > 599 || status == 204 || status == 205 || status == 304 || len(code)+len(message) > 32<<10 {
			t.Skip() // answered as another error
		}
		v := apierr.Violation{Path: path, Rule: rule, Message: value}
		e = e.With(key, oddValue(odd, value)).With("\xff", value).With(path, odd)
		switch odd % 3 {
		case 1:
			e = e.WithViolations(v)
		case 2:
			e = e.WithViolations(v, apierr.Violation{Path: key, Rule: value, Message: rule}, v)
		}
		for _, form := range forms {
			w := contracttest.Answer(t, apierr.Contract{Format: form.f}, e)
			require.Equal(t, status, w.Code)
			require.True(t, utf8.Valid(w.Body.Bytes()))
			got := decode(t, w.Body.String()) // strict
			if inner, ok := got["error"].(map[string]any); ok {
				got = inner
			}
			require.Equal(t, sent(code), first(got, "code", "error_code"), form.name)
			shown := first(got, "message", "error_message", "detail")
			switch {
			case len(e.Violations) > 0 && showsViolation[form.name]:
				require.Equal(t, sent(violationText(form.name, e.Violations)), shown, form.name)
			case message != "":
				require.Equal(t, sent(message), shown, form.name)
			default:
				require.NotEmpty(t, shown, form.name)
			}
		}
	})
}

// sent is s as JSON carries it: bytes that are no UTF-8 are U+FFFD.
func sent(s string) string { return string([]rune(s)) }

func first(object map[string]any, names ...string) any {
	for _, name := range names {
		if v, ok := object[name]; ok {
			return v
		}
	}
	return nil
}

// showsViolation names the forms whose message is the first violation's.
var showsViolation = map[string]bool{"envelope-first": true, "envelope-ids": true, "envelope-flat": true}

func violationText(form string, all []apierr.Violation) string {
	v := all[0]
	if v.Path == "$" {
		v.Path = "body"
	}
	if form == "envelope-first" {
		if v.Rule == "required" {
			return v.Path + " is required"
		}
		return v.Path + ": " + v.Message
	}
	if n := len(all) - 1; n > 0 && all[n].Rule == "more" {
		return v.Path + ": " + v.Message + " (and more)"
	} else if n > 0 {
		return fmt.Sprintf("%s: %s (and %d more)", v.Path, v.Message, n)
	}
	return v.Path + ": " + v.Message
}

// oddValue is one of the things that handlers put into details.
func oddValue(kind uint8, s string) any {
	switch kind % 11 {
	case 0:
		return s
	case 1:
		return math.NaN()
	case 2:
		return make(chan int)
	case 3:
		return failing{}
	case 4:
		return exploding{}
	case 5:
		return map[string]any{s: s, s + "\xff": s}
	case 6:
		return []byte(s)
	case 7:
		return struct{ A, B any }{s, nil}
	case 8:
		return lying{}
	case 9:
		return map[[2]int]string{{1, 2}: s}
	}
	return base64.StdEncoding // a struct of nothing exported
}
