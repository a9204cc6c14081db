package reference

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// The texts by which what is for people is found again in a body.
const (
	messageMark   = "The message of the failure"
	violationMark = "The message of the violation"
	waitMark      = 1234 * time.Second

	// anyDetail is a key of the Details that no member has by itself.
	anyDetail = "*"
)

// bodies collects the differences of bodies that were made of the same errors, by
// the path of the member.
type bodies struct {
	lost, gained map[string][]occurrence
	kept         map[string]bool
	parents      map[string]string    // of those that are gained
	text         map[string]bool      // it is for people
	open         map[string]bool      // it has any details as its members
	kinds        map[string][2]string // the JSON types, where they differ
	values       map[string][2]any    // the first two, where they differ
	other        bool                 // bodies that are not JSON differ
}

// occurrence is a member of one of the bodies.
type occurrence struct {
	body  int
	value any
}

func newBodies() *bodies {
	return &bodies{
		lost: map[string][]occurrence{}, gained: map[string][]occurrence{}, kept: map[string]bool{}, parents: map[string]string{},
		text: map[string]bool{}, open: map[string]bool{}, kinds: map[string][2]string{}, values: map[string][2]any{},
	}
}

// differ reports whether there is any difference.
func (b *bodies) differ() bool {
	return b.other || len(b.lost)+len(b.gained)+len(b.kinds)+len(b.values) > 0
}

// compare compares two bodies of the error with the number.
func (b *bodies) compare(i int, old, new string) {
	o, isJSON := decoded(old)
	n, stillJSON := decoded(new)
	if isJSON && stillJSON {
		b.walk(i, "", o, n)
		return
	}
	b.other = b.other || old != new
}

// decoded returns the value of a JSON text, with numbers as they are written.
func decoded(body string) (v any, ok bool) {
	d := json.NewDecoder(bytes.NewReader([]byte(body)))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return nil, false
	}
	_, err := d.Token()
	return v, err == io.EOF
}

func (b *bodies) walk(i int, path string, old, new any) {
	if from, to := jsonKind(old), jsonKind(new); from != to {
		if _, ok := b.kinds[path]; !ok {
			b.kinds[path] = [2]string{from, to}
		}
		return
	}
	switch o := old.(type) {
	case map[string]any:
		n, _ := new.(map[string]any)
		if _, ok := o[anyDetail]; ok {
			b.open[path] = true
		}
		for name, v := range o {
			at := pathTo(path, name)
			if w, ok := n[name]; ok {
				b.kept[at] = true
				b.walk(i, at, v, w)
			} else {
				b.lost[at] = append(b.lost[at], occurrence{i, v})
			}
		}
		for name, w := range n {
			if _, ok := o[name]; !ok {
				at := pathTo(path, name)
				b.gained[at] = append(b.gained[at], occurrence{i, w})
				b.parents[at] = path
			}
		}
	case []any:
		n, _ := new.([]any)
		at := path + "[]"
		for j := range max(len(o), len(n)) {
			switch {
			case j >= len(n):
				b.lost[at] = append(b.lost[at], occurrence{i, o[j]})
			case j >= len(o):
				b.gained[at] = append(b.gained[at], occurrence{i, n[j]})
			default:
				b.kept[at] = true
				b.walk(i, at, o[j], n[j])
			}
		}
	case string:
		if strings.Contains(o, messageMark) || strings.Contains(o, violationMark) {
			b.text[path] = true
		}
		b.value(path, old, new)
	default:
		b.value(path, old, new)
	}
}

func (b *bodies) value(path string, old, new any) {
	if _, ok := b.values[path]; !ok && old != new {
		b.values[path] = [2]any{old, new}
	}
}

// jsonKind returns the type of a value, with its article.
func jsonKind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case string:
		return "a string"
	case float64, json.Number:
		return "a number"
	case []any:
		return "an array"
	}
	return "an object"
}

