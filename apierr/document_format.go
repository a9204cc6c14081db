package apierr

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// formatDoc is a format by its name. The settings are those of this package's
// formats; others are known by their names only.
type formatDoc struct {
	Comment string `json:"$comment,omitzero"`

	Name        string         `json:"name"`
	ContentType string         `json:"content_type"`
	Settings    jsontext.Value `json:"settings,omitzero"`
}

type envelopeDoc struct {
	Members       []memberDoc       `json:"members"`
	Rules         map[string]string `json:"rules,omitempty"`
	Violation     string            `json:"violation,omitzero"`
	Required      string            `json:"required,omitzero"`
	OneMore       string            `json:"one_more,omitzero"`
	More          string            `json:"more,omitzero"`
	UncountedMore string            `json:"uncounted_more,omitzero"`
}

type memberDoc struct {
	Comment string `json:"$comment,omitzero"`

	Name     string         `json:"name,omitzero"`
	Doc      string         `json:"doc,omitzero"`
	From     Source         `json:"from,omitzero"`
	Detail   string         `json:"detail,omitzero"`
	Text     string         `json:"text,omitzero"`
	Members  []memberDoc    `json:"members,omitempty"`
	Array    []memberDoc    `json:"array,omitempty"`
	Each     []memberDoc    `json:"each,omitempty"`
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
		f = f.withDefaults()
		if !strings.Contains(f.Violation+f.Required, "{more}") {
			f.OneMore, f.More, f.UncountedMore = "", "", "" // never sent
		}
		settings = envelopeDoc{
			documentMembers(f.Members), f.Rules, f.Violation, f.Required, f.OneMore, f.More, f.UncountedMore,
		}
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
		docs[i] = memberDoc{
			Name: m.Name, Doc: m.Doc, From: m.From, Detail: m.Detail, Text: m.Text, Members: documentMembers(m.Members),
			Array: documentMembers(m.Array), Each: documentMembers(m.Each),
		}
		if m.JSON != "" {
			docs[i].Constant = jsontext.Value(m.JSON)
		}
	}
	return docs
}

// format returns the first of the caller's formats with the name, else the
// package's own.
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
		return Envelope{parseMembers(s.Members), s.Rules, s.Violation, s.Required, s.OneMore, s.More, s.UncountedMore}, err
	case Problem{}.Name():
		var s problemDoc
		err := unmarshalSettings(d.Settings, &s)
		return Problem(s), err
	}
	return nil, fmt.Errorf("the format %q is not known: hand it to ParseContract", d.Name)
}

// unmarshalSettings keeps the zero value if there are no settings.
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
			Name: d.Name, Doc: d.Doc, From: d.From, Detail: d.Detail, Text: d.Text, Members: parseMembers(d.Members),
			Array: parseMembers(d.Array), Each: parseMembers(d.Each), JSON: string(d.Constant),
		}
	}
	return members
}
