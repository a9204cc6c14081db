package reference_test

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/apierr/internal/contracttest"
	"github.com/failwell/failwell/apierr/reference"
	"github.com/failwell/failwell/internal/hostile"
)

// The errors of typed, one for each way of describing details.
var (
	tDeclined = &apierr.Error{Code: "DECLINED", ID: 7, Status: 402, Message: "The card is declined"}
	tBoth     = &apierr.Error{Code: "BOTH", Status: 409}
	tEither   = &apierr.Error{Code: "EITHER", Status: 409}
	tNone     = &apierr.Error{Code: "NONE", Status: 404}
	tPlain    = &apierr.Error{Code: "PLAIN", Status: 404}
	tMixed    = &apierr.Error{Code: "MIXED", Status: 409}
	tInvalid  = &apierr.Error{Code: "INVALID", Status: 400}
	tBroken   = &apierr.Error{Code: "BROKEN", Status: 500}
	tNumber   = &apierr.Error{Code: "404", Status: 404} // a word that looks like a number
)

// typed is a contract of which testdata/typescript/types.ts knows the types.
func typed(f apierr.Format, closed bool) apierr.Contract {
	c := apierr.Contract{
		Name: "typed", Format: f, Closed: closed,
		Errors: []*apierr.Error{tDeclined, tBoth, tEither, tNone, tPlain, tMixed, tInvalid, tBroken, tNumber},
		DetailsSchemas: map[*apierr.Error]string{
			tDeclined: `{"type":"object","properties":{
				"reason":{"enum":["funds","expired",7,null]}, "retry":{"type":"boolean"}, "limit":{"type":["integer","null"]},
				"tags":{"type":"array","items":{"type":"string"}}, "at":{"const":"now"},
				"counts":{"type":"object","additionalProperties":{"type":"number"}},
				"either":{"anyOf":[{"type":"string"},{"type":"integer"}]},
				"pair":{"type":"array","prefixItems":[{"type":"string"},{"type":"number"}],"items":false,"minItems":2},
				"list":{"type":"array","prefixItems":[{"type":"string"},{"type":"boolean"}],"items":{"type":"number"},"minItems":1},
				"tree":{"$ref":"#/$defs/node"}, "odd-name":{"$ref":"#/$defs/text%20of"}, "anything":{}, "never":{"not":{},"type":[]}
			},"required":["reason","tags","unlisted"],
			"$defs":{"node":{"type":"object","properties":{"value":{"type":"string"},"next":{"$ref":"#/$defs/node"}},"required":["value"]},"text of":{"type":"string"}}}`,
			tBoth:   `{"allOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"type":"object","properties":{"b":{"type":"number"}},"required":["b"]}]}`,
			tEither: `{"oneOf":[{"properties":{"kind":{"const":"card"},"last4":{"type":"string"}},"required":["kind","last4"]},{"properties":{"kind":{"const":"bank"},"iban":{"type":"string"}},"required":["kind","iban"]}]}`,
			tNone:   `{"type":"object","additionalProperties":false}`,
			tMixed:  `{"type":"object","properties":{"known":{"type":"boolean"}},"additionalProperties":{"type":"string"}}`,
		},
		Mappings: map[*apierr.Error]apierr.Mapping{},
	}
	for _, e := range apierr.Standard.Errors {
		c.Mappings[e] = apierr.Mapping{Error: tBroken}
		if e.Status < 500 {
			c.Mappings[e] = apierr.Mapping{Error: tInvalid, Status: e.Status}
		}
	}
	return c
}

// nested is the plain envelope with the number of the code and the IDs.
var nested = apierr.Envelope{Members: []apierr.Member{{Name: "error", Members: []apierr.Member{
	{Name: "code", From: apierr.FromCode}, {Name: "id", From: apierr.FromID}, {Name: "message", From: apierr.FromMessage},
	{Name: "details", From: apierr.FromDetails}, {Name: "request_id", From: apierr.FromRequestID}, {Name: "correlation_id", From: apierr.FromCorrelationID},
}}}}

// withFormat returns the contract of the shop with an envelope of these members.
func withFormat(members ...apierr.Member) apierr.Contract {
	return shop(apierr.Envelope{Members: members})
}

func named(name string, m apierr.Member) apierr.Member { m.Name = name; return m }

