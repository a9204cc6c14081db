package apierr_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The grammar of RFC 9110 sections 5.6 and 12.5.1, as the oracle reads it.
const (
	token    = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
	quoted   = `"(?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[^\x00-\x08\x0a-\x1f\x7f])*"`
	param    = "[ \t]*;[ \t]*(?:" + token + "=(?:" + token + "|" + quoted + "))?"
	element  = "[ \t]*(?:" + token + "/" + token + "(?:" + param + ")*)?[ \t]*"
	acceptOK = "^" + element + "(?:," + element + ")*$"
)

var (
	reAccept  = regexp.MustCompile(acceptOK)
	reElement = regexp.MustCompile("(" + token + ")/(" + token + ")((?:" + param + ")*)")
	reParam   = regexp.MustCompile(";[ \t]*(" + token + ")=(" + token + "|" + quoted + ")")
	reWeight  = regexp.MustCompile(`^(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$`)
)

// oracle says whether a client with the Accept line wants problem details, by
// regular expressions where the code under test has a parser.
func oracle(accept string) bool {
	if len(accept) >= 1024 || !reAccept.MatchString(accept) {
		return false
	}
	weights := map[string]float64{} // of the ranges that matter
	for _, m := range reElement.FindAllStringSubmatch(accept, -1) {
		name, weight, counts := strings.ToLower(m[1]+"/"+m[2]), 1.0, true
		if m[1] == "*" && m[2] != "*" {
			return false
		}
		for _, p := range reParam.FindAllStringSubmatch(m[3], -1) {
			switch strings.ToLower(p[1]) {
			case "q":
				if !reWeight.MatchString(p[2]) {
					return false
				}
				weight, _ = strconv.ParseFloat(strings.TrimSuffix(p[2], "."), 64)
			case "charset":
			default:
				counts = false
			}
		}
		if before, ok := weights[name]; counts && (!ok || weight > before) {
			weights[name] = weight
		}
	}
	of := func(name string) (weight float64, named bool) {
		for i, r := range []string{name, "application/*", "*/*"} {
			if w, ok := weights[r]; ok {
				return w, i == 0
			}
		}
		return 0, false
	}
	own, ownNamed := of(ownType)
	problem, problemNamed := of(problemType)
	return problem > own || problem == own && problem > 0 && problemNamed && !ownNamed
}

func FuzzAccept(f *testing.F) {
	for _, s := range []string{
		"", "*/*", "application/problem+json", "application/json;q=0.5, application/problem+json",
		`a/b;c="d,e", application/*;q=0.1`, "application/problem+json;q=1.0000", ",,;=",
		"application/problem+json;charset=x", `application/problem+json;q=0;q=1`, `application/problem+json;a="\"`,
		"application/problem+json ; q=0.1 ,*/*;q=0.05", "application/problem+json;q=\"1\"", "*/json",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, accept string) {
		w := answerTo(t, accept)
		want := ownType
		if oracle(accept) {
			want = problemType
		}
		require.Equal(t, want, w.Header().Get("Content-Type"), "%q", accept)
		require.NotEmpty(t, decode(t, w.Body.String()))
	})
}
