package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
)

var initCommand = command{
	name:    "init",
	summary: "Writes a commented contract document to start from",
	example: "failwell init -o contract.json",
	define:  defineInit,
}

// starter is the document of init. Its comments are the "$comment" members that
// apierr.ParseContract ignores, since JSON has no others.
//
//go:embed init.json
var starter []byte

func defineInit(flags *flag.FlagSet) action {
	out := new(output)
	flags.StringVar(&out.name, "o", "", "the `file` to write, which must not exist; standard output without it")
	return func(_ context.Context, s streams, args []string) error {
		if len(args) > 0 {
			return usageError("it has no arguments")
		}
		if _, err := os.Lstat(out.name); !out.isStandard() && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s exists; init replaces no file", out.name)
		}
		return out.write(s, starter)
	}
}
