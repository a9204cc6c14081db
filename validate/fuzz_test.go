package validate_test

import (
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate"
)

// fuzzed has a field of every sort, with rules and without (see ruleless).
type fuzzed struct {
	Everything everything                  `json:"e"`
	Account    account                     `json:"account"`
	Person     person                      `json:"person"`
	Tree       *tree                       `json:"tree"`
	Patch      patch                       `json:"patch"`
	Page       page[leafy]                 `json:"page"`
	Keys       map[string]map[string]leafy `json:"keys" validate:"dive,dive"`
	Pointers   []*leafy                    `json:"pointers" validate:"dive"`
	Embedded
}

// goNames matches what no client may read: the names of fields and types that
// have others on the wire, and the words of Go and its JSON parser.
var goNames = regexp.MustCompile(`Everything|Account|Person|Password|Confirm|Street|GoName|Pointers|Embedded|leafy|fuzzed|` +
	`json:|jsontext|reflect|struct \{|strconv|invalid character|unmarshal|secret|\.go:|goroutine`)

// ruleless is a validator whose rules stand in a tag that no field has.
var ruleless = validate.New(nil, validate.WithTagName("no-such-tag"))

func FuzzJSON(f *testing.F) {
	for _, body := range []string{
		`{}`, `null`, `[]`, `{"e":{"int":"x","picky":"bad","three":[1,2]},"nope":1}`,
		`{"account":{"confirm":"x","plan":{"kind":"team"}},"keys":{"a.b":{"c]":{"zip":"1"}}}}`,
		`{"tree":{"children":[null,{"name":"xx"}]},"patch":{"name":null,"age":1},"pointers":[null]}`,
		`{"e":{"quoted":"5","numbers":{"1":"x","one":""},"raw":{"a":1},"any":[1,2]},"deep":"xx","zip":"1"}`,
		`{"e":{"folded-name":1,"FOLDED_NAME":"x"}}`, `{"e":{"picky":"panic"}}`,
	} {
		f.Add([]byte(body))
	}
	files, _ := filepath.Glob("../../shared/testdata/jsontestsuite/*.json")
	for _, file := range files {
		if body, err := os.ReadFile(file); err == nil {
			f.Add(body)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		_, err := validate.JSON[fuzzed](post(string(body)))
		checkAnswer(t, body, err)

		// With the rules off, the verdict is that of json/v2, but for null at the root
		// and nesting beyond the limit.
		got, err := validate.JSON[fuzzed](post(string(body)), ruleless)
		if errors.Is(err, apierr.Internal) {
			return // picky panicked
		}
		var want fuzzed
		wantErr := json.Unmarshal(body, &want, json.RejectUnknownMembers(true))
		if wantErr == nil && err != nil {
			require.Regexp(t, `received null|nested too deeply`, err.Error()+briefly(err))
			return
		}
		require.Equal(t, wantErr == nil, err == nil, "json: %v, here: %v", wantErr, err)
		if err == nil {
			require.True(t, reflect.DeepEqual(want, got))
		}
	})
}

func briefly(err error) string {
	var e *apierr.Error
	if errors.As(err, &e) && len(e.Violations) > 0 {
		return e.Violations[0].Message
	}
	return ""
}

// checkAnswer holds the answer to what must never be in one. What the client
// itself sent may come back in a path.
func checkAnswer(t *testing.T, body []byte, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var e *apierr.Error
	require.ErrorAs(t, err, &e)
	w := httptest.NewRecorder()
	apierr.Write(w, post(""), err)
	require.Less(t, w.Body.Len(), 64<<10)
	require.True(t, json.Unmarshal(w.Body.Bytes(), new(any)) == nil, "%q", w.Body)
	if !goNames.Match(body) {
		require.NotRegexp(t, goNames, e.Message)
		for _, v := range e.Violations {
			require.NotRegexp(t, goNames, v.Path+" "+v.Rule+" "+v.Param+" "+v.Message)
		}
	}
	if errors.Is(err, apierr.InvalidBody) {
		require.NotEmpty(t, e.Violations)
		require.LessOrEqual(t, len(e.Violations), 101)
	}
}

func FuzzQuery(f *testing.F) {
	for _, q := range []string{"q=a&limit=x", "items[0].n=1&items[1].n=x", "meta[a]=b&tag[=1", "filter.name=1&a;b=%zz", "tag=1&tag=2&tag[3]=4"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.RawQuery = q
		_, err := validate.Query[search](r)
		require.NotErrorIs(t, err, apierr.Internal)
		checkAnswer(t, []byte(q), err)
	})
}
