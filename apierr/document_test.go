package apierr_test

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/apierr/internal/contracttest"
)

// full has every field set to something.
func full() apierr.Contract {
	c := contract()
	c.Title, c.Version = "Every field", "1.2"
	c.DocURL, c.Language = "https://example.com/errors/{code}", "en-GB"
	c.Translations = map[string]map[string]string{"de": {"MISSING": "Fehlt", "BUSY": "Beschäftigt"}, "fr": {"MISSING": "Absent"}}
	c.Format, c.Alternative = withMeta, apierr.Problem{Types: "/problems/"}
	c.RequestIDHeader, c.CorrelationIDHeader = apierr.NoHeader, "x-chain"
	c.NoExposeHeaders = true
	c.Challenge = `Digest realm="x"`
	c.RetryAfter, c.RetryAfterUnavailable = 1500*time.Millisecond, time.Hour+time.Nanosecond
	c.Errors = append(c.Errors, &apierr.Error{
		Code: "FULL", ID: 7, Status: 429, Message: "M\u2028", Doc: "D", RetryAfter: 570 * time.Millisecond,
		Details:    map[string]any{"b": []any{1.5, "x", nil}, "a": map[string]any{"z": true}},
		Violations: []apierr.Violation{{Path: "p", Rule: "r", Param: "8", Message: "m"}},
		Header:     http.Header{"X-A": {"b"}},
	})
	return c
}

// A contract that was written and read again answers every error as before,
// and is written as the same bytes.
func TestDocumentRoundTrip(t *testing.T) {
	closedStandard := apierr.Standard
	closedStandard.Closed = true
	for _, c := range []apierr.Contract{
		{}, apierr.Standard, closedStandard, contract(), contract(closed), full(),
		{Format: apierr.Problem{}}, {Format: optionalFirst}, {Format: flat},
		slack.c, github.c, google.c, oauth.c, kubernetes.c, shopify.c, laravel.c, fastAPI.c, telegram.c, twilio.c,
		chatbase.Contract, chatbase.Closed, polyai.Contract, polyai.Closed, avatarium.Contract, avatarium.Closed,
	} {
		doc, err := c.MarshalJSON()
		require.NoError(t, err, c.Name)
		for range 3 {
			again, err := c.MarshalJSON()
			require.NoError(t, err)
			require.Equal(t, string(doc), string(again), "the order is stable")
		}
		read, err := apierr.ParseContract(doc)
		require.NoError(t, err, c.Name)
		again, err := read.MarshalJSON()
		require.NoError(t, err)
		require.Equal(t, string(doc), string(again))
		requireSameAnswers(t, c, read)
	}
}

// Durations are numbers that binary fractions do not always meet.
func TestDocumentKeepsDurations(t *testing.T) {
	for _, d := range []time.Duration{1, 570 * time.Millisecond, time.Second, 30*24*time.Hour + time.Nanosecond} {
		doc, err := apierr.Contract{RetryAfter: d}.MarshalJSON()
		require.NoError(t, err)
		c, err := apierr.ParseContract(doc)
		require.NoError(t, err)
		require.Equal(t, d, c.RetryAfter)
	}
}

// Over months a nanosecond is lost between the numbers; what was read once
// stays as it is.
func TestDocumentRepeatsDurations(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		d := time.Duration(random.Int64N(int64(9e18))) >> random.IntN(60)
		var docs [2]string
		for i := range docs {
			doc, err := apierr.Contract{RetryAfter: d}.MarshalJSON()
			require.NoError(t, err)
			c, err := apierr.ParseContract(doc)
			require.NoError(t, err)
			docs[i], d = string(doc), c.RetryAfter
		}
		require.Equal(t, docs[0], docs[1])
	}
}

