package reference

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/failwell/failwell/apierr"
)

// Describe completes an OpenAPI 3.1 or 3.2 document, in JSON, with how the API fails
// under c. The operations of the document list the codes that they raise:
//
//	"get": {
//	  "x-errors": ["AGENT_NOT_FOUND"],
//	  "responses": {"200": {"description": "The agent"}}
//	}
//
// and each operation under paths receives a response for these and for the failures
// of any endpoint, at the statuses and with the codes of the contract:
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
// The schemas, examples and headers are those of [OpenAPI]; the document receives
// the components that its responses use. Responses of an open contract also accept
// codes that the document does not have. A response to HEAD has no content.
//
// Describe only adds: the text of the document stays as it is, to the byte, and
// members are added to it. A response that is there already, in the operation or
// where its $ref leads in the document, receives only what it does not have: headers,
// a media type, a schema, a code in an anyOf that Describe has made. A component
// whose name is taken by another value receives another name. Describing the result
// again changes nothing. Codes that leave x-errors are not removed: keep the document
// that is written by hand, and make the described one from it.
//
// References to other documents are not followed: operations and responses behind
// them stay as they are. Callbacks and webhooks are answered by clients, and are left
// alone.
//
// Describe returns an error if c has faults, if doc is not JSON, has another version
// of OpenAPI (convert 2.0 and 3.0 documents first), is longer than 64 MiB, deeper
// than 500 values or has more than 50,000 operations, and for each code in x-errors
// that no response under c has; it names the operation and the code.
func Describe(doc []byte, c apierr.Contract) ([]byte, error) {
	s, err := newSpec(c)
	if err != nil {
		return nil, err
	}
	text, err := parseText(doc)
	if err != nil {
		return nil, fmt.Errorf("reference: %w", err)
	}
	d := &describer{textDocument: text, spec: s, responses: map[*node]*response{}, made: map[string]object{}}
	if err := d.describe(); err != nil {
		return nil, fmt.Errorf("reference: %w", err)
	}
	return d.bytes(), nil
}

// maxOperations bounds what a short document can make Describe write.
const maxOperations = 50_000

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

