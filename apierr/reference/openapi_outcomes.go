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

	raised *apierr.Error     // is answered so
	error  *apierr.Error     // what is answered
	docURL string            // of the code; empty: it has none
	always map[string]bool   // keys of the Details that every such answer has
	header map[string]string // of the answer to raised
}

// outcomes lists what a server under c answers with: the declared errors, what the
// built-in errors and other mapped errors are answered as, and bare statuses
// that have a code. The first outcome of a code is the one at its own status.
//
// answered has the outcomes of each error that is raised.
func outcomes(c apierr.Contract) (list []*outcome, answered map[*apierr.Error][]*outcome, err error) {
	probed := c
	probed.Alternative = nil
	probed.Format = apierr.Envelope{Members: []apierr.Member{
		{Name: "code", From: apierr.FromCode}, {Name: "doc_url", From: apierr.FromDocURL},
	}}
	probed.Translations = nil // of another envelope's texts, maybe
	cc, err := probed.Compile()
	if err != nil {
		return nil, nil, err
	}
	l := outcomeList{compiled: cc, found: map[outcomeKey]*outcome{}}
	answered = map[*apierr.Error][]*outcome{}
	for _, e := range raisable(c) {
		for _, variant := range []*apierr.Error{e, e.WithViolations(violations[0]), e.WithViolations(violations[1])} {
			if o := l.add(variant, false); !slices.Contains(answered[e], o) {
				answered[e] = append(answered[e], o)
			}
		}
	}
	for status := 400; status <= 599; status++ {
		l.add(cc.ForStatus(status), true)
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
	list     []*outcome
	found    map[outcomeKey]*outcome
}

// add adds what e is answered as, and returns it. bare: e is the error for a bare status, which
// has a code of its own only if the contract or a built-in error gives it one.
func (l *outcomeList) add(e *apierr.Error, bare bool) *outcome {
	a := respond(l.compiled, "/", e)
	if bare && a.Error.Code == "HTTP_"+strconv.Itoa(a.Status) {
		return nil
	}
	key := outcomeKey{a.Error.Code, a.Status}
	if o := l.found[key]; o != nil {
		maps.DeleteFunc(o.always, func(key string, _ bool) bool { _, ok := a.Error.Details[key]; return !ok })
		return o
	}
	o := &outcome{
		code: a.Error.Code, status: a.Status, id: a.Error.ID, raised: e, error: a.Error,
		always: map[string]bool{}, header: map[string]string{},
	}
	for key := range a.Error.Details {
		o.always[key] = true
	}
	for name, values := range a.Header {
		o.header[name] = values[0]
	}
	var probe struct {
		DocURL string `json:"doc_url"`
	}
	if json.Unmarshal([]byte(a.Body), &probe) == nil {
		o.docURL = probe.DocURL
	}
	l.found[key], l.list = o, append(l.list, o)
	return o
}