// modules are the contracts whose TypeScript is compiled and run, by file name.
// Under -short they are those that types.ts imports, and a hostile one.
var modules = sync.OnceValue(func() map[string]apierr.Contract {
	all := allModules()
	short := []string{"typed", "typed_closed", "typed_problem", "empty", "chatbase", "polyai", "avatarium", "hostile"}
	maps.DeleteFunc(all, func(name string, _ apierr.Contract) bool { return testing.Short() && !slices.Contains(short, name) })
	return all
})

func allModules() map[string]apierr.Contract {
	code, message, details := apierr.Member{Name: "code", From: apierr.FromCode}, apierr.Member{Name: "message", From: apierr.FromMessage}, apierr.Member{Name: "details", From: apierr.FromDetails}
	reserved := shop(apierr.Problem{})
	reserved.DetailsSchemas = map[*apierr.Error]string{declined: `{"type":"object","properties":{"status":{"type":"string"},"code":{"type":"integer"},"reason":{"type":"string"}}}`}
	reserved.Alternative = apierr.Envelope{}
	ids := shop(apierr.Envelope{Members: []apierr.Member{{Name: "code", From: apierr.FromID}, message, {Name: "more_info", Text: "https://x.example/errors/{id}"}}})
	ids.Errors = []*apierr.Error{{Code: "ONE", ID: 1, Status: 400}, {Code: "TWO", ID: 2, Status: 404}, {Code: "NONE", Status: 409}}
	ids.Mappings, ids.DetailsSchemas = nil, nil
	noIDs := shop(nil)
	noIDs.RequestIDHeader, noIDs.CorrelationIDHeader = apierr.NoHeader, apierr.NoHeader
	return map[string]apierr.Contract{
		"chatbase": chatbase.Contract, "polyai": polyai.Contract, "avatarium": avatarium.Contract,
		"chatbase_closed": chatbase.Closed, "polyai_closed": polyai.Closed, "avatarium_closed": avatarium.Closed,
		"standard": apierr.Standard, "problem": problem, "empty": {}, "no_ids": noIDs,
		"typed": typed(nested, false), "typed_closed": typed(nested, true), "typed_problem": typed(apierr.Problem{}, false),
		"flat":          withFormat(named("ok", apierr.Member{JSON: "false"}), code, message, details),
		"spread":        withFormat(code, message, apierr.Member{From: apierr.FromDetails}),
		"spread_in":     withFormat(apierr.Member{Name: "error", Members: []apierr.Member{code, message, {From: apierr.FromDetails}}}),
		"picked":        withFormat(code, message, named("why", apierr.Member{Detail: "reason"})),
		"choice":        withFormat(code, named("details", apierr.Member{Members: []apierr.Member{{Name: "field", From: apierr.FromPath}}}), details),
		"messages":      withFormat(code, message, named("errors", apierr.Member{From: apierr.FromMessages})),
		"each":          withFormat(code, named("errors", apierr.Member{Each: []apierr.Member{{Name: "at", From: apierr.FromLocation}, message, {Name: "rule", From: apierr.FromRule}}})),
		"texts":         withFormat(code, named("errors", apierr.Member{Each: []apierr.Member{{Text: "{path}: {message}"}}}), named("url", apierr.Member{Text: "/e/{code}"})),
		"array":         withFormat(named("error", apierr.Member{Members: []apierr.Member{message, named("info", apierr.Member{Array: []apierr.Member{{JSON: `"x"`}, {Members: []apierr.Member{code}}, {Members: []apierr.Member{details}}}})}})),
		"no_code":       withFormat(message, details),
		"no_message":    withFormat(code),
		"by_id":         ids,
		"reserved":      reserved,
		"own":           shop(custom{}),
		"own_json":      shop(tuples{}),
		"unusual":       unusual(),
		"hostile":       breakoutContract(breakouts),
		"hostile_names": breakoutContract(hostile.Texts()),
	}
}

