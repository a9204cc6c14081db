package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/failwell/failwell/apierr/conformance"
)

var checkCommand = command{
	name:    "check",
	args:    "URL",
	summary: "Checks that a server answers its failures as its contract says, and exits with 1 if it breaks a MUST",
	example: `failwell check -contract contract.json -route 'GET /healthz' https://api.example.com`,
	define:  defineCheck,
}

// defineCheck defines the flags. Those that name a route say more than that it
// exists: what is sent to it.
func defineCheck(flags *flag.FlagSet) action {
	c := new(check)
	c.out = outputFlag(flags)
	flags.StringVar(&c.contract, "contract", "-", "the `contract`: a file, an http or https URL, or - for standard input")
	flags.StringVar(&c.format, "format", "text", "the `form` of the report: text, json or junit")
	flags.Var(&c.routes, "route", "a `route` that succeeds, as 'GET /healthz'; may be repeated")
	flags.Var(&c.bodies, "body", "a `route and a body` that it accepts, as 'POST /v1/items {\"name\":\"x\"}': it is sent, and broken forms of it; may be repeated")
	flags.Var(&c.protected, "protected", "a `route` that needs credentials, as 'GET /v1/me': it is requested without those of -header; may be repeated")
	flags.Var(&c.limited, "limited", "a `route` with a rate limit, as 'GET /v1/search': it is requested up to 1,000 times, until it is refused; may be repeated")
	flags.Var(&c.headers, "header", "a `field` that every request has, as 'Authorization: Bearer KEY', or @file with one on each line; may be repeated; values are redacted in the report")
	flags.Var(&c.secrets, "secret", "a `word` that may be in no response, or @file with one on each line; may be repeated; redacted in the report")
	flags.Var(&c.required, "required", "a `check` that must be exercised, as limited/retry-after, a scenario, as limited, or '*'; may be repeated")
	flags.Var(&c.skipped, "skip", "a `check and a reason` to leave it out, as 'cors: no browser calls it'; may be repeated")
	flags.Var(&c.only, "only", "a `check` or scenario to run, and no others; may be repeated")
	flags.BoolVar(&c.flood, "flood", false, "provoke 1,000 failures, 128 at a time")
	flags.BoolVar(&c.strict, "strict", false, "advice that is not followed is a failure")
	return c.run
}

// check is a command line.
type check struct {
	out                                *output
	contract, format                   string
	routes, bodies, protected, limited list
	headers, secrets, required         list
	skipped, only                      list
	flood, strict                      bool
}

// list is a flag that may be repeated.
type list []string

func (l *list) String() string { return strings.Join(*l, ", ") }

// Set implements flag.Value.
func (l *list) Set(s string) error {
	*l = append(*l, s)
	return nil
}

// run checks the server at a URL.
func (c *check) run(ctx context.Context, s streams, args []string) error {
	if len(args) != 1 {
		return usageError(fmt.Sprintf("one URL is expected, %d are named", len(args)))
	}
	write, err := c.writer()
	if err != nil {
		return err
	}
	opts, err := c.options()
	if err != nil {
		return err
	}
	contract, err := s.contract(ctx, []string{c.contract})
	if err != nil {
		return err
	}
	progress := newProgress(s.err)
	report, err := conformance.Check(ctx, args[0], contract, append(opts, conformance.WithProgress(progress.show))...)
	progress.clear()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := write(report, &b); err != nil {
		return err
	}
	if err := c.out.write(s, b.Bytes()); err != nil {
		return err
	}
	if report.Failed() {
		return errFinding
	}
	return ctx.Err()
}

// writer returns what writes the report.
func (c *check) writer() (func(*conformance.Report, io.Writer) error, error) {
	switch c.format {
	case "text":
		return (*conformance.Report).WriteText, nil
	case "json":
		return (*conformance.Report).WriteJSON, nil
	case "junit":
		return (*conformance.Report).WriteJUnit, nil
	}
	return nil, usageError(fmt.Sprintf("-format is text, json or junit, not %q", c.format))
}

