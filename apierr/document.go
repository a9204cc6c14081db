package apierr

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/failwell/failwell/internal/retryafter"
)

// document is a contract as other tools read it, its defaults filled in. Lists
// are in the order of the contract or of their keys.
//
// Schema and the Comment of each object are for people and editors: they are
// read and ignored.
type document struct {
	Schema  string `json:"$schema,omitzero"`
	Comment string `json:"$comment,omitzero"`

	Name                  string       `json:"name"`
	Title                 string       `json:"title,omitzero"`
	Version               string       `json:"version,omitzero"`
	DocURL                string       `json:"doc_url,omitzero"`
	Language              string       `json:"language,omitzero"`
	Closed                bool         `json:"closed"`
	Format                formatDoc    `json:"format"`
	Alternative           *formatDoc   `json:"alternative,omitzero"`
	Headers               headersDoc   `json:"headers"`
	Challenge             string       `json:"challenge"`
	RetryAfter            inSeconds    `json:"retry_after"`
	RetryAfterUnavailable inSeconds    `json:"retry_after_unavailable,omitzero"`
	Errors                []errorDoc   `json:"errors"`
	Sections              []sectionDoc `json:"sections,omitempty"`
	Mappings              []mappingDoc `json:"mappings,omitempty"`
	StatusMappings        []mappingDoc `json:"status_mappings,omitempty"`

	Translations map[string]map[string]string `json:"translations,omitempty"`
}

// headersDoc names the ID headers; null means that there is none.
type headersDoc struct {
	Comment string `json:"$comment,omitzero"`

	RequestID     *string `json:"request_id"`
	CorrelationID *string `json:"correlation_id"`
	Exposed       bool    `json:"exposed"`
}

type errorDoc struct {
	Comment string `json:"$comment,omitzero"`

	Code       string         `json:"code"`
	ID         int            `json:"id,omitzero"`
	Status     int            `json:"status"`
	Message    string         `json:"message,omitzero"`
	Doc        string         `json:"doc,omitzero"`
	Details    map[string]any `json:"details,omitempty"`
	Violations []violationDoc `json:"violations,omitempty"`
	RetryAfter inSeconds      `json:"retry_after,omitzero"`
	Header     http.Header    `json:"header,omitempty"`

	Deprecated    *string        `json:"deprecated,omitzero"`
	DetailsSchema jsontext.Value `json:"details_schema,omitzero"`
}

type violationDoc struct {
	In      string `json:"in,omitempty"`
	Path    string `json:"path"`
	Rule    string `json:"rule"`
	Param   string `json:"param,omitzero"`
	Message string `json:"message"`
}

// mappingDoc is the mapping of a built-in error, a declared one or a bare
// status; errors are named by their codes. An error that is both built-in and
// declared is named as built-in, since a contract may declare another error with
// its code.
type mappingDoc struct {
	Comment string `json:"$comment,omitzero"`

	Builtin    string         `json:"builtin,omitzero"`
	Declared   string         `json:"declared,omitzero"`
	BareStatus int            `json:"bare_status,omitzero"`
	Error      string         `json:"error,omitzero"`
	Required   string         `json:"required,omitzero"`
	Status     int            `json:"status,omitzero"`
	Details    map[string]any `json:"details,omitempty"`
}

// inSeconds is a duration as a number of seconds.
type inSeconds float64

// secondsOf returns d within the bounds of a document. A negative d means the
// same as 0.
func secondsOf(d time.Duration) inSeconds {
	return inSeconds(min(max(d.Seconds(), 0), retryafter.MaxSeconds))
}

// duration returns s to the nanosecond. The whole seconds are converted apart
// from the rest, since a float64 cannot hold a year of nanoseconds.
func (s inSeconds) duration() time.Duration {
	whole, rest := math.Modf(float64(s))
	return time.Duration(whole)*time.Second + time.Duration(math.Round(rest*float64(time.Second)))
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *inSeconds) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, (*float64)(s)); err != nil {
		return err
	}
	if *s < 0 || *s > retryafter.MaxSeconds {
		return fmt.Errorf("%s is no number of seconds to wait", b)
	}
	return nil
}

// MarshalJSON returns the contract as a document for other tools and languages:
// the declared errors, the headers, the formats by name and settings, and the
// mappings, with defaults filled in and durations in seconds. Equal contracts
// give equal bytes. [ParseContract] reads the document.
//
// It returns the faults that [Contract.Check] finds, and an error for mappings
// of errors that are neither built-in nor declared, which a document cannot
// name.
func (c Contract) MarshalJSON() ([]byte, error) {
	cc, err := c.Compile()
	if err != nil {
		return nil, err
	}
	c = cc.contract
	all := c.Declared()
	d := document{
		Name: c.Name, Title: c.Title, Version: c.Version, Closed: c.Closed,
		Headers:               headersDoc{RequestID: sentName(c.RequestIDHeader), CorrelationID: sentName(c.CorrelationIDHeader), Exposed: !c.NoExposeHeaders},
		Challenge:             c.Challenge,
		RetryAfter:            secondsOf(c.RetryAfter),
		RetryAfterUnavailable: secondsOf(c.RetryAfterUnavailable),
		Errors:                make([]errorDoc, 0, len(all)),
		DocURL:                c.DocURL,
		Language:              c.Language,
		Translations:          c.Translations,
	}
	if d.Format, err = documentFormat(c.Format); err != nil {
		return nil, err
	}
	if c.Alternative != nil {
		f, err := documentFormat(c.Alternative)
		if err != nil {
			return nil, err
		}
		d.Alternative = &f
	}
	for _, e := range all {
		d.Errors = append(d.Errors, c.documentDeclared(e))
	}
	d.Sections = documentSections(c.Sections)
	if d.Mappings, err = cc.documentMappings(); err != nil {
		return nil, err
	}
	for _, status := range slices.Sorted(maps.Keys(c.StatusMappings)) {
		doc := documentMapping(c.StatusMappings[status])
		doc.BareStatus = status
		d.StatusMappings = append(d.StatusMappings, doc)
	}
	return json.Marshal(d, detailOptions)
}

// documentMappings lists the mappings, those of built-in errors first, by code.
func (cc *CompiledContract) documentMappings() (docs []mappingDoc, err error) {
	for e, m := range cc.contract.Mappings {
		doc := documentMapping(m)
		switch {
		case isBuiltin(e):
			doc.Builtin = e.Code
		case cc.declared[e]:
			doc.Declared = e.Code
		default:
			return nil, fmt.Errorf("apierr: contract %q: the mapping for %s is for an error that is neither built-in nor declared", cc.contract.Name, e.Code)
		}
		docs = append(docs, doc)
	}
	slices.SortFunc(docs, func(a, b mappingDoc) int {
		return cmp.Or(strings.Compare(a.Declared, b.Declared), strings.Compare(a.Builtin, b.Builtin))
	})
	return docs, nil
}

func documentError(e *Error) errorDoc {
	d := errorDoc{
		Code: e.Code, ID: e.ID, Status: e.Status, Message: e.Message, Doc: e.Doc,
		Details: e.Details, RetryAfter: secondsOf(e.RetryAfter), Header: e.Header,
	}
	for _, v := range e.Violations {
		d.Violations = append(d.Violations, violationDoc(v))
	}
	return d
}

func documentMapping(m Mapping) mappingDoc {
	d := mappingDoc{Status: m.Status, Details: m.Details}
	if m.Error != nil {
		d.Error = m.Error.Code
	}
	if m.Required != nil {
		d.Required = m.Required.Code
	}
	return d
}

func sentName(header string) *string {
	if header == NoHeader {
		return nil
	}
	return &header
}