// unusual has schemas that types cannot express, that contain themselves, or
// that are large.
func unusual() apierr.Contract {
	c := apierr.Contract{DetailsSchemas: map[*apierr.Error]string{}}
	for _, schema := range []string{
		`{}`, `{"type":"object"}`, `{"type":["object"]}`, `{"$ref":"#"}`, `{"properties":{"a":{"$ref":"#"}}}`,
		`{"anyOf":[{"$ref":"#/$defs/a"},{"type":"object"}],"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"}]},"b":{"anyOf":[{"$ref":"#/$defs/a"}]}}}`,
		`{"properties":{"a":{"$ref":"#/$defs/a"}},"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}`,
		`{"properties":{"a":{"$ref":"#/properties/b"},"b":{"type":"array","items":{"$ref":"#/properties/a"}}}}`,
		`{"properties":{"a":{"$ref":"#named"}},"$defs":{"x":{"$anchor":"named","type":"integer"}}}`,
		`{"$id":"https://x.example/s","properties":{"a":{"$ref":"https://x.example/s#/$defs/t"}},"$defs":{"t":{"type":"string"}}}`,
		`{"if":{"required":["a"]},"then":{"required":["b"]},"not":{"required":["c"]},"minProperties":1}`,
		`{"patternProperties":{"^x":{"type":"string"}},"properties":{"a":{"type":"integer"}}}`,
		`{"properties":{"a":false,"b":true},"required":["a","b"],"additionalProperties":false}`,
		`{"required":["a","b"]}`, `{"enum":[{"a":1,"__proto__":[true,null]},{"b":{"c":"d"}}]}`, `{"const":{"a":-1.5e300}}`,
		`{"properties":{"a":{"enum":[]}},"additionalProperties":{"type":"object","properties":{"z":{"type":"null"}},"required":["z"]}}`,
		`{"properties":{"a":{"type":"string","description":"x"},"b":{"type":"array","contains":{"type":"string"}}},"additionalProperties":{"type":"boolean"}}`,
		`{"properties":{"__proto__":{"type":"string"},"constructor":{"type":"integer"},"0":{},"1e3":{},"":{},"a b":{},"class":{},"é":{}}}`,
		`{"properties":{"a":{"type":"array","prefixItems":[],"items":false},"b":{"type":"array","prefixItems":[{"type":"string"}],"maxItems":1}}}`,
		`{"properties":` + strings.Repeat(`{"a":{"properties":`, 60) + `{}` + strings.Repeat(`}}`, 60) + `}`,
		`{"anyOf":[` + strings.Repeat(`{"type":"object"},`, 500) + `{"type":"null"}]}`,
		exponential(30),
	} {
		e := &apierr.Error{Code: "S" + schema[:min(len(schema), 60)], Status: 400}
		c.Errors = append(c.Errors, e)
		c.DetailsSchemas[e] = schema
	}
	return c
}

// exponential is a schema of n definitions, each of which has the next twice.
func exponential(n int) string {
	var b strings.Builder
	b.WriteString(`{"$ref":"#/$defs/d0","$defs":{`)
	for i := range n {
		s := strings.NewReplacer("A", string(rune('0'+i/10)), "B", string(rune('0'+i%10)), "C", string(rune('0'+(i+1)/10)), "D", string(rune('0'+(i+1)%10)))
		name := "AB"
		if i == 0 {
			name = "0"
		}
		b.WriteString(s.Replace(`"d` + name + `":{"anyOf":[{"$ref":"#/$defs/dCD"},{"$ref":"#/$defs/dCD"}]},`))
	}
	b.WriteString(strings.NewReplacer("A", string(rune('0'+n/10)), "B", string(rune('0'+n%10))).Replace(`"dAB":{"type":"object"}}}`))
	return b.String()
}

// tuples is a format of the program's own that has the error in an array.
type tuples struct{}

func (tuples) Name() string        { return "tuples" }
func (tuples) ContentType() string { return "application/json" }
func (tuples) Append(dst []byte, e *apierr.Error, info apierr.Info) ([]byte, error) {
	return apierr.Envelope{Members: []apierr.Member{{Name: "errors", Array: []apierr.Member{
		{JSON: "1"}, {Members: []apierr.Member{
			{Name: "kind", From: apierr.FromCode}, {Name: "text", From: apierr.FromMessage}, {Name: "data", From: apierr.FromDetails}, {Name: "ref", From: apierr.FromRequestID},
		}},
	}}}}.Append(dst, e, info)
}

