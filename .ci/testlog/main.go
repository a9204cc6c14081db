// Command testlog reads the output of go test -json and prints it as go test
// does without -v: a line for each package, the output of tests that fail, and
// a line for each test that was skipped. The slowest tests follow at the end.
//
//	go test -json ./... | testlog
//
// Its exit status is 1 if something failed, so that it can end a pipe.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// slowest is how many tests are listed at the end.
const slowest = 15

func main() {
	failed, err := run(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if err != nil || failed {
		os.Exit(1)
	}
}

// event is a line of go test -json; see go doc test2json.
type event struct {
	Action     string
	Package    string
	ImportPath string // of build output
	Test       string
	Elapsed    float64 // seconds
	Output     string
}

type test struct {
	pkg, name string
	seconds   float64
}

// run copies the log and reports whether something failed.
func run(in io.Reader, out io.Writer) (failed bool, err error) {
	output := make(map[[2]string]*strings.Builder) // of tests that have not ended
	var tests []test
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil { // a line of go itself
			fmt.Fprintf(out, "%s\n", lines.Bytes())
			continue
		}
		key := [2]string{e.Package, e.Test}
		switch e.Action {
		case "build-output":
			io.WriteString(out, e.Output)
		case "build-fail":
			failed = true
		case "output":
			if e.Test == "" {
				if e.Output != "PASS\n" {
					io.WriteString(out, e.Output)
				}
				break
			}
			if output[key] == nil {
				output[key] = new(strings.Builder)
			}
			output[key].WriteString(e.Output)
		case "fail":
			failed = true
			if b := output[key]; b != nil {
				io.WriteString(out, b.String())
			}
		case "skip":
			if b := output[key]; b != nil {
				io.WriteString(out, skipped(b.String()))
			}
		}
		if e.Action == "pass" || e.Action == "fail" || e.Action == "skip" {
			delete(output, key)
			if e.Test != "" && !strings.Contains(e.Test, "/") {
				tests = append(tests, test{e.Package, e.Test, e.Elapsed})
			}
		}
	}
	for key, b := range output { // tests that never ended: the process died
		failed = true
		fmt.Fprintf(out, "%s %s did not end:\n%s", key[0], key[1], b)
	}
	slices.SortFunc(tests, func(a, b test) int { return cmp.Compare(b.seconds, a.seconds) })
	fmt.Fprintf(out, "\nthe slowest of %d tests:\n", len(tests))
	for _, t := range tests[:min(slowest, len(tests))] {
		fmt.Fprintf(out, "%7.1f s  %s %s\n", t.seconds, strings.TrimPrefix(t.pkg, "github.com/failwell/"), t.name)
	}
	return failed, lines.Err()
}

// skipped returns the lines of a skipped test that say why.
func skipped(output string) string {
	var b strings.Builder
	for line := range strings.Lines(output) {
		if !strings.HasPrefix(line, "=== ") {
			b.WriteString(line)
		}
	}
	return b.String()
}
