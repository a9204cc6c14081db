package poly

import (
	"fmt"
	"strings"

	"github.com/failwell/failwell/apierr/contracts/polyai"
)

type topic struct {
	Name    string `json:"name" validate:"required,max=100"`
	Content string `json:"content" validate:"required,max=2000"`
}

func createTopic(v visit, in topic) (any, error) {
	if err := v.addTopics([]topic{in}); err != nil {
		return nil, err
	}
	return in, nil
}

// addTopics adds all the topics or none.
func (p *project) addTopics(list []topic) error {
	names := make(map[string]bool, len(list))
	for _, t := range list {
		if _, ok := p.topics.Get(t.Name); ok || names[t.Name] {
			return polyai.KnowledgeBaseTopicAlreadyExists
		}
		names[t.Name] = true
		if err := p.checkRichText(t.Content); err != nil {
			return polyai.KnowledgeBaseRichTextInvalid.Wrap(err)
		}
	}
	for _, t := range list {
		p.topics.Put(t.Name, t)
	}
	return nil
}

// checkRichText looks at the references of a text: {{fn:ID}} to a function
// and {{sms:ID}} to a template of the project.
func (p *project) checkRichText(s string) error {
	for {
		before, rest, found := strings.Cut(s, "{{")
		if strings.Contains(before, "}}") {
			return fmt.Errorf("a reference that nobody opened")
		}
		if !found {
			return nil
		}
		ref, after, closed := strings.Cut(rest, "}}")
		if !closed {
			return fmt.Errorf("a reference that nobody closed")
		}
		kind, id, _ := strings.Cut(ref, ":")
		if !p.has(kind, id) {
			return fmt.Errorf("a reference to %s %q, which is not there", kind, id)
		}
		s = after
	}
}

func (p *project) has(kind, id string) (ok bool) {
	switch kind {
	case "fn":
		_, ok = p.functions.Get(id)
	case "sms":
		_, ok = p.templates[id]
	}
	return ok
}
