package reference

import (
	"slices"
	"strconv"
	"strings"

	"github.com/failwell/failwell/apierr"
)

// methods are those of the operations of a path item.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"}

// maxOperations bounds what a short document can make Describe write.
const maxOperations = 50_000

func (d *describer) pathItem(path string, item *node) {
	if !item.isObject() || d.visited[item] {
		return
	}
	d.visited[item] = true
	for _, m := range operationsOf(item) {
		if d.operations++; d.operations > maxOperations {
			if d.operations == maxOperations+1 {
				d.fault("the document has more than %d operations", maxOperations)
			}
			return
		}
		d.operation(m.name+" "+path, m.name == "HEAD", d.implied(path, item, m.value), m.value)
	}
}

// operationsOf returns the operations of a path item by method: those with a
// member of their own, and the additionalOperations of OpenAPI 3.2.
func operationsOf(item *node) (operations []member) {
	for _, m := range item.members {
		if slices.Contains(methods, m.name) && m.value.isObject() {
			operations = append(operations, member{name: strings.ToUpper(m.name), value: m.value})
		}
	}
	if additional := item.get("additionalOperations"); additional.isObject() {
		for _, m := range additional.members {
			if m.value.isObject() {
				operations = append(operations, m)
			}
		}
	}
	return operations
}

// operation notes what the responses of an operation are for, and adds those
// that it does not have.
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
			added = append(added, property{key, d.response(response{statuses: []int{status}, outcomes: byStatus[status], bodiless: bodiless})})
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
			d.fault("%s: x-errors has \"%s\", which is no code of the contract \"%s\"", visible(name), visible(code.text), visible(d.spec.contract.Name))
		}
		outcomes = append(outcomes, answered...)
	}
	return outcomes
}

func sortedStatuses(byStatus map[int][]*outcome) []int {
	list := make([]int, 0, len(byStatus))
	for status := range byStatus {
		list = append(list, status)
	}
	slices.Sort(list)
	return list
}
