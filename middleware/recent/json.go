package recent

import (
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The names of the members are those of the log record of package middleware,
// where that has them.

type reportJSON struct {
	ID           string        `json:"id"`
	Failures     []failureJSON `json:"failures"`
	MoreFailures int           `json:"more_failures,omitzero"`
	Related      []failureJSON `json:"related"`
	MoreRelated  int           `json:"more_related,omitzero"`
}

type overviewsJSON struct {
	ServerErrors overviewJSON `json:"server_errors"`
	ClientErrors overviewJSON `json:"client_errors"`
}

type overviewJSON struct {
	Kept       int         `json:"kept"`
	Oldest     time.Time   `json:"oldest,omitzero"`
	Groups     []groupJSON `json:"groups"`
	MoreGroups int         `json:"more_groups,omitzero"`
}

type groupJSON struct {
	Code   string        `json:"code"`
	Route  string        `json:"route"`
	Status int           `json:"status"`
	Count  int           `json:"count"`
	Newest []failureJSON `json:"newest"`
}

type failureJSON struct {
	Time           time.Time       `json:"time"`
	RequestID      string          `json:"request_id"`
	CorrelationID  string          `json:"correlation_id"`
	TraceID        string          `json:"trace_id,omitzero"`
	Method         string          `json:"method"`
	Path           string          `json:"path"`
	Route          string          `json:"route,omitzero"`
	Status         int             `json:"status"`
	Code           string          `json:"code,omitzero"`
	DurationMS     float64         `json:"duration_ms"`
	Cause          string          `json:"cause,omitzero"`
	Violations     []violationJSON `json:"violations,omitempty"`
	WriteError     string          `json:"write_error,omitzero"`
	SecondaryError string          `json:"secondary_error,omitzero"`
	ClientGone     bool            `json:"client_gone,omitzero"`
	Cut            bool            `json:"cut,omitzero"`
	Stack          string          `json:"stack,omitzero"`
}

type violationJSON struct {
	In   string `json:"in,omitzero"`
	Path string `json:"path,omitzero"`
	Rule string `json:"rule"`
}

// json returns the report as a document.
func (r report) json() ([]byte, error) {
	if r.ID == "" {
		return marshal(overviewsJSON{r.Server.forJSON(), r.Client.forJSON()})
	}
	return marshal(reportJSON{r.ID, failuresJSON(r.Found), r.MoreFound, failuresJSON(r.Related), r.MoreRelated})
}

func marshal(v any) ([]byte, error) {
	// The ID may be invalid UTF-8.
	b, err := json.Marshal(v, jsontext.AllowInvalidUTF8(true), jsontext.Multiline(true), jsontext.WithIndent("  "))
	return append(b, '\n'), err
}

func (o overview) forJSON() overviewJSON {
	groups := make([]groupJSON, len(o.Groups))
	for i, g := range o.Groups {
		groups[i] = groupJSON{g.Code, g.Route, g.Status, g.Count, failuresJSON(g.Newest)}
	}
	return overviewJSON{o.Kept, o.Oldest, groups, o.MoreGroups}
}

func failuresJSON(failures []Failure) []failureJSON {
	all := make([]failureJSON, len(failures))
	for i, f := range failures {
		all[i] = failureJSON{
			Time:           f.Time,
			RequestID:      f.RequestID,
			CorrelationID:  f.CorrelationID,
			TraceID:        f.TraceID,
			Method:         f.Method,
			Path:           f.Path,
			Route:          f.Route,
			Status:         f.Status,
			Code:           f.Code,
			DurationMS:     milliseconds(f.Duration),
			Cause:          f.Cause,
			WriteError:     f.WriteError,
			SecondaryError: f.SecondaryError,
			ClientGone:     f.ClientGone,
			Cut:            f.Cut,
			Stack:          f.Stack,
		}
		for _, v := range f.Violations {
			all[i].Violations = append(all[i].Violations, violationJSON{v.In, v.Path, v.Rule})
		}
	}
	return all
}

// milliseconds returns d with three digits after the point, as the log does.
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
