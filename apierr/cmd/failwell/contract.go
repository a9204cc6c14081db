package main

import (
	"context"
	"flag"

	"github.com/failwell/failwell/apierr"
)

// defineContract defines a command that writes what render makes of a contract
// without the codes that the page hides.
func defineContract(render func(apierr.Contract) ([]byte, error)) func(*flag.FlagSet) action {
	return func(flags *flag.FlagSet) action {
		place, out := hidingFlag(flags), outputFlag(flags)
		return func(ctx context.Context, s streams, args []string) error {
			c, page, err := s.contractAndPage(ctx, args, *place)
			if err != nil {
				return err
			}
			if c, err = page.WithoutHidden(c); err != nil {
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
