package jsonprefix_test

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/internal/jsonprefix"
)

func is(parts ...string) jsonprefix.Is {
	var s jsonprefix.Scanner
	for _, p := range parts {
		s.Write([]byte(p))
	}
	return s.Is()
}

func TestScanner(t *testing.T) {
	for text, want := range map[string]jsonprefix.Is{
		"": jsonprefix.Empty, " \r\n\t": jsonprefix.Empty,

		"{": jsonprefix.Incomplete, ` [1,`: jsonprefix.Incomplete, `{"a":{"b":[]}`: jsonprefix.Incomplete,
		`"a`: jsonprefix.Incomplete, `"a\"`: jsonprefix.Incomplete, `{"}`: jsonprefix.Incomplete, `["\\\"]`: jsonprefix.Incomplete,
		"t": jsonprefix.Incomplete, "fals": jsonprefix.Incomplete, "nul": jsonprefix.Incomplete,
		"-": jsonprefix.Incomplete, "1.": jsonprefix.Incomplete, "1e+": jsonprefix.Incomplete,

		"{}": jsonprefix.Other, `{"a":"}"} `: jsonprefix.Other, "[[]]{": jsonprefix.Other, `""`: jsonprefix.Other, `"\\"`: jsonprefix.Other,
		"true": jsonprefix.Other, "null {": jsonprefix.Other, "12": jsonprefix.Other, "-1.5e3 ": jsonprefix.Other,
		"x": jsonprefix.Other, "a=b": jsonprefix.Other, "tx": jsonprefix.Other, "--boundary\r\n": jsonprefix.Other,
		"\xef\xbb\xbf{": jsonprefix.Other, "\x00": jsonprefix.Other, "<a>": jsonprefix.Other, strings.Repeat("-", 1000): jsonprefix.Other,
	} {
		require.Equal(t, want, is(text), "%q", text)
		require.Equal(t, want, is(strings.Split(text, "")...), "%q, byte by byte", text)
	}
}

// A document that json calls incomplete is Incomplete at every cut, and one that
// it decodes is not.
func FuzzScanner(f *testing.F) {
	for _, s := range []string{`{"a":[1,"\u0041\"",true,null,-1.5e3]}`, ` "x" `, `12 `, `[[]`, `nul`} {
		f.Add([]byte(s), uint8(3))
	}
	f.Fuzz(func(t *testing.T, b []byte, cut uint8) {
		at := min(int(cut), len(b))
		got := is(string(b[:at]), string(b[at:]))
		var v json.RawMessage
		switch err := json.NewDecoder(strings.NewReader(string(b))).Decode(&v); {
		case err == nil:
			require.Equal(t, jsonprefix.Other, got)
		case err == io.EOF:
			require.Equal(t, jsonprefix.Empty, got)
		case errors.Is(err, io.ErrUnexpectedEOF) && len(b) < 50:
			require.Equal(t, jsonprefix.Incomplete, got)
		}
	})
}

// Nothing is kept but a word.
func TestScanner_Allocations(t *testing.T) {
	body := []byte(`{"items":[` + strings.Repeat(`{"a":"b\"c"},`, 1000) + `{}]}`)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		var s jsonprefix.Scanner
		s.Write(body)
	}))
}

func BenchmarkScanner(b *testing.B) {
	body := []byte(`{"items":[` + strings.Repeat(`{"name":"a name","count":12},`, 1000) + `{}]}`)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var s jsonprefix.Scanner
		s.Write(body)
	}
}