// response is what a response of the document is for.
type response struct {
	statuses []int
	outcomes []*outcome
	bodiless bool // it answers HEAD alone
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

// methods are those of the operations of a path item.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"}

func (d *describer) pathItem(path string, item *node) {
	if !item.isObject() || d.visited[item] {
		return
	}
	d.visited[item] = true
	for _, m := range item.members {
		if slices.Contains(methods, m.name) && m.value.isObject() {
			if d.operations++; d.operations > maxOperations {
				if d.operations == maxOperations+1 {
					d.fault("the document has more than %d operations", maxOperations)
				}
				return
			}
			d.operation(strings.ToUpper(m.name)+" "+path, m.name == "head", d.implied(path, item, m.value), m.value)
		}
	}
}

func (d *describer) fault(format string, args ...any) {
	d.faults = append(d.faults, fmt.Errorf(format, args...))
}

// operation notes what the responses of an operation are for, and adds those that
// it does not have.
func (d *describer) operation(name string, bodiless bool, implied []*apierr.Error, op *node) {
	byStatus := map[int][]*outcome{}
	add := func(outcomes []*outcome) {
		for _, o := range outcomes {
			if !slices.Contains(byStatus[o.status], o) {
				byStatus[o.status] = append(byStatus[o.status], o)
			}
		}
	}
	add(d.listed(name, op))
	for _, e := range implied {
		add(d.spec.answered[e])
	}
	responses := op.get("responses")
	if responses != nil && !responses.isObject() {
		d.fault("%s: responses is no object", visible(name))
		return
	}
	var added object
	for _, status := range sortedStatuses(byStatus) {
		key := strconv.Itoa(status)
		there := responses.get(key)
		if there == nil {
			added = append(added, property{key, d.response([]int{status}, byStatus[status], bodiless)})
			continue
		}
		if n := d.resolve(there); n.isObject() {
			d.note(n, status, byStatus[status], bodiless)
		}
	}
	switch {
	case responses == nil:
		op.add("responses", added)
	default:
		responses.addedMembers = append(responses.addedMembers, added...)
	}
}

// listed returns what the codes of an operation's x-errors are answered as.
func (d *describer) listed(name string, op *node) (outcomes []*outcome) {
	list := op.get("x-errors")
	if list == nil {
		return nil
	}
	if !list.isArray() {
		d.fault("%s: x-errors is no list of codes: %s", visible(name), d.shown(list))
		return nil
	}
	for _, code := range list.elements {
		if !code.isString() {
			d.fault("%s: x-errors has %s, which is no code", visible(name), d.shown(code))
			continue
		}
		answered := d.spec.ofCode(code.text)
		if len(answered) == 0 {
			d.fault("%s: x-errors has %q, which is no code of the contract %q", visible(name), visible(code.text), visible(d.spec.contract.Name))
		}
		outcomes = append(outcomes, answered...)
	}
	return outcomes
}

// note adds to what a response is for. Several operations may share it.
func (d *describer) note(n *node, status int, outcomes []*outcome, bodiless bool) {
	r := d.responses[n]
	if r == nil {
		r = &response{bodiless: true}
		d.responses[n], d.order = r, append(d.order, n)
	}
	r.bodiless = r.bodiless && bodiless
	if !slices.Contains(r.statuses, status) {
		r.statuses = append(r.statuses, status)
	}
	for _, o := range outcomes {
		if !slices.Contains(r.outcomes, o) {
			r.outcomes = append(r.outcomes, o)
		}
	}
}

// response makes a response. The codes are in an anyOf also if there is one, so that
// others can be added.
func (d *describer) response(statuses []int, outcomes []*outcome, bodiless bool) object {
	var key strings.Builder
	fmt.Fprint(&key, statuses, bodiless)
	for _, o := range outcomes {
		fmt.Fprintf(&key, "%p", o)
	}
	made := d.made[key.String()]
	if made == nil {
		made = d.spec.response(statuses, outcomes, !d.spec.contract.Closed, true)
		if bodiless {
			made = slices.DeleteFunc(made, func(p property) bool { return p.name == "content" })
		}
		d.made[key.String()] = made
	}
	return made
}

// complete adds to a response what it does not have.
func (d *describer) complete(n *node, r *response) {
	for _, p := range d.response(r.statuses, r.outcomes, r.bodiless) {
		there := n.get(p.name)
		switch {
		case there == nil:
			n.add(p.name, p.value)
		case p.name == "headers" && there.isObject():
			d.addHeaders(there, p.value.(object))
		case p.name == "content" && there.isObject():
			d.addContent(there, p.value.(object))
		}
	}
}

// addHeaders adds those that are not there, in whatever case.
func (d *describer) addHeaders(there *node, headers object) {
	for _, h := range headers {
		if !slices.ContainsFunc(there.members, func(m member) bool { return strings.EqualFold(m.name, h.name) }) {
			there.add(h.name, h.value)
		}
	}
}

// addContent adds media types that are not there, and what the others lack.
func (d *describer) addContent(there *node, content object) {
	for _, media := range content {
		i := slices.IndexFunc(there.members, func(m member) bool { return essence(m.name) == essence(media.name) })
		if i < 0 {
			there.add(media.name, media.value)
			continue
		}
		if n := there.members[i].value; n.isObject() && n.get("$ref") == nil {
			d.addMedia(n, media.value.(object))
		}
	}
}

// essence is a media type without its parameters.
func essence(mediaType string) string {
	name, _, _ := strings.Cut(mediaType, ";")
	return strings.ToLower(strings.TrimSpace(name))
}

// addMedia adds the schema to a media type that has none, and the codes to one that
// Describe has made. Another schema stays as it is.
func (d *describer) addMedia(there *node, media object) {
	schema := there.get("schema")
	if schema == nil {
		there.add("schema", media.get("schema"))
	} else if !d.addCodes(schema, media.get("schema").(object)) {
		return
	}
	examples, _ := media.get("examples").(object)
	switch list := there.get("examples"); {
	case len(examples) == 0, there.get("example") != nil:
	case list == nil:
		there.add("examples", examples)
	case list.isObject():
		for _, e := range examples {
			if list.get(e.name) == nil {
				list.add(e.name, e.value)
			}
		}
	}
}

// addCodes adds the schemas that an anyOf does not have. It reports whether the anyOf
// has one of them already: then Describe has made it.
func (d *describer) addCodes(there *node, schema object) bool {
	anyOf := there.get("anyOf")
	if !anyOf.isArray() {
		return false
	}
	refs := map[string]bool{}
	for _, e := range anyOf.elements {
		if ref := e.get("$ref"); ref.isString() {
			refs[ref.text] = true
		}
	}
	var missing []any
	list := schema.get("anyOf").([]any)
	for _, s := range list {
		if ref, _ := s.(object).get("$ref").(string); !refs[ref] {
			missing = append(missing, s)
		}
	}
	if len(missing) == len(list) {
		return false
	}
	anyOf.addedElements = append(anyOf.addedElements, missing...)
	return true
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

func sortedStatuses(byStatus map[int][]*outcome) []int {
	list := make([]int, 0, len(byStatus))
	for status := range byStatus {
		list = append(list, status)
	}
	slices.Sort(list)
	return list
}
