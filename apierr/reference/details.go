package reference

import (
	"encoding/json"
	"fmt"
	"slices"

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
	answered := respond(cc, "/", e)
	declared := c.Lookup(answered.Error.Code)
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

// sentDetails returns the details that a client receives, decoded: the member of
// the envelope; the plain Details if the form has no such member or is another.
func sentDetails(c apierr.Contract, a answer) (any, error) {
	envelope, ok := c.Format.(apierr.Envelope)
	path := findMember(membersOf(envelope), apierr.FromDetails)
	if !ok && c.Format != nil || slices.Contains(path, "") || path == nil {
		plain := *a.Error
		plain.Violations = nil
		path = []string{"details"}
		envelope = apierr.Envelope{Members: []apierr.Member{{Name: "details", From: apierr.FromDetails}}}
		body, err := envelope.Append(nil, &plain, apierr.Info{})
		if err != nil {
			return nil, err
		}
		a.Body = string(body)
	}
	var sent any
	if err := json.Unmarshal([]byte(a.Body), &sent); err != nil {
		return nil, err
	}
	for _, name := range path {
		object, _ := sent.(map[string]any)
		sent = object[name]
	}
	if sent == nil {
		return map[string]any{}, nil
	}
	return sent, nil
}
