package decode

import (
	"github.com/failwell/failwell/internal/fieldpath"
	"github.com/failwell/failwell/validate/internal/violation"
)

// Sent knows the indexes that a client sent for the elements of lists.
type Sent struct{ trace *trace }

// Restore puts the indexes that the client sent into the paths of violations of
// rules, which count the elements of the decoded lists.
func (s Sent) Restore(found []violation.Violation) {
	if s.trace == nil || !s.trace.gaps {
		return
	}
	for i := range found {
		found[i].Path = s.restore(found[i].Path)
	}
}

func (s Sent) restore(path string) string {
	steps, ok := fieldpath.Split(path)
	if !ok {
		return path
	}
	var at fieldpath.Path
	for n, step := range steps {
		switch {
		case n == 0:
			s.trace.start(step.Name)
			at = at.Name(step.Name)
		case !step.IsIndex:
			s.trace.push(step.Name)
			at = at.Name(step.Name)
		default:
			i := step.Index
			if l := s.trace.list(); l != nil {
				i = l.sent(i)
			}
			s.trace.pushIndex(i)
			at = at.Index(i)
		}
	}
	return at.String()
}
