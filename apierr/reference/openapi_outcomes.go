package reference

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/failwell/failwell/apierr"
)

// outcome is a code at a status that a server under the contract answers with.
type outcome struct {
	code   string
	status int
	id     int // 0: the code has none

	raised  *apierr.Error   // is answered so; nil: the bare status is
	bare    int             // the status that is
	docURL  string          // of the code; empty: it has none
	always  map[string]bool // keys of the Details that every such answer has
	headers headerSet       // of all such answers
}

// answer is the answer of the outcome in the format of cc. A bare status is
// mapped by the contract that answers it.
func (o *outcome) answer(cc *apierr.CompiledContract) answer {
	if o.raised == nil {
		return respond(cc, "/", cc.ForStatus(o.bare))
	}
	return respond(cc, "/", o.raised)
}

// outcomes lists what a server under c, compiled as cc, answers with: the
// declared errors, what the built-in errors and other mapped errors are
// answered as, and bare statuses that have a code. answered has the outcomes of
// each error that is raised.
func outcomes(c apierr.Contract, cc *apierr.CompiledContract) (list []*outcome, answered map[*apierr.Error][]*outcome, err error) {
	probed := c
	probed.Alternative = nil
	probed.Format = apierr.Envelope{Members: []apierr.Member{
		{Name: "code", From: apierr.FromCode}, {Name: "doc_url", From: apierr.FromDocURL},
	}}
	probed.Translations = nil // of another envelope's texts, maybe
	probe, err := probed.Compile()
	if err != nil {
		return nil, nil, err
	}
	l := outcomeList{compiled: cc, probe: probe, found: map[outcomeKey]*outcome{}}
	answered = map[*apierr.Error][]*outcome{}
	for _, e := range raisable(c) {
		for _, variant := range []*apierr.Error{e, e.WithViolations(violations[0]), e.WithViolations(violations[1])} {
			if o := l.add(&outcome{raised: variant}); !slices.Contains(answered[e], o) {
				answered[e] = append(answered[e], o)
			}
		}
	}
	for status := 400; status <= 599; status++ {
		l.add(&outcome{bare: status})
	}
	return l.list, answered, nil
}

// raisable are the errors that a server raises: the declared, the built-in and
// other mapped ones.
func raisable(c apierr.Contract) []*apierr.Error {
	all := c.Declared()
	for _, e := range apierr.Standard.Errors {
		if !slices.Contains(all, e) {
			all = append(all, e)
		}
	}
	others := slices.SortedFunc(maps.Keys(c.Mappings), func(a, b *apierr.Error) int { return strings.Compare(a.Code, b.Code) })
	for _, e := range others {
		if !slices.Contains(all, e) && e != apierr.ClientGone {
			all = append(all, e)
		}
	}
	return all
}

type outcomeKey struct {
	code   string
	status int
}

type outcomeList struct {
	compiled *apierr.CompiledContract
	probe    *apierr.CompiledContract // whose bodies have the documentation URL
	list     []*outcome
	found    map[outcomeKey]*outcome
}

// add adds an outcome unless it is there, and returns the one that is. It
// returns nil for a bare status that neither the contract nor a built-in error
// gives a code.
func (l *outcomeList) add(o *outcome) *outcome {
	a := o.answer(l.compiled)
	if o.raised == nil && a.Error.Code == "HTTP_"+strconv.Itoa(a.Status) {
		return nil
	}
	key := outcomeKey{a.Error.Code, a.Status}
	if there := l.found[key]; there != nil {
		maps.DeleteFunc(there.always, func(key string, _ bool) bool { _, ok := a.Error.Details[key]; return !ok })
		there.headers = there.headers.and(headersIn(a.Header))
		return there
	}
	o.code, o.status, o.id = a.Error.Code, a.Status, a.Error.ID
	o.always, o.headers = map[string]bool{}, headersIn(a.Header)
	for key := range a.Error.Details {
		o.always[key] = true
	}
	var body struct {
		DocURL string `json:"doc_url"`
	}
	if json.Unmarshal([]byte(o.answer(l.probe).Body), &body) == nil {
		o.docURL = body.DocURL
	}
	l.found[key], l.list = o, append(l.list, o)
	return o
}
