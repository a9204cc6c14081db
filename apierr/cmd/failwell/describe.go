package main

import (
	"context"
	"flag"

	"github.com/failwell/failwell/apierr/reference"
)

var describeCommand = command{
	name:    "describe",
	args:    "document [contract]",
	summary: "Completes an OpenAPI document in JSON, whose operations list their codes as x-errors, with responses",
	example: "failwell describe -o api.described.json api.json contract.json",
	define:  defineDescribe,
}

func defineDescribe(flags *flag.FlagSet) action {
	place, out := hidingFlag(flags), outputFlag(flags)
	return func(ctx context.Context, s streams, args []string) error {
		if len(args) == 0 {
			return usageError("no document is named")
		}
		if err := onlyOneFromInput(*place, args[0], contractPlace(args[1:])); err != nil {
			return err
		}
		c, page, err := s.contractAndPage(ctx, args[1:], *place)
		if err != nil {
			return err
		}
		if c, err = page.WithoutHidden(c); err != nil {
			return err
		}
		document, err := s.read(ctx, args[0])
		if err != nil {
			return err
		}
		b, err := reference.Describe(document, c)
		if err != nil {
			return err
		}
		return out.write(s, b)
	}
}
