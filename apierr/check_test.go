package apierr_test

import (
	"net/http"
	"strings"
	"testing"

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
	members := func(m ...apierr.Member) apierr.Contract {
		return apierr.Contract{Format: apierr.Envelope{Members: append([]apierr.Member{
			{Name: "code", From: apierr.FromCode}, {Name: "message", From: apierr.FromMessage},
		}, m...)}}
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
		{apierr.Contract{Format: apierr.Problem{Types: "https://x.example/\n"}}, `the problem details: "https://x.example/\n" begins no URI`},
		{members(itself...), "the envelope: members in members are more than 10 deep"},
		{apierr.Contract{Alternative: apierr.Envelope{Details: apierr.DetailsList}}, "the alternative has the content type of the format, application/json"},
		{apierr.Contract{Format: odd{}}, "the format apierr_test.odd has no name\nthe format : \"any/*\" is no content type"},
		{apierr.Contract{Format: apierr.Envelope{Details: "tree"}}, `the envelope: there are no details of the form "tree"`},
		{apierr.Contract{Format: apierr.Envelope{Members: []apierr.Member{{Name: "ok", JSON: "false"}}}},
			"the envelope: no member has the code\nthe envelope: no member has the message"},
		{members(), ""},
		{members(apierr.Member{Name: "code", JSON: "1"}), `the envelope: the member "code" is there twice`},
		{members(apierr.Member{Name: "a"}), `the envelope: the member "a" needs one of From, Members and JSON`},
		{members(apierr.Member{Name: "a", JSON: "1", From: apierr.FromID}), `the envelope: the member "a" needs one of From, Members and JSON`},
		{members(apierr.Member{Name: "a", From: "colour"}), `the envelope: the member "a": nothing is called "colour"`},
		{members(apierr.Member{Name: "a", JSON: `{"b":1,"b":2}`}), `the envelope: the member "a": {"b":1,"b":2} is not JSON`},
		{members(apierr.Member{Name: "a", Members: []apierr.Member{{Name: "b", JSON: "x"}}}),
			`the envelope: the member "a": the member "b": x is not JSON`},
	} {
		test.c.Name = "c"
		err := test.c.Check()
		_, promiseErr := test.c.Compile()
		if test.want == "" {
			require.NoError(t, err)
			require.NoError(t, promiseErr)
			continue
		}
		require.EqualError(t, err, `apierr: contract "c": `+test.want)
		require.Equal(t, err, promiseErr)
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
