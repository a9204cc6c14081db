package conformance

import (
	"net/http"
	"net/textproto"
	"slices"

	"github.com/failwell/failwell/apierr"
)

// model is a contract as the checks read it: as data. It uses none of the code
// that maps and encodes errors, which a server may use.
type model struct {
	contract  apierr.Contract
	byCode    map[string]*apierr.Error
	form      reader
	other     reader // of the alternative; nil: there is none
	request   string // the canonical name of the header; empty: there is none
	correlate string
}

func newModel(c apierr.Contract) (*model, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	m := &model{
		contract:  c,
		byCode:    make(map[string]*apierr.Error),
		request:   idHeader(c.RequestIDHeader, "X-Request-Id"),
		correlate: idHeader(c.CorrelationIDHeader, "X-Correlation-Id"),
	}
	for _, e := range c.Declared() {
		m.byCode[e.Code] = e
	}
	if m.form = m.readerOf(c.Format); c.Alternative != nil {
		m.other = m.readerOf(c.Alternative)
	}
	return m, nil
}

func idHeader(name, fallback string) string {
	switch name {
	case "":
		return fallback
	case apierr.NoHeader:
		return ""
	}
	return textproto.CanonicalMIMEHeaderKey(name)
}

// pair is a code with a status that an answer may have.
type pair struct {
	code   string
	status int
}

// pairsOf returns what the contract answers for a built-in error, by itself and
// where its status alone is known. None: the contract does not say.
func (m *model) pairsOf(b *apierr.Error) []pair {
	var pairs []pair
	if mapping, ok := m.contract.StatusMappings[b.Status]; ok {
		pairs = m.appendMapped(pairs, mapping, b, true)
	}
	if mapping, ok := m.contract.Mappings[b]; ok {
		return m.appendMapped(pairs, mapping, b, false)
	}
	if e := m.byCode[b.Code]; e != nil {
		return append(pairs, pair{e.Code, e.Status})
	}
	if !m.contract.Closed || len(pairs) > 0 {
		return pairs
	}
	return m.appendFolded(pairs, b.Status)
}

// appendMapped appends what a mapping of b answers. bare: only the status of
// the failure is known, which an open contract keeps.
func (m *model) appendMapped(pairs []pair, mapping apierr.Mapping, b *apierr.Error, bare bool) []pair {
	as := mapping.Error
	if as == nil {
		as = b
	}
	for _, e := range []*apierr.Error{as, mapping.Required} {
		if e == nil {
			continue
		}
		status := mapping.Status
		if status == 0 && !(bare && !m.contract.Closed) {
			status = e.Status
		}
		if status != 0 {
			pairs = append(pairs, pair{e.Code, status})
		}
		if !m.contract.Closed { // a router's bare status
			pairs = append(pairs, pair{e.Code, b.Status})
		}
	}
	return pairs
}

// appendFolded appends what a closed contract answers for an undeclared error
// with the status, in the order that Contract.Closed gives.
func (m *model) appendFolded(pairs []pair, status int) []pair {
	general := apierr.Internal
	if status/100 == 4 {
		general = apierr.BadRequest
	}
	for _, b := range append(builtins(status), general) {
		if mapping, ok := m.contract.Mappings[b]; ok {
			return m.appendMapped(pairs, mapping, b, false)
		}
		if e := m.byCode[b.Code]; e != nil {
			return append(pairs, pair{e.Code, e.Status})
		}
	}
	return pairs
}

// builtins returns the built-in errors with the status.
func builtins(status int) (all []*apierr.Error) {
	for _, e := range apierr.Standard.Errors {
		if e.Status == status {
			all = append(all, e)
		}
	}
	return all
}

// forStatus returns what the contract answers for a bare status. None: it does
// not say.
func (m *model) forStatus(status int) []pair {
	if mapping, ok := m.contract.StatusMappings[status]; ok {
		return m.appendMapped(nil, mapping, &apierr.Error{Status: status}, true)
	}
	var pairs []pair
	for _, b := range builtins(status) {
		pairs = append(pairs, m.pairsOf(b)...)
	}
	if len(pairs) == 0 && m.contract.Closed {
		pairs = m.appendFolded(nil, status)
	}
	return pairs
}

// raised returns what the contract answers for a declared error.
func (m *model) raised(e *apierr.Error) []pair {
	if mapping, ok := m.contract.Mappings[e]; ok {
		return m.appendMapped(nil, mapping, e, false)
	}
	return []pair{{e.Code, e.Status}}
}

// hasStatus reports whether an answer with the code of e may have the status:
// its own, or that of any mapping to it.
func (m *model) hasStatus(e *apierr.Error, status int) bool {
	if e.Status == status {
		return true
	}
	for of, mapping := range m.contract.Mappings {
		if slices.Contains(m.appendMapped(nil, mapping, of, false), pair{e.Code, status}) {
			return true
		}
	}
	return slices.Contains(m.forStatus(status), pair{e.Code, status})
}

// expectation is what a failure may be answered with.
type expectation struct {
	what  string // the failure, for a finding
	pairs []pair // if not empty, one of these
	class int    // 4 or 5; 0: any
	only  int    // the status; 0: any of the class
}

// expects returns the expectation for the built-in errors. The codes are fixed
// if the contract says what the first of them is answered with.
func (m *model) expects(what string, all ...*apierr.Error) expectation {
	x := expectation{what: what, class: all[0].Status / 100}
	if len(m.pairsOf(all[0])) == 0 {
		return x
	}
	for _, b := range all {
		x.pairs = append(x.pairs, m.pairsOf(b)...)
	}
	for _, p := range x.pairs {
		if p.status/100 != x.class {
			x.class = 0
		}
	}
	return x
}

// codes lists the codes of the expectation for a finding.
func (x expectation) codes() []string {
	var codes []string
	for _, p := range x.pairs {
		if !slices.Contains(codes, p.code) {
			codes = append(codes, p.code)
		}
	}
	return codes
}

// statusesOf lists the statuses that an answer with the code may have. An empty
// code is of a form that shows none.
func (x expectation) statusesOf(code string) []int {
	var statuses []int
	for _, p := range x.pairs {
		if (code == "" || p.code == code) && !slices.Contains(statuses, p.status) {
			statuses = append(statuses, p.status)
		}
	}
	return statuses
}

// needsRetryAfter reports whether the contract has a Retry-After for every
// answer with the status.
func (m *model) needsRetryAfter(status int) bool {
	return status == http.StatusTooManyRequests ||
		status == http.StatusServiceUnavailable && m.contract.RetryAfterUnavailable > 0
}
