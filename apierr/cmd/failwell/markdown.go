package main

import (
	"context"
	"flag"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/reference"
)

var markdownCommand = command{
	name:    "markdown",
	args:    "[contract]",
	summary: "Writes the reference page of a contract in Markdown",
	example: "failwell markdown -o errors.md contract.json",
	define:  definePage(reference.Markdown),
}

// definePage defines a command that writes the reference page.
func definePage(render func(apierr.Contract, reference.Page) ([]byte, error)) func(*flag.FlagSet) action {
	return func(flags *flag.FlagSet) action {
		place, out := pageFlag(flags), outputFlag(flags)
		return func(ctx context.Context, s streams, args []string) error {
			c, page, err := s.contractAndPage(ctx, args, *place)
			if err != nil {
				return err
			}
			b, err := render(c, page)
			if err != nil {
				return err
			}
			return out.write(s, b)
		}
	}
}
