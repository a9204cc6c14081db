package conformance

import (
	"regexp"
	"slices"
	"strings"
)

// traces are what stacks and errors of runtimes look like. No sentence for a
// client has these.
var traces = []struct {
	what    string
	pattern *regexp.Regexp
}{
	{"a goroutine's stack", regexp.MustCompile(`goroutine \d+ \[`)},
	{"a position in Go source", regexp.MustCompile(`[\w/-]+\.go:\d+`)},
	{"an error of Go's runtime", regexp.MustCompile(`runtime error: |nil pointer dereference|interface conversion: |runtime/(debug|panic)`)},
	{"an address in memory", regexp.MustCompile(`\(0x[0-9a-f]{6,}`)},
	{"a stack of JavaScript", regexp.MustCompile(`\bat .{1,200}\.m?[jt]s:\d+:\d+`)},
	{"a stack of Python", regexp.MustCompile(`Traceback \(most recent call last\)|File ".{1,200}", line \d+`)},
	{"a stack of Java", regexp.MustCompile(`\bat [\w.$]{1,200}\([\w$]+\.java:\d+\)`)},
	{"an error of a decoder of Go", regexp.MustCompile(`json: (cannot )?unmarshal|Go (struct field|value of type) |strconv\.\w+: parsing`)},
	{"a Go type", regexp.MustCompile(`\*?errors\.errorString|\*fmt\.wrapError|\*net\.OpError|\*json\.\w+Error`)},
}

// hints are words of which every trace has one: most responses have none, and the
// patterns are slow.
var hints = []string{
	"goroutine ", ".go:", "runtime", "nil pointer", "interface conversion", "(0x", "js:", "ts:", "Traceback", "File ", ".java:",
	"json: ", "Go ", "strconv.", "errors.", "fmt.", "net.", "json.",
}

// maxSearched is how many bytes of a response are searched for traces. Words are
// looked for in all of it.
const maxSearched = 32 << 10

// leaks applies no-leak to everything that came.
func (p *probe) leaks(a *answer) {
	if !p.has("no-leak") {
		return
	}
	var b strings.Builder
	for name, values := range a.header {
		b.WriteString(name + ": " + strings.Join(values, "\n") + "\n")
	}
	b.Write(a.body)
	p.leaksIn(a, b.String())
}

func (p *probe) leaksIn(a *answer, text string) {
	const rule = "no-leak"
	p.require(rule, !strings.Contains(text, p.canary), a, "the response has the word that the kit's handlers put into causes and panics", "no cause in the response")
	for _, word := range p.secrets {
		p.require(rule, !word.in(text), a, "the response has a word of WithSecret", "no secret in the response")
	}
	text = text[:min(len(text), maxSearched)]
	if !slices.ContainsFunc(hints, func(hint string) bool { return strings.Contains(text, hint) }) {
		return
	}
	for _, trace := range traces {
		if found := trace.pattern.FindString(text); found != "" {
			p.require(rule, false, a, "the response has "+trace.what+": "+found, "nothing of the server's code in the response")
		}
	}
}