// FuzzParseContract asks that what is read can be written, and read again as
// the same, and that nothing makes it panic.
func FuzzParseContract(f *testing.F) {
	seeds := []apierr.Contract{{}, apierr.Standard, full(), contract(closed), polyai.Closed}
	for _, s := range []shape{slack, github, google, kubernetes, shopify, laravel, fastAPI, telegram, twilio} {
		seeds = append(seeds, s.c)
	}
	for _, c := range seeds {
		doc, err := c.MarshalJSON()
		require.NoError(f, err)
		f.Add(doc)
	}
	f.Add([]byte(`{"format":{"name":"problem"},"retry_after":1e300,"errors":[{"code":"A","status":200,"retry_after":-1}]}`))
	f.Add([]byte(`{"format":{"name":"envelope","settings":{"members":[]}},"headers":{"request_id":"","correlation_id":"-"}}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		c, err := apierr.ParseContract(doc)
		if err != nil {
			return
		}
		once, err := c.MarshalJSON()
		require.NoError(t, err)
		again, err := apierr.ParseContract(once)
		require.NoError(t, err)
		twice, err := again.MarshalJSON()
		require.NoError(t, err)
		require.Equal(t, string(once), string(twice))
		raised := apierr.InvalidBody.WithViolations(violations...).With("k", 1)
		for _, e := range append(c.Errors, apierr.NotFound, raised) {
			w := contracttest.Answer(t, c, e)
			require.True(t, jsontext.Value(w.Body.Bytes()).IsValid(), "%s", w.Body)
		}
	})
}

func requireSameAnswers(t *testing.T, a, b apierr.Contract) {
	t.Helper()
	raise := func(e *apierr.Error, f func(*apierr.Error) *apierr.Error) {
		t.Helper()
		was, is := contracttest.Answer(t, a, f(e)), contracttest.Answer(t, b, f(e))
		if declared := b.Lookup(e.Code); a.Lookup(e.Code) == e {
			is = contracttest.Answer(t, b, f(declared))
		}
		require.Equal(t, was.Code, is.Code, e.Code)
		require.Equal(t, was.Header(), is.Header(), e.Code)
		require.Equal(t, was.Body.String(), is.Body.String(), e.Code)
	}
	for _, e := range append(append(a.Errors, apierr.Standard.Errors...), &apierr.Error{Code: "OWN", Status: 423, Message: "M"}) {
		raise(e, func(e *apierr.Error) *apierr.Error { return e })
		raise(e, func(e *apierr.Error) *apierr.Error { return e.With("k", 1) })
		raise(e, func(e *apierr.Error) *apierr.Error { return e.WithViolations(violations...) })
	}
	was, err := a.Compile()
	require.NoError(t, err)
	is, err := b.Compile()
	require.NoError(t, err)
	for status := 400; status < 600; status++ {
		x, y := was.ForStatus(status), is.ForStatus(status)
		require.Equal(t, []any{x.Code, x.ID, x.Status, x.Message}, []any{y.Code, y.ID, y.Status, y.Message})
	}
}

// The document of each published contract is an interface of its own: others
// read it.
func TestDocumentGolden(t *testing.T) {
	for _, c := range []apierr.Contract{full(), apierr.Standard, chatbase.Contract, polyai.Contract, avatarium.Closed} {
		doc, err := json.MarshalIndent(c, "", "  ") // any JSON package can write it
		require.NoError(t, err)
		contracttest.Golden(t, "contract-"+c.Name, string(doc)+"\n")
	}
}

func TestDocumentsThatCannotBe(t *testing.T) {
	_, err := apierr.Contract{Name: "c", Closed: true}.MarshalJSON()
	require.ErrorContains(t, err, "does not map INTERNAL_SERVER_ERROR, into which other errors fold")
	_, err = apierr.Contract{Name: "c", Errors: errs{missing}, Mappings: mappings{broken: {Error: missing}}}.MarshalJSON()
	require.EqualError(t, err, `apierr: contract "c": the mapping for BROKEN is for an error that is neither built-in nor declared`)
	_, err = apierr.Contract{Errors: errs{missing}, Mappings: mappings{missing: {Details: map[string]any{"c": make(chan int)}}}}.MarshalJSON()
	require.Error(t, err)
}

func TestCustomFormatsAreTheCallers(t *testing.T) {
	doc, err := apierr.Contract{Name: "c", Format: shout{}}.MarshalJSON()
	require.NoError(t, err)
	_, err = apierr.ParseContract(doc)
	require.EqualError(t, err, `apierr: contract "c": the format "shout" is not known: hand it to ParseContract`)
	c, err := apierr.ParseContract(doc, apierr.Problem{}, shout{})
	require.NoError(t, err)
	require.Equal(t, shout{}, c.Format)

	// The caller's format of a name of ours is meant to be used.
	doc, err = apierr.Standard.MarshalJSON()
	require.NoError(t, err)
	c, err = apierr.ParseContract(doc, inError(withList))
	require.NoError(t, err)
	require.Equal(t, inError(withList), c.Format)
}

// shout is a custom format.
type shout struct{ apierr.Problem }

func (shout) Name() string { return "shout" }

func TestParseContractFaults(t *testing.T) {
	b, err := contract().MarshalJSON()
	require.NoError(t, err)
	doc := string(b)
	for _, test := range []struct{ doc, want string }{
		{``, "parsing a contract"},
		{`[]`, "parsing a contract"},
		{doc + "x", "parsing a contract"},
		{doc[:len(doc)-1], "parsing a contract"},
		{strings.Replace(doc, `"name":"test"`, `"name":"test","colour":1`, 1), "unknown object member name"},
		{strings.Replace(doc, `"name":"test"`, `"name":"test","name":"test"`, 1), "duplicate object member name"},
		{strings.Replace(doc, `"settings":{`, `"settings":{"colour":1,`, 1), "unknown object member name"},
		{strings.Replace(doc, `"from":"code"`, `"from":"colour"`, 1), `no source is called "colour"`},
		{strings.Replace(doc, `"builtin":"RESOURCE_NOT_FOUND"`, `"builtin":"X"`, 1), `a mapping for "X", which is not known`},
		{strings.Replace(doc, `"builtin":"RESOURCE_NOT_FOUND"`, `"declared":"X"`, 1), `a mapping for "X", which is not known`},
		{strings.Replace(doc, `"builtin":"RESOURCE_NOT_FOUND"`, `"builtin":"METHOD_NOT_ALLOWED"`, 1), `two mappings for METHOD_NOT_ALLOWED`},
		{strings.Replace(doc, `"error":"MISSING"`, `"error":"X"`, 1), `the mapped error X is not declared`},
		{strings.Replace(doc, `"required":"ABSENT"`, `"required":"X"`, 1), `the mapped error X is not declared`},
		{strings.Replace(doc, `"bare_status":409,"error":"BUSY"`, `"bare_status":409,"error":"X"`, 1), `the mapped error X is not declared`},
		{strings.Replace(doc, `"bare_status":409`, `"bare_status":418`, 1), `two mappings for the status 418`},
		{strings.Replace(doc, `"status":404`, `"status":99`, 1), "no answer can have the status 99"},
		{strings.Replace(doc, `"retry_after":1`, `"retry_after":-1`, 1), "-1 is no number of seconds to wait"},
		{strings.Replace(doc, `"retry_after":1`, `"retry_after":1e300`, 1), "1e300 is no number of seconds to wait"},
		{strings.Replace(doc, `"retry_after":1`, `"retry_after":"1"`, 1), "parsing a contract"},
		{strings.Replace(doc, `"X-Request-Id"`, `"X\r\nEvil: 1"`, 1), `"X\r\nEvil: 1" is no header name`},
		{strings.Replace(doc, `"Bearer"`, `"Bearer\r\nEvil: 1"`, 1), "is no header value"},
		{strings.Replace(doc, `{"X-Queue":["9"]}`, `{"X-Queue":["9\r\nEvil: 1"]}`, 1), "is no value for the header X-Queue"},
		{strings.Replace(doc, `"members":[`, `"members":[`+strings.Repeat(`{"name":"a","members":[`, 3000)+strings.Repeat(`]}`, 3000)+",", 1), "more than 10 deep"},
	} {
		require.NotEqual(t, doc, test.doc, "the case does not say what it changes")
		_, err := apierr.ParseContract([]byte(test.doc))
		require.ErrorContains(t, err, test.want)
	}
}
