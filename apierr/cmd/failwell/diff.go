package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/reference"
)

var diffCommand = command{
	name:    "diff",
	args:    "old new",
	summary: "Lists what differs between two contracts for their clients, and exits with 1 if a change breaks them",
	example: "failwell diff https://api.example.com/errors/contract.json contract.json",
	define:  defineDiff,
}

func defineDiff(flags *flag.FlagSet) action {
	place, out := hidingFlag(flags), outputFlag(flags)
	return func(ctx context.Context, s streams, args []string) error {
		if len(args) != 2 {
			return usageError(fmt.Sprintf("two contracts are expected, %d are named", len(args)))
		}
		if err := onlyOneFromInput(append(args, *place)...); err != nil {
			return err
		}
		page, err := s.page(ctx, *place)
		if err != nil {
			return err
		}
		older, err := s.comparable(ctx, args[0], page.hides)
		if err != nil {
			return fmt.Errorf("the old contract: %w", err)
		}
		newer, err := s.comparable(ctx, args[1], page.page)
		if err != nil {
			return fmt.Errorf("the new contract: %w", err)
		}
		var report bytes.Buffer
		breaking := false
		for _, change := range reference.Diff(older, newer) {
			fmt.Fprintln(&report, change)
			breaking = breaking || change.Breaking
		}
		if err := out.write(s, report.Bytes()); err != nil {
			return err
		}
		if breaking {
			return errFinding
		}
		return nil
	}
}

// comparable reads a contract and leaves out what its page hides. Its details
// schemas are valid, which Diff takes for granted.
func (s streams) comparable(ctx context.Context, place string, pageOf func(apierr.Contract) (reference.Page, error)) (apierr.Contract, error) {
	c, err := s.contract(ctx, []string{place})
	if err != nil {
		return c, err
	}
	page, err := pageOf(c)
	if err != nil {
		return c, err
	}
	if c, err = page.WithoutHidden(c); err != nil {
		return c, err
	}
	_, err = reference.OpenAPI(c)
	return c, err
}
