package recent

import (
	"slices"
	"strings"
	"time"
)

// Bounds of a page, which keep it readable.
const (
	maxFound   = 20  // failures in full
	maxRelated = 100 // others with the same correlation ID
	maxGroups  = 100 // of each kind
	maxNewest  = 5   // failures of a group
)

// report is what a page shows: of an ID, or of all.
type report struct {
	ID             string // empty: of all
	Found          []Failure
	MoreFound      int
	Related        []Failure // the others with the same correlation ID, without stacks
	MoreRelated    int
	Server, Client overview
}

// overview is of the failures of one kind.
type overview struct {
	Kept       int
	Oldest     time.Time // zero: none is kept
	Groups     []*group  // by their newest failure, the newest first
	MoreGroups int
}

// group is the failures with one code, on one route, with one status.
type group struct {
	groupKey
	Count  int
	Newest []Failure // without stacks
}

type groupKey struct {
	Code, Route string
	Status      int
}

func (s *Failures) report(id string) report {
	if id = strings.TrimSpace(id); id != "" {
		return s.reportOf(id)
	}
	return report{Server: s.server.overview(), Client: s.client.overview()}
}

func (r *ring) overview() overview {
	var o overview
	groups := map[groupKey]*group{}
	for rec := range r.newestFirst() {
		f := decodeFailure(rec)
		o.Kept++
		o.Oldest = f.Time
		key := groupKey{f.Code, f.Route, f.Status}
		g := groups[key]
		if g == nil {
			g = &group{groupKey: key}
			groups[key] = g
			if len(o.Groups) < maxGroups {
				o.Groups = append(o.Groups, g)
			}
		}
		g.Count++
		if len(g.Newest) < maxNewest {
			g.Newest = append(g.Newest, f.brief())
		}
	}
	o.MoreGroups = len(groups) - len(o.Groups)
	return o
}

// reportOf puts the failure with this request ID in front of those with this
// correlation or trace ID.
func (s *Failures) reportOf(id string) report {
	r := report{ID: id, Found: s.Find(id)}
	slices.SortStableFunc(r.Found, func(a, b Failure) int {
		switch {
		case a.RequestID == id && b.RequestID != id:
			return -1
		case a.RequestID != id && b.RequestID == id:
			return 1
		}
		return 0
	})
	r.MoreFound = max(len(r.Found)-maxFound, 0)
	r.Found = r.Found[:len(r.Found)-r.MoreFound]
	r.Related, r.MoreRelated = s.related(r.Found, id)
	if len(r.Found) == 0 { // when the oldest failure happened says whether it could be here
		r.Server, r.Client = s.server.overview(), s.client.overview()
	}
	return r
}

// related returns the failures with the correlation IDs of found that id has not
// found.
func (s *Failures) related(found []Failure, id string) (related []Failure, more int) {
	asked := map[string]bool{id: true}
	for _, f := range found {
		if asked[f.CorrelationID] {
			continue
		}
		asked[f.CorrelationID] = true
		for _, other := range s.Find(f.CorrelationID) {
			switch {
			case other.has(id):
			case len(related) == maxRelated:
				more++
			default:
				related = append(related, other.brief())
			}
		}
	}
	return related, more
}

func (f *Failure) has(id string) bool {
	return f.RequestID == id || f.CorrelationID == id || f.TraceID == id
}

// brief returns f for a line of a list.
func (f Failure) brief() Failure {
	f.Cause, f.Stack, f.WriteError, f.SecondaryError, f.Violations = "", "", "", "", nil
	return f
}
