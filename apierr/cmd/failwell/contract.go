package main

import (
	"context"
	"flag"

	"github.com/failwell/failwell/apierr"
)

// defineContract defines a command that writes what render makes of a contract.
func defineContract(render func(apierr.Contract) ([]byte, error)) func(*flag.FlagSet) action {
	return func(flags *flag.FlagSet) action {
		out := outputFlag(flags)
		return func(ctx context.Context, s streams, args []string) error {
			c, err := s.contract(ctx, args)
			if err != nil {
				return err
			}
			b, err := render(c)
			if err != nil {
				return err
			}
			return out.write(s, b)
		}
	}
}
