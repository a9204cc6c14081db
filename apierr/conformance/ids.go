package conformance

import (
	"fmt"
	"strings"
	"sync"
)

// idSet are the IDs that were seen in responses.
type idSet struct {
	mu   sync.Mutex
	seen map[string]bool
}

// add reports whether the ID is new.
func (s *idSet) add(header, id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := header + ":" + id
	if s.seen[key] {
		return false
	}
	s.seen[key] = true
	return true
}

// ids applies the rule of that name to a response. c is what its body says, nil
// if it says nothing.
func (p *probe) ids(a *answer, c *content) {
	if p.model.request == "" && p.model.correlate == "" {
		p.inapplicable("the contract has no ID headers", "ids")
		return
	}
	if c == nil {
		c = new(content)
	}
	p.id(a, p.model.request, c.requestID, c.showsRequestID, true)
	p.id(a, p.model.correlate, c.correlationID, c.showsCorrelationID, !a.correlation)
}

// id applies the rule to one header. shown: the form has a member for the ID.
// fresh: the ID must be a new one.
func (p *probe) id(a *answer, header, inBody string, shown, fresh bool) {
	const rule = "ids"
	if header == "" {
		return
	}
	values := a.header[header]
	if len(values) != 1 || values[0] == "" {
		p.require(rule, false, a, fmt.Sprintf("%s is there %s", header, times(len(values))), "%s once", header)
		return
	}
	id := values[0]
	p.require(rule, isPrintable(id), a, fmt.Sprintf("%s is %q", header, id), "an ID of printable characters")
	p.require(rule, inBody != "" || !shown, a, "the body does not have the ID", "the ID of %s in the body, as the form has it", header)
	p.require(rule, inBody == "" || inBody == id, a, fmt.Sprintf("the body has %q, %s has %q", inBody, header, id), "one ID")
	if fresh {
		p.require(rule, p.seen.add(header, id), a, fmt.Sprintf("%s: %s was sent before", header, id), "a new ID for each request")
	}
}

func times(n int) string {
	switch n {
	case 0:
		return "not at all"
	case 1:
		return "without a value"
	}
	return fmt.Sprintf("%d times", n)
}

func isPrintable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}