// options returns the options of the flags. What an option refuses by a panic is
// an error of usage here.
func (c *check) options() (opts []conformance.Option, err error) {
	defer func() {
		if v := recover(); v != nil {
			text := strings.TrimPrefix(fmt.Sprint(v), "conformance: ")
			opts, err = nil, usageError(text)
		}
	}()
	if opts, err = c.routeOptions(); err != nil {
		return nil, err
	}
	words, err := c.wordOptions()
	if err != nil {
		return nil, err
	}
	opts = append(append(opts, words...), conformance.WithRequired(c.required...))
	for _, value := range c.skipped {
		name, reason, _ := strings.Cut(value, ":")
		opts = append(opts, conformance.WithSkip(strings.TrimSpace(name), strings.TrimSpace(reason)))
	}
	if len(c.only) > 0 {
		opts = append(opts, conformance.WithOnly(c.only...))
	}
	if c.flood {
		opts = append(opts, conformance.WithFlood())
	}
	if c.strict {
		opts = append(opts, conformance.WithStrict())
	}
	return opts, nil
}

// routeOptions returns the options that name routes.
func (c *check) routeOptions() (opts []conformance.Option, err error) {
	for _, r := range []struct {
		flag  string
		list  list
		named func(method, path string) conformance.Option
	}{
		{"-route", c.routes, conformance.WithRoute},
		{"-protected", c.protected, conformance.WithProtected},
		{"-limited", c.limited, conformance.WithLimited},
	} {
		for _, value := range r.list {
			method, path, rest := cutRoute(value)
			if rest != "" || path == "" {
				return nil, usageError(fmt.Sprintf("%s %q is no method and path", r.flag, value))
			}
			opts = append(opts, r.named(method, path))
		}
	}
	for _, value := range c.bodies {
		method, path, body := cutRoute(value)
		if body == "" {
			return nil, usageError(fmt.Sprintf("-body %q is no method, path and body", value))
		}
		opts = append(opts, conformance.WithBody(method, path, body))
	}
	return opts, nil
}

// wordOptions returns the options with credentials and secrets. No error has one
// of them.
func (c *check) wordOptions() (opts []conformance.Option, err error) {
	headers, err := lines(c.headers)
	if err != nil {
		return nil, err
	}
	for _, line := range headers {
		name, value, found := strings.Cut(line, ":")
		if !found {
			return nil, usageError("a -header is no name and value, as 'Name: value'")
		}
		opts = append(opts, conformance.WithHeader(strings.TrimSpace(name), strings.TrimSpace(value)))
	}
	secrets, err := lines(c.secrets)
	if err != nil {
		return nil, err
	}
	return append(opts, conformance.WithSecret(secrets...)), nil
}

// cutRoute cuts 'METHOD PATH REST' at white space.
func cutRoute(s string) (method, path, rest string) {
	method, rest, _ = strings.Cut(strings.TrimSpace(s), " ")
	path, rest, _ = strings.Cut(strings.TrimSpace(rest), " ")
	return method, path, strings.TrimSpace(rest)
}

// lines returns the values of a flag, with the lines of a file for @file. Empty
// lines are left out.
func lines(values list) (all []string, err error) {
	for _, value := range values {
		name, isFile := strings.CutPrefix(value, "@")
		if !isFile {
			all = append(all, value)
			continue
		}
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		b, err := readAll(f, maxFetched, name)
		f.Close()
		if err != nil {
			return nil, err
		}
		all = append(all, slices.DeleteFunc(strings.Split(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n"), func(line string) bool {
			return strings.TrimSpace(line) == ""
		})...)
	}
	return all, nil
}

// progress is one line of a terminal that is written again and again.
type progress struct {
	mu  sync.Mutex
	out io.Writer // nil: standard error is no terminal
}

func newProgress(w io.Writer) *progress {
	f, ok := w.(*os.File)
	if !ok {
		return &progress{}
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return &progress{}
	}
	return &progress{out: f}
}

// clearLine returns to the begin of a line and erases it.
const clearLine = "\r\x1b[K"

func (p *progress) show(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.out != nil {
		fmt.Fprint(p.out, clearLine, line)
	}
}

func (p *progress) clear() {
	if p.out != nil {
		fmt.Fprint(p.out, clearLine)
	}
}
