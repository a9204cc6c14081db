package conformance

import "time"

// State says what came of a check.
type State string

// The states of a check.
const (
	// Passed: the situation was provoked, and every response was right.
	Passed State = "passed"

	// Failed: a response was not as a MUST requires, as advice requires under
	// [WithStrict], or the check is required and was not exercised.
	Failed State = "failed"

	// Advised: advice is not followed.
	Advised State = "advised"

	// NotExercised: the situation was not provoked.
	NotExercised State = "not exercised"

	// NotApplicable: the contract does not ask for it.
	NotApplicable State = "not applicable"

	// Skipped: [WithSkip] or [WithOnly] leaves it out.
	Skipped State = "skipped"
)

// Report is the result of all checks, in a fixed order.
type Report struct {
	Contract  string        `json:"contract"`
	Server    string        `json:"server"` // its URL, or where it runs
	Protocols []string      `json:"protocols"`
	Took      time.Duration `json:"-"`
	Results   []Result      `json:"results"`
}

// Result is the result of one check.
type Result struct {
	Name     string    `json:"name"` // scenario/rule
	Level    Level     `json:"level"`
	State    State     `json:"state"`
	Asks     string    `json:"asks"`             // what is required
	Source   string    `json:"source"`           // the section of a standard, or the member of the contract's document
	Reason   string    `json:"reason,omitempty"` // why it was not exercised, does not apply or is skipped
	Findings []Finding `json:"findings,omitempty"`
}

// Finding is one response that is not as required. Credentials and secrets in
// it are redacted.
type Finding struct {
	Protocol string `json:"protocol"`
	Sent     string `json:"sent"`
	Got      string `json:"got"`
	Wrong    string `json:"wrong,omitempty"` // what of it is wrong; empty: see Got
	Want     string `json:"want"`
}

// Failed reports whether any check has failed.
func (r *Report) Failed() bool { return r.count(Failed) > 0 }

func (r *Report) count(s State) (n int) {
	for i := range r.Results {
		if r.Results[i].State == s {
			n++
		}
	}
	return n
}
