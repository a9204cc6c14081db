package apierr_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
)

var (
	missing = &apierr.Error{Code: "MISSING", ID: 1, Status: 404, Message: "It is not there"}
	invalid = &apierr.Error{Code: "INVALID", ID: 2, Status: 400, Message: "It is not valid"}
	broken  = &apierr.Error{Code: "BROKEN", ID: 3, Status: 500, Message: "It broke"}
)

type (
	mappings = map[*apierr.Error]apierr.Mapping
	statuses = map[int]apierr.Mapping
	errs     = []*apierr.Error
)

// odd is a format with nothing right about it.
type odd struct{ apierr.Envelope }

func (odd) Name() string        { return "" }
func (odd) ContentType() string { return "any/*" }

func TestCheck(t *testing.T) {
	itself := []apierr.Member{{Name: "a"}}
	itself[0].Members = itself
	header := func(name, value string) apierr.Contract {
		return apierr.Contract{Errors: errs{{Code: "A", Status: 400, Header: http.Header{name: {"fine", value}}}}}
	}
	members := func(m ...apierr.Member) apierr.Contract { return apierr.Contract{Format: apierr.Envelope{Members: m}} }
	code := apierr.Member{Name: "code", From: apierr.FromCode}
	const needsOne = " needs exactly one of From, Detail, Text, Members, Array, Each and JSON"
	translated := func(language, code, text string) apierr.Contract {
		return apierr.Contract{
			Errors:       errs{missing, {Code: "FILLED", Status: 400, Message: "There is no {id}, {id}"}},
			Translations: map[string]map[string]string{language: {code: text}},
		}
	}
	for _, test := range []struct {
		c    apierr.Contract
		want string // each line a fault; empty: none
	}{
		{apierr.Contract{}, ""},
		{apierr.Standard, ""},
		{apierr.Contract{Errors: errs{missing, invalid, broken}, Mappings: mappings{apierr.BadRequest: {Error: invalid}, apierr.Internal: {Error: broken}}, Closed: true}, ""},
		{apierr.Contract{RequestIDHeader: apierr.NoHeader, CorrelationIDHeader: apierr.NoHeader}, ""},
		{apierr.Contract{Errors: errs{{Code: "A", Status: 200}, {Code: "B", Status: 599}}}, ""},

		// the durations
		{apierr.Contract{RetryAfter: -1}, "RetryAfter is negative: -1ns"},
		{apierr.Contract{RetryAfterUnavailable: -time.Minute}, "RetryAfterUnavailable is negative: -1m0s"},

		// the errors
		{apierr.Contract{Errors: errs{nil}}, "error 0 is nil"},
		{apierr.Contract{Errors: errs{{Status: 400}}}, "error 0 has no code"},
		{apierr.Contract{Errors: errs{missing.With("a", 1)}}, "MISSING: a copy is declared, not the error itself"},
		{apierr.Contract{Errors: errs{missing, {Code: "MISSING", Status: 400}}}, "MISSING: the code is declared twice"},
		{apierr.Contract{Errors: errs{missing, {Code: "A", ID: 1, Status: 400}}}, "A: the id 1 is that of MISSING"},
		{apierr.Contract{Errors: errs{{Code: "A"}}}, "A: no status"},
		{apierr.Contract{Errors: errs{{Code: "A", Status: 199}}}, "A: no answer can have the status 199"},
		{apierr.Contract{Errors: errs{{Code: "A", Status: 600}}}, "A: no answer can have the status 600"},
		{apierr.Contract{Errors: errs{{Code: "A", Status: 304}}}, "A: no answer can have the status 304"},

		// the mappings
		{apierr.Contract{Mappings: mappings{apierr.NotFound: {Error: missing}}}, "RESOURCE_NOT_FOUND: the mapped error MISSING is not declared"},
		{apierr.Contract{Mappings: mappings{apierr.NotFound: {Required: missing}}}, "RESOURCE_NOT_FOUND: the mapped error MISSING is not declared"},
		{apierr.Contract{Mappings: mappings{apierr.NotFound: {Status: 700}}}, "RESOURCE_NOT_FOUND: no answer can have the status 700"},
		{apierr.Contract{Mappings: mappings{nil: {}}}, "a mapping for nil"},
		{apierr.Contract{Errors: errs{missing}, Mappings: mappings{apierr.NotFound.With("a", 1): {Error: missing}}},
			"RESOURCE_NOT_FOUND: a mapping for a copy, not for the error itself"},
		{apierr.Contract{StatusMappings: statuses{399: {Error: missing}}, Errors: errs{missing}}, "status 399: only 400 to 599 are failures"},
		{apierr.Contract{StatusMappings: statuses{404: {}}}, "status 404: it names no error"},
		{apierr.Contract{StatusMappings: statuses{404: {Error: missing}}}, "status 404: the mapped error MISSING is not declared"},
		{apierr.Contract{Closed: true}, "the contract is closed and does not map BAD_REQUEST, into which other errors fold\nthe contract is closed and does not map INTERNAL_SERVER_ERROR, into which other errors fold"},
		{apierr.Contract{Closed: true, Errors: errs{broken}, Mappings: mappings{apierr.BadRequest: {Error: broken}, apierr.Internal: {Error: broken}, apierr.NotFound: {Status: 404}}},
			"RESOURCE_NOT_FOUND: the mapping of a closed contract names no error"},

		// the headers
		{apierr.Contract{RequestIDHeader: "X Id"}, `"X Id" is no header name`},
		{apierr.Contract{RequestIDHeader: "content-length"}, "the header Content-Length cannot carry an ID: it has another meaning"},
		{apierr.Contract{RequestIDHeader: "ETag"}, "the header Etag cannot carry an ID: it has another meaning"},
		{apierr.Contract{CorrelationIDHeader: "Vary"}, "the header Vary cannot carry an ID: it has another meaning"},
		{apierr.Contract{RequestIDHeader: "x-id", CorrelationIDHeader: "X-ID"}, "both IDs have the header X-Id"},
		{apierr.Contract{Challenge: "Bearer\r\nX: y"}, `the challenge "Bearer\r\nX: y" is no header value`},
		{apierr.Contract{Challenge: " "}, `the challenge " " is no header value`},
		{header("X-Queue", "7"), ""},
		{header("X Queue", "7"), `A: "X Queue" is no header name`},
		{header("X-Queue", "7\r\nX: y"), `A: "7\r\nX: y" is no value for the header X-Queue`},

		// the forms
		{apierr.Contract{Alternative: apierr.Problem{}}, ""},
		{members(itself...), "the envelope: members in members are more than 10 deep"},
		{apierr.Contract{Alternative: inError(withList)}, "the alternative has the content type of the format, application/json"},
		{apierr.Contract{Format: odd{}}, "the format apierr_test.odd has no name\nthe format : \"any/*\" is no content type"},

		{apierr.Contract{Format: &apierr.Envelope{}}, "the format envelope is a *apierr.Envelope: use the value"},
		{apierr.Contract{Alternative: &apierr.Problem{}}, "the format problem is a *apierr.Problem: use the value"},

		// envelopes: a body needs neither code nor message
		{members(apierr.Member{Name: "ok", JSON: "false"}), ""},
		{members(apierr.Member{Name: "status", From: apierr.FromStatus}), ""},
		{members(apierr.Member{Name: "errors", From: apierr.FromMessages}, apierr.Member{Name: "errors", From: apierr.FromMessage}), ""},
		{members(apierr.Member{Name: "errors", From: apierr.FromMessages}), "the envelope: an error may have no body but {}: no member is always there"},
		{members(apierr.Member{From: apierr.FromDetails}), "the envelope: an error may have no body but {}: no member is always there"},
		{members(apierr.Member{Name: "a", Members: []apierr.Member{{Name: "b", JSON: "1"}, {Name: "c", From: apierr.FromID}}}),
			"the envelope: an error may have no body but {}: no member is always there"},
		{members(code, apierr.Member{From: apierr.FromDetails}), ""},
		{members(code, apierr.Member{From: apierr.FromMessages}), ""},
		{members(code, apierr.Member{From: apierr.FromDetails}, apierr.Member{From: apierr.FromMessages}), "the envelope: a member has no name"},
		{members(code, apierr.Member{From: apierr.FromStatus}), "the envelope: a member has no name"},
		{members(code, apierr.Member{JSON: "1"}), "the envelope: a member has no name"},
		{members(code, apierr.Member{Name: "code", JSON: "1"}), `the envelope: the member "code" is there twice, and the first is always sent`},
		{members(code, apierr.Member{Name: "x\xfe", JSON: "1"}, apierr.Member{Name: "x\xff", JSON: "1"}), "the envelope: the member \"x\\xff\" is there twice, and the first is always sent"},
		{members(code, apierr.Member{Name: "a", From: apierr.FromID}, apierr.Member{Name: "a", From: apierr.FromRequestID}, apierr.Member{Name: "a", JSON: "null"}), ""},
		{members(code, apierr.Member{Name: "a", From: apierr.FromID}, apierr.Member{Name: "a", JSON: "null"}, apierr.Member{Name: "a", From: apierr.FromID}),
			`the envelope: the member "a" is there twice, and the first is always sent`},
		{members(code, apierr.Member{Name: "a"}), `the envelope: the member "a"` + needsOne},
		{members(code, apierr.Member{Name: "a", JSON: "1", From: apierr.FromID}), `the envelope: the member "a"` + needsOne},
		{members(code, apierr.Member{Name: "a", Detail: "b", Text: "{code}"}), `the envelope: the member "a"` + needsOne},
		{members(code, apierr.Member{Name: "a", Members: []apierr.Member{}, Each: []apierr.Member{}}), `the envelope: the member "a"` + needsOne},
		{members(code, apierr.Member{Name: "a", From: "colour"}), `the envelope: the member "a": no source is called "colour"`},
		{members(code, apierr.Member{Name: "a", From: "param"}), `the envelope: the member "a": no source is called "param"`},
		{members(code, apierr.Member{Name: "a", Text: "{colour} {code}"}), `the envelope: the member "a": no source of texts is called "colour"`},
		{members(code, apierr.Member{Name: "a", Text: "{details}"}), `the envelope: the member "a": no source of texts is called "details"`},
		{members(code, apierr.Member{Name: "a", Text: "a { b } {}"}), ""},
		{members(code, apierr.Member{Name: "a", JSON: `{"b":1,"b":2}`}), `the envelope: the member "a": {"b":1,"b":2} is not JSON`},
		{members(code, apierr.Member{Name: "a", JSON: "1 2"}), `the envelope: the member "a": 1 2 is not JSON`},
		{members(code, apierr.Member{Name: "a", Members: []apierr.Member{{Name: "b", JSON: "x"}}}), `the envelope: the member "a": the member "b": x is not JSON`},
		{members(code, apierr.Member{Name: "a", Array: []apierr.Member{{Name: "b", JSON: "1"}}}), `the envelope: the member "a": the element 0 has the name "b": elements have none`},
		{members(code, apierr.Member{Name: "a", Array: []apierr.Member{{JSON: "1"}, {}}}), `the envelope: the member "a": the element 1` + needsOne},
		{members(code, apierr.Member{Name: "a", Each: []apierr.Member{{Name: "b", From: "colour"}}}), `the envelope: the member "a": the member "b": no source is called "colour"`},
		{members(code, apierr.Member{Name: "a", Each: []apierr.Member{{JSON: "x"}}}), `the envelope: the member "a": x is not JSON`},
		{members(code, apierr.Member{Name: "a", Each: []apierr.Member{{Name: "b", From: apierr.FromMessages}}}),
			`the envelope: the member "a": the member "b": it is about all violations, inside Each`},
		{members(code, apierr.Member{Name: "a", Each: []apierr.Member{{Name: "b", Each: []apierr.Member{{From: apierr.FromPath}}}}}),
			`the envelope: the member "a": the member "b": it is about all violations, inside Each`},

		// URI references
		{apierr.Contract{Format: apierr.Problem{Types: "https://x.example/\n"}}, `the problem details: "https://x.example/\n" does not begin a URI reference`},
		{apierr.Contract{Format: apierr.Problem{Types: "not a URI"}}, `the problem details: "not a URI" does not begin a URI reference`},
		{apierr.Contract{Alternative: apierr.Problem{Types: "https://x.example/é/"}}, `the problem details: "https://x.example/é/" does not begin a URI reference`},
		{apierr.Contract{Format: apierr.Problem{Types: "urn:problem:"}}, ""},
		{apierr.Contract{Format: apierr.Problem{Types: "/problems/"}}, ""},
		{apierr.Contract{DocURL: "https://x.example/errors/"}, ""},
		{apierr.Contract{DocURL: "https://x.example/errors#"}, ""},
		{apierr.Contract{DocURL: "https://[::1]:80/errors?code={code}&id={id}"}, ""},
		{apierr.Contract{DocURL: "errors/%7E"}, ""},
		{apierr.Contract{DocURL: "https://x.example/{colour}"}, `the DocURL "https://x.example/{colour}" is no URI reference`},
		{apierr.Contract{DocURL: "https://x.example/a b"}, `the DocURL "https://x.example/a b" is no URI reference`},
		{apierr.Contract{DocURL: "https://x.example/%zz"}, `the DocURL "https://x.example/%zz" is no URI reference`},
		{apierr.Contract{DocURL: "https://x.example/?%z"}, `the DocURL "https://x.example/?%z" is no URI reference`},
		{apierr.Contract{DocURL: "https://x.example/[a]"}, `the DocURL "https://x.example/[a]" is no URI reference`},
		{apierr.Contract{DocURL: "https://[::1]/]"}, `the DocURL "https://[::1]/]" is no URI reference`},
		{apierr.Contract{DocURL: "https://x.example/#a#"}, `the DocURL "https://x.example/#a#" is no URI reference`},
		{apierr.Contract{DocURL: ":x"}, `the DocURL ":x" is no URI reference`},
		{apierr.Contract{DocURL: "https://x.example/\"<>"}, `the DocURL "https://x.example/\"<>" is no URI reference`},

		// languages
		{translated("de", "MISSING", "Fehlt"), ""},
		{translated("de", "RESOURCE_NOT_FOUND", "Fehlt"), ""},
		{translated("zh-Hant-TW", "MISSING", "無"), ""},
		{translated("xx-nonsense-subtag", "MISSING", "Fehlt"), `"xx-nonsense-subtag" is no language tag`},
		{translated("deutsch!", "MISSING", "Fehlt"), `"deutsch!" is no language tag`},
		{translated("de_AT", "MISSING", "Fehlt"), `"de_AT" is no language tag`},
		{translated("", "MISSING", "Fehlt"), `"" is no language tag`},
		{translated("*", "MISSING", "Fehlt"), `"*" is no language tag`},
		{translated("EN", "MISSING", "Missing"), `the languages "en" and "EN" are the same`},
		{translated("de", "MISSNIG", "Fehlt"), `the translation "de" of "MISSNIG": no error has this code`},
		{translated("de", "MISSING", ""), `the translation "de" of "MISSING" is empty`},
		{translated("de", "MISSING", "{id} fehlt"), `the translation "de" of "MISSING" has the placeholders ["id"], and the original []`},
		{translated("de", "FILLED", "{nr} fehlt, {id} { }"), `the translation "de" of "FILLED" has the placeholders ["id" "nr"], and the original ["id"]`},
		{translated("de", "FILLED", "Fehlt"), `the translation "de" of "FILLED" has the placeholders [], and the original ["id"]`},
		{translated("de", "FILLED", "{id} fehlt, {id}"), ""},
		{translated("de", " (and {n} more)", " (und {n} weitere)"), ""},
		{translated("de", " (and {n} more)", " (und weitere)"), `the translation "de" of " (and {n} more)" has the placeholders [], and the original ["n"]`},
		{translated("de", "{path}: {message}{more}", "x"), `the translation "de" of "{path}: {message}{more}": no error has this code`}, // the contract has no such text
		{apierr.Contract{Language: "deutsch!"}, `"deutsch!" is no language tag`},
	} {
		test.c.Name = "c"
		err := test.c.Check()
		_, compileErr := test.c.Compile()
		if test.want == "" {
			require.NoError(t, err)
			require.NoError(t, compileErr)
			continue
		}
		require.EqualError(t, err, `apierr: contract "c": `+test.want)
		require.Equal(t, err, compileErr)
	}
}

// Uncovered lists what a closed contract folds; an open one folds nothing.
func TestUncovered(t *testing.T) {
	some := contract(closed)
	require.Nil(t, contract().Uncovered())
	require.Contains(t, some.Uncovered(), apierr.Forbidden, "neither declared nor mapped")
	require.NotContains(t, some.Uncovered(), apierr.NotFound, "mapped")
	require.NoError(t, some.Check(), "it is no fault")
	standard := apierr.Standard
	standard.Closed = true
	require.Empty(t, standard.Uncovered(), "declared")
}

func TestCheckReportsEveryFaultAtOnce(t *testing.T) {
	err := apierr.Contract{
		Errors:    errs{{Code: "A"}, {Code: "A", Status: 99}},
		Mappings:  mappings{apierr.NotFound: {Error: missing}, apierr.Forbidden: {Error: broken}},
		Challenge: "\n",
		Closed:    true,
	}.Check()
	require.Len(t, strings.Split(err.Error(), "\n"), 8, "%v", err)
}