// reportMembers reports the differences of the bodies. media is a part of a
// sentence: of which bodies.
func (d *differ) reportMembers(b *bodies, media string) {
	if b.other {
		d.breaks("body", "", "The bodies%s, which are not JSON, have another form: clients that parse them may fail.", media)
	}
	for path, kinds := range b.kinds {
		d.breaks("member-type", "", "The member %s%s is %s, and was %s: clients that decode it fail.", orBody(path), media, kinds[1], kinds[0])
	}
	for path, v := range b.values {
		if b.text[path] {
			d.notes("member-text", "", "The text of the member %s%s is made otherwise: people read %s where they read %s.", orBody(path), media, shortJSON(v[1]), shortJSON(v[0]))
			continue
		}
		d.breaks("member-value", "", "The member %s%s has another value, such as %s in place of %s: clients that compare it take the body for another.",
			orBody(path), media, shortJSON(v[1]), shortJSON(v[0]))
	}
	moves := b.moves()
	for from, to := range moves.to {
		d.breaks("member-renamed", "", "The member %s%s is now %s: clients that read the old one find nothing.", orBody(from), media, orBody(to))
	}
	for path := range b.lost {
		switch {
		case !b.kept[path] && b.gained[path] == nil:
		case isElement(path):
			d.breaks("member-removed", "", "The array %s%s has fewer elements: clients that read them by their position fail.", path, media)
		default:
			d.breaks("member-optional", "", "The member %s%s is absent from bodies that had it: clients that rely on it fail.", path, media)
		}
	}
	for _, path := range moves.removed {
		d.breaks("member-removed", "", "The member %s%s is no longer sent: clients that read it find nothing.", path, media)
	}
	for path := range b.gained {
		switch {
		case b.lost[path] != nil || moves.used[path]:
		case isElement(path):
			d.breaks("member-added", "", "The array %s%s has more elements: clients that check bodies against the old schema reject them.", path, media)
		case b.kept[path]:
			d.notes("member-always", "", "The member %s%s is there in more bodies than before: clients that read it are not affected.", path, media)
		case b.open[b.parents[path]]:
			d.notes("member-added", "", "The member %s%s is new, in an object that can have any: clients are prepared for it.", path, media)
		default:
			d.breaks("member-added", "", "The member %s%s is new: clients that check bodies against the old schema, which lists all members, reject them.", path, media)
		}
	}
}

func orBody(path string) string {
	if path == "" {
		return "(the whole body)"
	}
	return path
}

func isElement(path string) bool { return strings.HasSuffix(path, "[]") }

// movements say where members of the old bodies are in the new ones.
type movements struct {
	to      map[string]string
	used    map[string]bool // a new member holds an old one
	removed []string
}

// moves finds the members that have another name or place: the new member has
// the same values in the same bodies.
func (b *bodies) moves() *movements {
	m := &movements{to: map[string]string{}, used: map[string]bool{}}
	places := map[string]string{} // by the values
	tops := map[string]string{}   // of a place: the new member that it is in
	for _, path := range sortedKeys(b.gained) {
		if !b.kept[path] && b.lost[path] == nil && !isElement(path) {
			index(path, path, b.gained[path], places, tops)
		}
	}
	for _, path := range sortedKeys(b.lost) {
		if b.kept[path] || b.gained[path] != nil {
			continue
		}
		if found, removed := m.find(path, b.lost[path], places); found {
			m.removed = append(m.removed, removed...)
		} else {
			m.removed = append(m.removed, path)
		}
	}
	for _, to := range m.to {
		m.used[tops[to]] = true
	}
	return m
}

// index notes the values of a new member and of those in it.
func index(top, path string, all []occurrence, places, tops map[string]string) {
	if s := signature(all); s != "" && places[s] == "" {
		places[s], tops[path] = path, top
	}
	for _, name := range membersOfAll(all) {
		index(top, pathTo(path, name), partOf(all, name), places, tops)
	}
}

// find looks for an old member, or else for those in it, among the new ones. It
// reports whether any was found, and returns those in it that were not.
func (m *movements) find(path string, all []occurrence, places map[string]string) (found bool, removed []string) {
	if to := places[signature(all)]; to != "" {
		m.to[path] = to
		return true, nil
	}
	for _, name := range membersOfAll(all) {
		at := pathTo(path, name)
		inner, rest := m.find(at, partOf(all, name), places)
		if inner {
			found, removed = true, append(removed, rest...)
		} else {
			removed = append(removed, at)
		}
	}
	return found, removed
}

// signature is a text of the values of a member by body; empty if they say too
// little to find it again.
func signature(all []occurrence) string {
	var s strings.Builder
	for _, o := range all {
		switch o.value.(type) {
		case nil, bool:
			return ""
		}
		b, _ := json.Marshal(o.value)
		fmt.Fprintf(&s, "%d:%s\n", o.body, b)
	}
	return s.String()
}

// membersOfAll returns the names of the members of all values, none if one is no
// object.
func membersOfAll(all []occurrence) []string {
	names := map[string]bool{}
	for _, o := range all {
		object, ok := o.value.(map[string]any)
		if !ok {
			return nil
		}
		for name := range object {
			names[name] = true
		}
	}
	return slices.Clip(sortedKeys(names))
}

// partOf returns the occurrences of a member in those of the object around it.
func partOf(all []occurrence, name string) (inner []occurrence) {
	for _, o := range all {
		if v, ok := o.value.(map[string]any)[name]; ok {
			inner = append(inner, occurrence{o.body, v})
		}
	}
	return inner
}
