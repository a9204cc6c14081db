package poly

import "github.com/failwell/failwell/apierr/contracts/polyai"

func readTemplate(v visit) (any, error) {
	id := v.path("id")
	text, ok := v.templates[id]
	if !ok {
		return nil, polyai.SMSTemplateNotFound
	}
	return map[string]string{"id": id, "text": text}, nil
}
