package conformance

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// maxShownFindings is how many findings of a check people are shown.
const maxShownFindings = 3

// text returns a check that is not as required, for people.
func (r *Result) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s (%s): %s\n", r.Level, r.Name, r.Source, r.Asks)
	for _, f := range r.Findings[:min(len(r.Findings), maxShownFindings)] {
		b.WriteString(f.text())
	}
	if more := len(r.Findings) - maxShownFindings; more > 0 {
		fmt.Fprintf(&b, "\n  and %d more like this\n", more)
	}
	return b.String()
}

func (f Finding) text() string {
	var b strings.Builder
	part := func(name, text string) {
		if text = strings.TrimRight(text, "\n"); text != "" {
			fmt.Fprintf(&b, "  %-9s%s\n", name, strings.ReplaceAll(text, "\n", "\n           "))
		}
	}
	b.WriteString("\n")
	part("sent", f.Sent)
	part("came", f.Got)
	part("wrong", f.Wrong)
	part("expected", f.Want)
	return b.String()
}

// WriteText writes the report for people: what is wrong, then what was not
// exercised and why, and the count of each state.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s under the contract %q, over %s\n", r.Server, r.Contract, strings.Join(r.Protocols, " and "))
	for _, state := range []State{Failed, Advised} {
		for i := range r.Results {
			if res := &r.Results[i]; res.State == state {
				fmt.Fprintf(&b, "\n%s: %s", state, res.text())
			}
		}
	}
	for _, state := range []State{NotExercised, NotApplicable, Skipped} {
		r.listReasons(&b, state)
	}
	fmt.Fprintf(&b, "\n%d passed, %d failed, %d advised, %d not exercised, %d not applicable, %d skipped, in %s\n",
		r.count(Passed), r.count(Failed), r.count(Advised), r.count(NotExercised), r.count(NotApplicable), r.count(Skipped),
		r.Took.Round(10*time.Millisecond))
	_, err := io.WriteString(w, b.String())
	return err
}

// listReasons lists the checks of a state, those of a scenario with one reason
// in one line. What WithOnly leaves out is not listed.
func (r *Report) listReasons(b *strings.Builder, state State) {
	type line struct{ scenario, reason string }
	var order []line
	rules := make(map[line][]string)
	for _, res := range r.Results {
		if res.State != state || res.Reason == notNamed {
			continue
		}
		scenario, rule, _ := strings.Cut(res.Name, "/")
		l := line{scenario, res.Reason}
		if rules[l] == nil {
			order = append(order, l)
		}
		rules[l] = append(rules[l], rule)
	}
	if len(order) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s:\n", state)
	for _, l := range order {
		fmt.Fprintf(b, "  %s (%s): %s\n", l.scenario, strings.Join(rules[l], ", "), l.reason)
	}
}