// breakouts are texts that try to leave a string, a comment or a type of
// TypeScript, and to run.
var breakouts = []string{
	"*/ globalThis.pwned = 1; /*", "*/globalThis.pwned=1/*", `"; globalThis.pwned = 1; "`, `\"; globalThis.pwned = 1; //`, "'; globalThis.pwned = 1; '",
	"`; globalThis.pwned = 1; `", "${globalThis.pwned = 1}", "a\nglobalThis.pwned = 1", "a\r\nglobalThis.pwned = 1", "a\u2028globalThis.pwned = 1", "a\u2029globalThis.pwned = 1",
	"a\u0085globalThis.pwned = 1", "\x00", "\\", `\u0022; globalThis.pwned = 1; //`, "*/", "/*", "//", "**/", "*", "/", "@ts-ignore", "@ts-nocheck", "@ts-expect-error", "@deprecated", "\n@deprecated",
	"{@link x}", "@jsx h", "#!/bin/sh", "///<reference path='x'/>", "//# sourceMappingURL=x", "</script>", "<!--", "-->", "]]>", "__proto__", "constructor", "toString", "hasOwnProperty",
	"class", "default", "never", "any", "0", "1e3", "-1", "NaN", "[x: string]", "a?: any", "readonly a", "}", "{", ">", "C", "ErrorCode", "\u202eabc", "\ufeff", "\xff", "\xfe\xff", "é", "😀", "\ud7ff", " ", "\t", "%s", "%!d(MISSING)",
}

// breakoutContract has the texts in every place that a contract has for one.
func breakoutContract(texts []string) apierr.Contract {
	c := apierr.Contract{Name: texts[0], Title: texts[1], Version: texts[2], Deprecated: map[*apierr.Error]string{}, DetailsSchemas: map[*apierr.Error]string{}}
	members := []apierr.Member{
		{Name: "code", From: apierr.FromCode, Doc: texts[3]}, {Name: "message", From: apierr.FromMessage}, {Name: "details", From: apierr.FromDetails},
	}
	for i, s := range texts {
		e := &apierr.Error{Code: s, Status: 400, Message: s, Doc: s + "\n\n" + s}
		c.Errors = append(c.Errors, e)
		c.Deprecated[e] = s
		quoted := asJSON(s)
		valid := strings.ToValidUTF8(s, "\uFFFD")
		ref := asJSON("#/$defs/" + url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(valid)))
		c.DetailsSchemas[e] = `{"type":"object","description":` + quoted + `,"properties":{` + quoted + `:{"enum":[` + quoted + `],"description":` + quoted + `},` +
			`"ref":{"$ref":` + ref + `}},"$defs":{` + asJSON(valid) + `:{"const":` + quoted + `}}}`
		members = append(members, apierr.Member{Name: strings.Repeat("m", i) + s, Doc: s, JSON: asJSON("constant " + s)}, apierr.Member{Name: strings.Repeat("d", i+1) + s, Detail: s})
	}
	c.Format = apierr.Envelope{Members: []apierr.Member{{Name: texts[0], Members: members}}}
	return c
}

// asJSON returns s as a string of JSON.
func asJSON(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func TestTypeScript_Golden(t *testing.T) {
	for _, name := range []string{"chatbase", "avatarium", "typed_closed", "typed_problem"} {
		b, err := reference.TypeScript(modules()[name])
		require.NoError(t, err)
		own, shared, found := strings.Cut(string(b), "/** A failed request with the body of a declared code. */\n")
		require.True(t, found)
		_, tables, found := strings.Cut(shared, "\nconst open")
		require.True(t, found)
		contracttest.Golden(t, name+".ts", own+"// …\nconst open"+tables)
	}
}

// Equal contracts give equal bytes, whatever the order of maps.
func TestTypeScript_Deterministic(t *testing.T) {
	for name, c := range modules() {
		first, err := reference.TypeScript(c)
		require.NoError(t, err, name)
		for range 3 {
			again, err := reference.TypeScript(c)
			require.NoError(t, err, name)
			require.True(t, string(first) == string(again), name)
		}
	}
}

// Faults are those of the contract and of its schemas.
func TestTypeScript_Faults(t *testing.T) {
	for _, test := range []struct {
		c    apierr.Contract
		want string
	}{
		{apierr.Contract{Errors: []*apierr.Error{{Code: "MISSING"}}}, "MISSING: no status"},
		{apierr.Contract{Errors: []*apierr.Error{tPlain}, DetailsSchemas: map[*apierr.Error]string{tPlain: `{"type":7}`}}, "the details schema of PLAIN"},
		{apierr.Contract{Errors: []*apierr.Error{tPlain}, DetailsSchemas: map[*apierr.Error]string{tPlain: `{"$ref":"https://x.example/s"}`}}, "the details schema of PLAIN"},
		{apierr.Contract{Errors: []*apierr.Error{tPlain}, DetailsSchemas: map[*apierr.Error]string{tPlain: `{"$ref":"#/$defs/absent"}`}}, "the details schema of PLAIN"},
	} {
		_, err := reference.TypeScript(test.c)
		require.ErrorContains(t, err, test.want)
	}
}
