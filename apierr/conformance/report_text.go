package conformance

import (
	"fmt"
	"io"
	"slices"
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

// listReasons lists the checks of a state, those with one reason in one line. A
// scenario with all of its rules is named alone. What WithOnly leaves out is not
// listed.
func (r *Report) listReasons(b *strings.Builder, state State) {
	var order []string // of the reasons
	checks := make(map[string][]string)
	for i := 0; i < len(r.Results); {
		scenario, _, _ := strings.Cut(r.Results[i].Name, "/")
		end := i
		for end < len(r.Results) && strings.HasPrefix(r.Results[end].Name, scenario+"/") {
			end++
		}
		for _, why := range reasonsOf(r.Results[i:end], state) {
			if checks[why.text] == nil {
				order = append(order, why.text)
			}
			name := scenario
			if len(why.rules) < end-i {
				name += " (" + strings.Join(why.rules, ", ") + ")"
			}
			checks[why.text] = append(checks[why.text], name)
		}
		i = end
	}
	if len(order) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s:\n", state)
	for _, text := range order {
		fmt.Fprintf(b, "  %s: %s\n", strings.Join(checks[text], ", "), text)
	}
}

// reason is why rules of a scenario have a state.
type reason struct {
	text  string
	rules []string
}

// reasonsOf returns the reasons in the results of one scenario.
func reasonsOf(results []Result, state State) (all []reason) {
	for _, res := range results {
		if res.State != state || res.Reason == notNamed {
			continue
		}
		_, rule, _ := strings.Cut(res.Name, "/")
		i := slices.IndexFunc(all, func(known reason) bool { return known.text == res.Reason })
		if i < 0 {
			i, all = len(all), append(all, reason{text: res.Reason})
		}
		all[i].rules = append(all[i].rules, rule)
	}
	return all
}
