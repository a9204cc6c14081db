package reference

import (
	"encoding/json"
	"fmt"

	"github.com/failwell/failwell/apierr"
)

// CheckDetails reports how the details of e, as a client receives them under c,
// differ from the schema that c declares for e: nil if they do not, or if there
// is no schema. It is for tests of the code that raises errors:
//
//	err := charge(ctx, order)
//	require.ErrorAs(t, err, &e)
//	require.NoError(t, reference.CheckDetails(contract, e))
//
// e is mapped as apierr.Write maps it, so that a built-in error is compared with
// the schema of the declared error that answers for it. An error without
// details is compared as an empty object if the schema requires members. An
// error that c does not declare has no schema.
//
// CheckDetails compiles c at each call. It returns an error also if c or its
// schema has faults.
func CheckDetails(c apierr.Contract, e *apierr.Error) error {
	cc, err := c.Compile()
	if err != nil {
		return err
	}
	answered := respond(cc, "/", e).Error
	declared := c.Lookup(answered.Code)
	text, ok := c.DetailsSchemas[declared]
	if !ok {
		return nil
	}
	s, err := parseSchema(text)
	if err != nil {
		return fmt.Errorf("reference: contract %q: the details schema of %s: %w", c.Name, declared.Code, err)
	}
	details, err := sentDetails(c, answered)
	if err != nil {
		return fmt.Errorf("reference: %s: the details cannot be encoded: %w", declared.Code, err)
	}
	if err := s.resolved.Validate(details); err != nil {
		return fmt.Errorf("reference: %s: the details are not of the declared form: %w", declared.Code, err)
	}
	return nil
}

// sentDetails returns the details of e as the envelope of c sends them, decoded;
// for other formats, the Details of e as a plain object.
func sentDetails(c apierr.Contract, e *apierr.Error) (any, error) {
	envelope, ok := c.Format.(apierr.Envelope)
	if !ok && c.Format != nil {
		plain := *e
		plain.Violations = nil
		e = &plain
	}
	envelope.Members = []apierr.Member{{Name: "details", From: apierr.FromDetails}}
	body, err := envelope.Append(nil, e, apierr.Info{})
	if err != nil {
		return nil, err
	}
	var sent struct{ Details any }
	if err := json.Unmarshal(body, &sent); err != nil {
		return nil, err
	}
	if sent.Details == nil {
		return map[string]any{}, nil
	}
	return sent.Details, nil
}
