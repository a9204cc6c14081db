package reference

import (
	"github.com/failwell/failwell/apierr"
)

// TypeScript returns a module of TypeScript with the types of the errors of c
// and the functions that read them:
//
//	const response = await fetch(url)
//	if (!response.ok) {
//	  const error = await parseError(response)
//	  if (isErrorCode(error, "OUT_OF_STOCK")) offer(error.details.available)
//	  throw error
//	}
//
// ApiError is a union that is discriminated by code: a closed one for a closed
// contract, so that a switch can be exhaustive; for an open one, it has an arm
// for codes that c does not declare. The details have the types of the
// contract's DetailsSchemas: those of JSON Schema's keywords that types can
// express, and unknown for others. ErrorBodies has the bodies as they are sent,
// in the form of the Format and of the Alternative.
//
// parseError reads at most 1 MiB of a response and never throws, whatever the
// body is: one that does not have the declared form, such as a proxy's page,
// becomes the error that is not known. isApiError checks any value in the same
// way at run time.
//
// A Format other than Envelope and Problem is known by the bodies that it makes
// of the declared errors: where all of them have the code, the message and the
// details. Errors whose body does not show the code are never known.
//
// The module compiles with strict, noUncheckedIndexedAccess and
// exactOptionalPropertyTypes, has no dependencies and needs ES2018 and fetch's
// Response. Equal contracts give equal bytes. TypeScript returns the faults of
// c.
func TypeScript(c apierr.Contract) ([]byte, error) {
	cc, err := c.Compile()
	if err != nil {
		return nil, err
	}
	schemas, err := parseSchemas(c)
	if err != nil {
		return nil, err
	}
	c = withDefaults(c, cc)
	m := &module{contract: c, forms: formsOf(c, cc, schemas)}
	m.codes = codesOf(c, schemas, m.forms)
	return m.bytes(), nil
}
