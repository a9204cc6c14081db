package reference

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/seam"
)

// answers returns what e is answered with.
func (s side) answers(e *apierr.Error) *apierr.Error { return apierr.Resolve(s.context(), e) }

// context is that of a request under the contract.
func (s side) context() context.Context {
	return context.WithValue(context.Background(), seam.Key{}, &exchange{contract: s.compiled})
}

// closeCode returns the code of the close frame for e.
func (s side) closeCode(e *apierr.Error) int {
	code, _ := apierr.CloseCode(s.context(), e)
	return code
}

// failures compares what the same failures are answered with: the built-in
// errors, bare statuses, and what both contracts declare.
func (d *differ) failures() {
	m := mappings{differ: d, groups: map[moved]*failures{}}
	for _, e := range apierr.Standard.Declared() {
		m.compare(e.Code, e, e)
	}
	for status := 400; status <= 599; status++ {
		m.answer("", status, d.old.compiled.ForStatus(status), d.new.compiled.ForStatus(status))
	}
	for old, new := range d.survivors() {
		if !isBuiltin(old) || old != new {
			m.compare(old.Code, old, new)
			d.status(old, new)
			d.ownHeaders(old, new)
		}
	}
	m.report()
}

// isBuiltin reports whether e is one of the built-in errors.
func isBuiltin(e *apierr.Error) bool { return apierr.Standard.Lookup(e.Code) == e }

// status reports another status of a declared error, which is that of a close
// frame too.
func (d *differ) status(old, new *apierr.Error) {
	if old.Status == new.Status {
		return
	}
	why := fmt.Sprintf("The status changes from %d to %d", old.Status, new.Status)
	if from, to := d.old.closeCode(old), d.new.closeCode(new); from != to {
		why += fmt.Sprintf(" and the close code of a WebSocket from %d to %d", from, to)
	}
	d.breaks("status", old.Code, "%s: clients that look at it take the failure for another.", why)
}

// mappings collects the failures that are answered otherwise, by how.
type mappings struct {
	*differ
	groups map[moved]*failures
}

// moved is what a failure was answered with and is answered with now.
type moved struct{ was, is reply }

// reply is a code and a status. A code that is made of a bare status is empty,
// and the status then that of the class: 400 or 500.
type reply struct {
	code   string
	status int
}

// failures are those of a group.
type failures struct {
	names    []string
	known    map[string]bool // the names
	statuses []int           // known by their status alone
}

// compare raises a failure as it is, and with violations, by which a mapping may
// choose.
func (m *mappings) compare(name string, old, new *apierr.Error) {
	wasPlain, isPlain := m.old.answers(old), m.new.answers(new)
	m.answer(name, 0, wasPlain, isPlain)
	for i, v := range violations {
		was, is := m.old.answers(old.WithViolations(v)), m.new.answers(new.WithViolations(v))
		if sameAnswer(was, wasPlain) && sameAnswer(is, isPlain) {
			continue
		}
		m.answer(name+[]string{" of a required field", " of an invalid field"}[i], 0, was, is)
	}
}

func sameAnswer(a, b *apierr.Error) bool { return a.Code == b.Code && a.Status == b.Status }

// answer compares two answers to one failure, which has a name or, if that is
// empty, a status.
func (m *mappings) answer(name string, status int, was, is *apierr.Error) {
	if m.expects(was, is) {
		m.constants(was, is)
		return
	}
	key := moved{m.old.reply(status, was), m.new.reply(status, is)}
	g := m.groups[key]
	if g == nil {
		g = &failures{known: map[string]bool{}}
		m.groups[key] = g
	}
	if name == "" {
		g.statuses = append(g.statuses, status)
	} else if !g.known[name] {
		g.names, g.known[name] = append(g.names, name), true
	}
}

// reply returns what e is in the answer to a failure with a bare status; 0: it
// had a name.
func (s side) reply(status int, e *apierr.Error) reply {
	if status != 0 && e.Code == "HTTP_"+strconv.Itoa(e.Status) && s.codes[e.Code] == nil {
		return reply{"", status / 100 * 100}
	}
	return reply{e.Code, e.Status}
}

func (r reply) String() string {
	if r.code == "" {
		return "a code made of the status"
	}
	return fmt.Sprintf("%s and %d", named(r.code), r.status)
}

// expects reports whether an answer is the old one, so far as the change of its
// code, which is reported by itself, allows.
func (d *differ) expects(was, is *apierr.Error) bool {
	declared, now := d.old.codes[was.Code], was.Code
	if declared == nil {
		return is.Code == now && is.Status == was.Status
	}
	if code, ok := d.now[was.Code]; ok {
		now = code
	}
	if is.Code != now {
		return false
	}
	new := d.new.codes[now]
	return is.Status == was.Status || new != nil && was.Status == declared.Status && is.Status == new.Status
}

