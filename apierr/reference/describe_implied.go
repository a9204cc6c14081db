package reference

import (
	"slices"
	"strings"

	"github.com/failwell/failwell/apierr"
)

// implied returns the failures that an operation may have because of what it
// is.
func (d *describer) implied(path string, item, op *node) []*apierr.Error {
	list := []*apierr.Error{apierr.MethodNotAllowed, apierr.TooManyRequests, apierr.Internal, apierr.Unavailable}
	if body := op.get("requestBody"); body != nil {
		list = append(list, apierr.InvalidBody, apierr.BodyTooLarge, apierr.UnsupportedMediaType)
		if takesJSON(d.resolve(body)) {
			list = append(list, apierr.InvalidJSON)
		}
	}
	parameters := d.parameters(item, op)
	if len(parameters) > 0 {
		list = append(list, apierr.InvalidParameter)
	}
	if slices.ContainsFunc(parameters, isRequired) {
		list = append(list, apierr.MissingParameter)
	}
	if strings.Contains(path, "{") || slices.ContainsFunc(parameters, isOfPath) {
		list = append(list, apierr.NotFound)
	}
	if d.isSecured(op) {
		list = append(list, apierr.Unauthenticated)
	}
	return list
}

// takesJSON reports whether a request body may be JSON; one that is described
// in another document may be.
func takesJSON(body *node) bool {
	content := body.get("content")
	return content == nil || slices.ContainsFunc(content.members, func(m member) bool {
		t := essence(m.name)
		return t == "application/json" || strings.HasSuffix(t, "+json") || strings.Contains(t, "*")
	})
}

// parameters returns the parameters of an operation and of its path item. A
// parameter in another document is nil.
func (d *describer) parameters(item, op *node) (list []*node) {
	for _, n := range []*node{item, op} {
		if p := n.get("parameters"); p.isArray() {
			for _, e := range p.elements {
				list = append(list, d.resolve(e))
			}
		}
	}
	return list
}

func isOfPath(parameter *node) bool {
	in := parameter.get("in")
	return in.isString() && in.text == "path"
}

// isRequired reports whether a parameter may be missing, which one of the path
// cannot.
func isRequired(parameter *node) bool {
	required := parameter.get("required")
	return required != nil && required.kind == 't' && !isOfPath(parameter)
}

// isSecured reports whether an operation has a security requirement: its own,
// or that of the document. One that is {} makes credentials optional.
func (d *describer) isSecured(op *node) bool {
	security := op.get("security")
	if security == nil {
		security = d.root.get("security")
	}
	return security.isArray() && slices.ContainsFunc(security.elements, func(n *node) bool { return len(n.members) > 0 })
}
