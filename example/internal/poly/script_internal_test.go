package poly

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestScript_Run(t *testing.T) {
	arguments := map[string]int64{"a": 7, "b": 2, "zero": 0}
	for _, c := range []struct{ code, result, fault string }{
		{"a + b * 3", "13", ""},
		{"(a + b) * 3", "27", ""},
		{"a / b", "3", ""}, // of integers
		{"a % b", "1", ""},
		{"-a * -b + +1", "15", ""},
		{"0x10 - 1_000", "-984", ""},
		{"9223372036854775807 + a", "9223372036854775814", ""},

		{"a / zero", "", "division by zero"},
		{"a % (b - 2)", "", "division by zero"},
		{"a + c", "", "c has no value"},
		{"^a", "", "there is no ^"},
		{"a << b", "", "there is no <<"},
		{`a + "x"`, "", "is no integer"},
		{"a + 1.5", "", "is no integer"},
		{"a.b", "", "is no arithmetic"},
		{"func() { panic(1) }()", "", "is no arithmetic"},
	} {
		s, err := parseScript(c.code)
		require.NoError(t, err, c.code)
		result, err := s.run(arguments)
		if c.fault != "" {
			require.ErrorContains(t, err, c.fault, c.code)
			continue
		}
		require.NoError(t, err, c.code)
		require.Equal(t, c.result, result, c.code)
	}
}

func TestScript_ParseErrors(t *testing.T) {
	for _, code := range []string{"", "1 +", "a b", ")", "\x00", "'", strings.Repeat("(", 1000)} {
		_, err := parseScript(code)
		require.Error(t, err, code)
	}
}

func TestScript_Check(t *testing.T) {
	for code, fault := range map[string]string{
		"a * (b + 1)": "",
		"a * c":       "c is no parameter",
		"a.b":         "is no arithmetic",
		"a(1)":        "is no arithmetic",
	} {
		s, err := parseScript(code)
		require.NoError(t, err)
		if err := s.check([]string{"a", "b"}); fault == "" {
			require.NoError(t, err, code)
		} else {
			require.ErrorContains(t, err, fault, code)
		}
	}
}

// Whatever passes the check and the parser runs without a panic.
func FuzzScript(f *testing.F) {
	for _, code := range []string{"a + b", "a / 0", "-a", "1 << 9", "a.b", "x[", "1e9", "((a))", "a % -b"} {
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code string) {
		if len(code) > 1000 {
			return
		}
		s, err := parseScript(code)
		if err != nil {
			return
		}
		checked := s.check([]string{"a", "b"})
		result, err := s.run(map[string]int64{"a": 7, "b": 0})
		if err == nil {
			require.NoError(t, checked, "what runs had passed the check")
			require.Regexp(t, `^-?[0-9]+$`, result)
		}
	})
}
