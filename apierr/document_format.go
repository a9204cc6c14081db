package apierr

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// formatDoc is a form by its name. The settings are those of the package's own
// forms; others are known by their name alone.
type formatDoc struct {
	Name        string         `json:"name"`
	ContentType string         `json:"content_type"`
	Settings    jsontext.Value `json:"settings,omitzero"`
}

type envelopeDoc struct {
	Members   []memberDoc       `json:"members"`
	Details   DetailsForm       `json:"details"`
	Reasons   map[string]string `json:"reasons,omitempty"`
	Violation string            `json:"violation,omitzero"`
	Required  string            `json:"required,omitzero"`
}

type memberDoc struct {
	Name     string         `json:"name"`
	Doc      string         `json:"doc,omitzero"`
	From     Source         `json:"from,omitzero"`
	Members  []memberDoc    `json:"members,omitempty"`
	Constant jsontext.Value `json:"constant,omitzero"`
}

type problemDoc struct {
	Types string `json:"types,omitzero"`
}

func documentFormat(f Format) (formatDoc, error) {
	d := formatDoc{Name: f.Name(), ContentType: f.ContentType()}
	var settings any
	switch f := f.(type) {
	case Envelope:
		f = f.compile().Envelope // its defaults filled in
		s := envelopeDoc{documentMembers(f.Members), f.Details, f.Reasons, f.Violation, f.Required}
		if s.Details == "" {
			s.Details = DetailsMap
		}
		settings = s
	case Problem:
		settings = problemDoc(f)
	default:
		return d, nil
	}
	var err error
	d.Settings, err = json.Marshal(settings, detailOptions)
	return d, err
}

func documentMembers(members []Member) []memberDoc {
	docs := make([]memberDoc, len(members))
	for i, m := range members {
		docs[i] = memberDoc{Name: m.Name, Doc: m.Doc, From: m.From}
		if m.JSON != "" {
			docs[i].Constant = jsontext.Value(m.JSON)
		}
		if len(m.Members) > 0 {
			docs[i].Members = documentMembers(m.Members)
		}
	}
	return docs
}

// format returns the first of the caller's formats with the name, else one of
// the package's own.
func (d formatDoc) format(formats []Format) (Format, error) {
	for _, f := range formats {
		if f.Name() == d.Name {
			return f, nil
		}
	}
	switch d.Name {
	case Envelope{}.Name():
		var s envelopeDoc
		err := unmarshalSettings(d.Settings, &s)
		return Envelope{parseMembers(s.Members), s.Details, s.Reasons, s.Violation, s.Required}, err
	case Problem{}.Name():
		var s problemDoc
		err := unmarshalSettings(d.Settings, &s)
		return Problem(s), err
	}
	return nil, fmt.Errorf("the format %q is not known: hand it to ParseContract", d.Name)
}

// unmarshalSettings leaves the zero value where there are no settings.
func unmarshalSettings(b jsontext.Value, s any) error {
	if len(b) == 0 {
		return nil
	}
	return json.Unmarshal(b, s, json.RejectUnknownMembers(true))
}

func parseMembers(docs []memberDoc) []Member {
	if len(docs) == 0 {
		return nil
	}
	members := make([]Member, len(docs))
	for i, d := range docs {
		members[i] = Member{
			Name: d.Name, Doc: d.Doc, From: d.From, Members: parseMembers(d.Members), JSON: string(d.Constant),
		}
	}
	return members
}
