package conformance

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// The elements of the XML that CI servers read as JUnit's.
type (
	junitSuites struct {
		XMLName xml.Name `xml:"testsuites"`
		Suite   junitSuite
	}
	junitSuite struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Failure *junitMessage `xml:"failure"`
		Skipped *junitMessage `xml:"skipped"`
		Output  string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit writes the report as the XML of JUnit: a testcase for each check.
// Checks that were not exercised, do not apply or are skipped are skipped ones;
// advice is output of a testcase that passes.
func (r *Report) WriteJUnit(w io.Writer) error {
	suite := junitSuite{
		Name: "conformance " + r.Contract, Tests: len(r.Results), Failures: r.count(Failed),
		Skipped: r.count(NotExercised) + r.count(NotApplicable) + r.count(Skipped),
		Time:    fmt.Sprintf("%.3f", r.Took.Seconds()),
	}
	for i := range r.Results {
		suite.Cases = append(suite.Cases, r.Results[i].junit())
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(junitSuites{Suite: suite}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (r *Result) junit() junitCase {
	scenario, rule, _ := strings.Cut(r.Name, "/")
	c := junitCase{Class: "conformance." + scenario, Name: rule}
	switch r.State {
	case Failed:
		c.Failure = &junitMessage{r.Asks, string(r.Level), r.text()}
	case Advised:
		c.Output = r.text()
	case NotExercised, NotApplicable, Skipped:
		c.Skipped = &junitMessage{Message: string(r.State) + ": " + r.Reason}
	}
	return c
}
