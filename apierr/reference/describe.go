package reference

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/failwell/failwell/apierr"
)

// Describe completes an OpenAPI 3.1 or 3.2 document, in JSON, with how the API
// fails under c. The operations of the document list the codes that they raise:
//
//	"get": {
//	  "x-errors": ["AGENT_NOT_FOUND"],
//	  "responses": {"200": {"description": "The agent"}}
//	}
//
// and each operation under paths receives a response for these and for the
// failures of any endpoint, at the statuses and with the codes of the contract:
//
//	invalid input       400  if it has a body or parameters
//	no credentials      401  if it, or the document, has a security requirement
//	not found           404  if its path has parameters
//	wrong method        405  always
//	body too large      413  if it has a body
//	another media type  415  if it has a body
//	too many requests   429  always
//	a fault, overload   500, 503  always
//
// The schemas, examples and headers are those of [OpenAPI]; the document
// receives the components that its responses use. Responses of an open contract
// also accept codes that the document does not have. A response to HEAD has no
// content.
//
// Describe only adds: the text of the document stays as it is, to the byte, and
// members are added to it. A response that is there already, in the operation
// or where its $ref leads in the document, receives only what it does not have:
// headers, a media type, a schema, a code in an anyOf that Describe has made. A
// component whose name is taken by another value receives another name.
// Describing the result again changes nothing. Codes that leave x-errors are
// not removed: keep the document that is written by hand, and make the
// described one from it.
//
// References to other documents are not followed: operations and responses
// behind them stay as they are. Callbacks and webhooks are answered by clients,
// and are left alone.
//
// Describe returns an error if c has faults, and if doc is not JSON, has another
// version of OpenAPI (convert 2.0 and 3.0 documents first), is longer than 32 MiB,
// is nested deeper than 500 values, or has more than 50,000 operations. A code in
// x-errors that no response under c has is an error too, which names the operation
// and the code.
func Describe(doc []byte, c apierr.Contract) ([]byte, error) {
	text, err := parseText(doc)
	if err != nil {
		return nil, fmt.Errorf("reference: %w", err)
	}
	s, err := newSpec(c)
	if err != nil {
		return nil, err
	}
	d := &describer{textDocument: text, spec: s, responses: map[*node]*response{}, made: map[string]object{}}
	if err := d.describe(); err != nil {
		return nil, fmt.Errorf("reference: %w", err)
	}
	return d.bytes(), nil
}

// describer describes one document.
type describer struct {
	*textDocument
	spec *spec

	operations int
	faults     []error
	visited    map[*node]bool      // path items
	responses  map[*node]*response // that are there already
	order      []*node             // of responses
	made       map[string]object   // responses that were made, by what they are for
}

func (d *describer) describe() error {
	if v := d.root.get("openapi"); !v.isString() || !strings.HasPrefix(v.text, "3.1.") && !strings.HasPrefix(v.text, "3.2.") {
		return fmt.Errorf("the document is none of OpenAPI 3.1 or 3.2: openapi is %s", d.shown(v))
	}
	components := d.root.get("components")
	if components != nil && !components.isObject() {
		return errors.New("components is no object")
	}
	for _, r := range d.spec.registries() {
		if n := components.get(r.kind); n != nil && !n.isObject() {
			return fmt.Errorf("components.%s is no object", r.kind)
		}
		r.existing = d.component
	}
	d.visited = map[*node]bool{}
	paths := d.root.get("paths")
	if paths != nil && !paths.isObject() {
		return errors.New("paths is no object")
	}
	if paths != nil {
		for _, m := range paths.members {
			if strings.HasPrefix(m.name, "/") {
				d.pathItem(m.name, d.resolve(m.value))
			}
		}
	}
	for _, n := range d.order {
		d.complete(n, d.responses[n])
	}
	if len(d.faults) > 0 {
		return errors.Join(d.faults...)
	}
	d.addComponents()
	return nil
}

// shown is a value of the document in an error.
func (d *describer) shown(n *node) string {
	if n == nil {
		return "absent"
	}
	s := []rune(string(d.raw(n)))
	return visible(string(s[:min(len(s), 40)]))
}

// component returns a component of the document, nil if there is none.
func (d *describer) component(kind, name string) jsontext.Value {
	if n := d.root.get("components").get(kind).get(name); n != nil {
		return d.raw(n)
	}
	return nil
}

// maxFaults is how many faults of a document are reported.
const maxFaults = 100

// fault notes what is wrong with the document.
func (d *describer) fault(format string, args ...any) {
	switch len(d.faults) {
	case maxFaults:
		d.faults = append(d.faults, errors.New("there are more faults"))
	case maxFaults + 1:
	default:
		d.faults = append(d.faults, fmt.Errorf(format, args...))
	}
}

// response makes a response. The codes are in an anyOf also if there is one, so
// that others can be added.
func (d *describer) response(r response) object {
	r.open, r.listed = !d.spec.contract.Closed, true
	key := fmt.Sprint(r.statuses, r.bodiless)
	for _, o := range r.outcomes {
		key += fmt.Sprintf(" %p", o)
	}
	if d.made[key] == nil {
		d.made[key] = d.spec.response(r)
	}
	return d.made[key]
}

// addComponents adds the components that the responses use.
func (d *describer) addComponents() {
	components := d.root.get("components")
	var added object
	for _, r := range d.spec.registries() {
		all := slices.DeleteFunc(r.object(), func(p property) bool { return d.component(r.kind, p.name) != nil })
		there := components.get(r.kind)
		switch {
		case len(all) == 0:
		case there != nil:
			there.addedMembers = append(there.addedMembers, all...)
		default:
			added = append(added, property{r.kind, all})
		}
	}
	switch {
	case len(added) == 0:
	case components == nil:
		d.root.add("components", added)
	default:
		components.addedMembers = append(components.addedMembers, added...)
	}
}
