package poly

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/polyai"
)

// config is the real-time configuration of a project: a JSON Schema, and for
// each environment a document that it allows.
type config struct {
	schema *jsonschema.Schema
	values map[string]jsontext.Value
}

// newConfig has a schema that asks for the number of seats.
func newConfig() config {
	schema, err := compileSchema([]byte(`{
		"type": "object",
		"properties": {"seats": {"type": "integer", "minimum": 1}, "closed": {"type": "boolean"}},
		"required": ["seats"],
		"additionalProperties": false
	}`))
	if err != nil {
		panic(err)
	}
	return config{schema, make(map[string]jsontext.Value)}
}

// schemaURL is where a schema pretends to be.
const schemaURL = "mem:///schema"

// refuse loads nothing: a schema of a visitor must not make the server read
// files or call on other servers.
type refuse struct{}

func (refuse) Load(url string) (any, error) {
	return nil, errors.New("schemas refer to nothing outside")
}

func compileSchema(b []byte) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(refuse{})
	c.UseRegexpEngine(shortPattern)
	if err := c.AddResource(schemaURL, doc); err != nil {
		return nil, err
	}
	return c.Compile(schemaURL)
}

func putSchema(v visit, in jsontext.Value) (any, error) {
	if err := frugal(in, true); err != nil {
		return nil, polyai.RealTimeConfigInvalidSchema.Wrap(err)
	}
	schema, err := compileSchema(in)
	if err != nil {
		return nil, polyai.RealTimeConfigInvalidSchema.Wrap(err)
	}
	v.config = config{schema, make(map[string]jsontext.Value)}
	return in, nil
}

func putConfig(v visit, in jsontext.Value) (any, error) {
	env := v.path("environment")
	if !slices.Contains(environments, env) {
		return nil, polyai.RealTimeConfigUnknownClientEnvironment
	}
	if err := frugal(in, false); err != nil {
		return nil, polyai.RealTimeConfigInvalidForSchema.Wrap(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(in))
	if err != nil {
		return nil, fmt.Errorf("a document that was valid: %w", err)
	}
	if err := v.config.schema.Validate(doc); err != nil {
		return nil, invalidForSchema(err)
	}
	v.config.values[env] = in
	return in, nil
}

// invalidForSchema returns the error for a document that breaks the schema, with
// the places where it does. The library's own text may contain the value: it is
// the cause, for the log only.
func invalidForSchema(err error) error {
	e := polyai.RealTimeConfigInvalidForSchema.Wrap(err)
	var broken *jsonschema.ValidationError
	if !errors.As(err, &broken) {
		return e
	}
	for len(broken.Causes) > 0 {
		broken = broken.Causes[0]
	}
	path := jsontext.Pointer("")
	for _, name := range broken.InstanceLocation {
		path = path.AppendToken(name)
	}
	if path == "" {
		path = "$"
	}
	return e.WithViolations(apierr.Violation{Path: string(path), Rule: "schema", Message: "Does not match the schema"})
}