func (m *mappings) report() {
	for g, f := range m.groups {
		switch {
		case g.was.code == "" && g.was.status/100 == g.is.status/100:
			m.notes("mapping", "", "A failure (%s) is answered with %s, and was with %s: clients handle such codes by the class of the status, which is the same.", f, g.is, g.was)
		case g.was.code == "":
			m.breaks("mapping", "", "A failure (%s) is answered with %s, and was with %s: clients handle such codes by the class of the status, which changes.", f, g.is, g.was)
		case g.was.code == g.is.code:
			m.breaks("mapping", g.was.code, "A failure (%s) is answered with the status %d, and was with %d: clients that look at the status take it for another.", f, g.is.status, g.was.status)
		default:
			m.breaks("mapping", g.was.code, "A failure (%s) is answered with %s, and was with %s: clients that compare the old code no longer recognize it.", f, g.is, g.was)
		}
	}
}

// maxListed is how many failures a sentence lists.
const maxListed = 8

// String lists the failures, those of a bare status as ranges.
func (f *failures) String() string {
	var all []string
	for _, name := range f.names[:min(len(f.names), maxListed)] {
		all = append(all, shortText(name))
	}
	for i := 0; i < len(f.statuses); {
		j := i
		for j+1 < len(f.statuses) && f.statuses[j+1] == f.statuses[j]+1 {
			j++
		}
		s := "a bare " + strconv.Itoa(f.statuses[i])
		if j > i {
			s += " to " + strconv.Itoa(f.statuses[j])
		}
		all = append(all, s)
		i = j + 1
	}
	if more := len(all) + max(len(f.names)-maxListed, 0) - maxListed; more > 0 {
		all = append(all[:maxListed], strconv.Itoa(more)+" more")
	}
	return strings.Join(all, ", ")
}

// constants compares the details that every answer has, because the error or a
// mapping declares them.
func (d *differ) constants(was, is *apierr.Error) {
	old, new := encodedDetails(was), encodedDetails(is)
	if old == nil && new == nil || !d.old.showsDetails {
		return
	}
	if s := d.old.detailsSchema(was.Code); s != nil {
		if s.resolved.Validate(old) == nil {
			if err := s.resolved.Validate(new); err != nil {
				d.breaks("details", was.Code, "The declared details change, and the old schema does not allow the new ones: clients that decode them by it fail.")
			}
		}
		return
	}
	for _, f := range compareConstants("details", old, new) {
		if f.breaking {
			d.breaks("details", was.Code, "The declared member %s %s: clients that read it fail.", f.path, f.what)
		} else {
			d.notes("details", was.Code, "The declared member %s %s: clients of the old contract are not affected.", f.path, f.what)
		}
	}
}

// encodedDetails returns the declared details as a client decodes them, nil if
// there are none.
func encodedDetails(e *apierr.Error) map[string]any {
	if len(e.Details) == 0 {
		return nil
	}
	plain := &apierr.Error{Code: "C", Status: 400, Details: e.Details}
	var body struct {
		Error struct{ Details map[string]any }
	}
	if json.Unmarshal([]byte(respond(plainForm, "/", plain).Body), &body) != nil {
		return nil
	}
	return body.Error.Details
}

// compareConstants compares two values. Texts and truth values are what programs
// compare; numbers are quantities, which may vary.
func compareConstants(path string, old, new any) (all []finding) {
	from, to := jsonKind(old), jsonKind(new)
	if from != to {
		return []finding{{true, path, fmt.Sprintf("is %s, and was %s", to, from)}}
	}
	switch o := old.(type) {
	case map[string]any:
		n, _ := new.(map[string]any)
		for _, name := range sortedKeys(o) {
			if v, ok := n[name]; ok {
				all = append(all, compareConstants(pathTo(path, name), o[name], v)...)
			} else {
				all = append(all, finding{true, pathTo(path, name), "is no longer sent"})
			}
		}
		for _, name := range sortedKeys(n) {
			if _, ok := o[name]; !ok {
				all = append(all, finding{false, pathTo(path, name), "is added"})
			}
		}
	case []any:
		n, _ := new.([]any)
		for i, v := range o[:min(len(o), len(n))] {
			all = append(all, compareConstants(path+"[]", v, n[i])...)
		}
		if len(n) < len(o) {
			all = append(all, finding{true, path + "[]", "is no longer sent"})
		}
	case float64:
		if old != new {
			all = append(all, finding{false, path, fmt.Sprintf("is %s, and was %s", shortJSON(new), shortJSON(old))})
		}
	default:
		if old != new {
			all = append(all, finding{true, path, fmt.Sprintf("is %s, and was %s", shortJSON(new), shortJSON(old))})
		}
	}
	return all
}
