package fieldpath

// Path is the path of the value that a walk has reached. It ends at the last
// step with which it is within [Limit], so that long names cost nothing for
// what lies beneath them. The zero value is the whole document. The paths that
// Name and Index return may share memory with the receiver: see Clip.
type Path struct {
	text   []byte
	beyond bool // there were further steps
}

// At is the path with a given text, "$" among them.
func At(text string) Path {
	if text == Root {
		return Path{}
	}
	return Path{text: []byte(text)}
}

// Name is the path of a member.
func (p Path) Name(name string) Path {
	if p.beyond || len(name) > Limit {
		return Path{p.text, true}
	}
	return p.step(AppendName(p.text, name))
}

// Index is the path of an element.
func (p Path) Index(i int) Path {
	if p.beyond {
		return p
	}
	return p.step(AppendIndex(p.text, i))
}

func (p Path) step(text []byte) Path {
	if len(text) > Limit {
		return Path{p.text, true}
	}
	return Path{text, false}
}

// Clip is a path whose next steps do not overwrite those of another one.
func (p Path) Clip() Path { return Path{p.text[:len(p.text):len(p.text)], p.beyond} }

// IsRoot reports whether p is the path of the whole document.
func (p Path) IsRoot() bool { return len(p.text) == 0 && !p.beyond }

// String is the text of the path, "$" for the whole document.
func (p Path) String() string {
	if len(p.text) == 0 {
		return Root
	}
	return string(p.text)
}

// Stack is the path of the value that a walk has reached, as steps: a walk that
// reports few of the paths it visits writes only those. The zero value is the
// whole document.
type Stack []Step

// PushName goes to a member, PushIndex to an element, and Pop back.
func (s *Stack) PushName(name string) { *s = append(*s, Step{Name: name}) }
func (s *Stack) PushIndex(i int)      { *s = append(*s, Step{Index: i, IsIndex: true}) }
func (s *Stack) Pop()                 { *s = (*s)[:len(*s)-1] }

// String is the text of the path, of at most [Limit] bytes.
func (s Stack) String() string {
	var text [64]byte // most paths
	p := Path{text: text[:0]}
	for _, step := range s {
		if step.IsIndex {
			p = p.Index(step.Index)
		} else {
			p = p.Name(step.Name)
		}
	}
	return p.String()
}
