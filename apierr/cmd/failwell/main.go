// Command failwell makes documentation and client code from an error contract:
// the JSON document that apierr.Contract.MarshalJSON writes and
// apierr/reference serves as contract.json.
//
//	failwell init -o contract.json
//	failwell html -page page.json -o errors.html contract.json
//	failwell typescript -o errors.ts https://api.example.com/errors/contract.json
//	failwell diff https://api.example.com/errors/contract.json contract.json
//	failwell check -contract contract.json https://api.example.com
//
// A contract is read from a file, from standard input if its name is "-" or
// absent, or from an http or https URL. A URL is requested once: redirects are
// not followed, the answer must be a 200 within 10 seconds, and have at most
// 4 MiB. Nothing else is fetched: a $ref to another document is an error.
//
// With -page, which names the document of a reference.Page, no output has the
// codes that the page hides: the results are those of the contract that a server
// publishes.
//
// The result goes to standard output, or, with -o, to a file, which is replaced
// as a whole or not at all.
//
// The exit code is 0 if all is well, 1 if a check found something (a breaking
// change), and 2 if the command could not do its work.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
)

// The exit codes.
const (
	exitOK      = 0
	exitFinding = 1
	exitFailure = 2
)

// commands are the subcommands, in the order of the usage text.
var commands = []command{
	htmlCommand,
	markdownCommand,
	openapiCommand,
	typescriptCommand,
	describeCommand,
	diffCommand,
	checkCommand,
	initCommand,
}

// command is a subcommand.
type command struct {
	name    string
	args    string // the arguments after the flags, as in the usage text
	summary string // one sentence, without a full stop
	example string // one command line

	// define defines the flags and returns what runs when they are parsed.
	define func(*flag.FlagSet) action
}

// action does the work of a subcommand with the arguments after the flags.
type action func(ctx context.Context, s streams, args []string) error

// streams are the standard streams of the program.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// errFinding ends a command whose check found something, and which has
// reported it.
var errFinding = errors.New("the check found something")

// usageError is a command line that makes no sense.
type usageError string

func (e usageError) Error() string { return string(e) }

func main() {
	os.Exit(run(context.Background(), os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// run executes a command line and returns the exit code.
func run(ctx context.Context, args []string, s streams) int {
	if len(args) == 0 {
		usage(s.err)
		return exitFailure
	}
	switch args[0] {
	case "-h", "-help", "--help", "help":
		usage(s.out)
		return exitOK
	}
	for _, c := range commands {
		if c.name == args[0] {
			return c.run(ctx, args[1:], s)
		}
	}
	fmt.Fprintf(s.err, "failwell: there is no command %q; failwell -h lists them\n", args[0])
	return exitFailure
}

// usage lists the subcommands, each with an example.
func usage(w io.Writer) {
	fmt.Fprint(w, "failwell makes documentation and client code from an error contract.\n\n")
	for _, c := range commands {
		fmt.Fprintf(w, "  %-11s %s\n  %-11s %s\n", c.name, c.summary, "", c.example)
	}
	fmt.Fprint(w, "\nfailwell COMMAND -h describes a command.\n")
}

// run parses the flags, does the work and returns the exit code.
func (c command) run(ctx context.Context, args []string, s streams) int {
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	act := c.define(flags)
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		c.usage(s.out, flags)
		return exitOK
	}
	switch late := flagAfterArguments(flags.Args()); {
	case err != nil:
		err = usageError(err.Error())
	case late != "" && !slices.Contains(args, "--"):
		err = usageError("the flag " + late + " stands after an argument; flags come first")
	default:
		err = act(ctx, s, flags.Args())
	}
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errFinding):
		return exitFinding
	case errors.As(err, &usage):
		fmt.Fprintf(s.err, "failwell %s: %v; failwell %s -h describes it\n", c.name, err, c.name)
	default:
		fmt.Fprintf(s.err, "failwell %s: %v\n", c.name, err)
	}
	return exitFailure
}

// flagAfterArguments returns the first argument that looks like a flag, empty if
// there is none. "-" is standard input.
func flagAfterArguments(args []string) string {
	for _, arg := range args {
		if len(arg) > 1 && arg[0] == '-' {
			return arg
		}
	}
	return ""
}

// usage describes the subcommand.
func (c command) usage(w io.Writer, flags *flag.FlagSet) {
	fmt.Fprintf(w, "usage: failwell %s [flags]", c.name)
	if c.args != "" {
		fmt.Fprintf(w, " %s", c.args)
	}
	fmt.Fprintf(w, "\n\n%s.\n\nexample:\n  %s\n\nflags:\n", c.summary, c.example)
	flags.SetOutput(w)
	flags.PrintDefaults()
}
