package reference

import "github.com/failwell/failwell/apierr"

// troubleshooting is a table of symptoms that every API has.
func (b *builder) troubleshooting() section {
	t := table{Columns: []string{"Symptom", "Likely cause", "What to do"}}
	add := func(symptom, cause, remedy line) { t.Rows = append(t.Rows, []line{symptom, cause, remedy}) }
	add(words(code("400"), " or ", code("422")), words("The input is invalid."), words("Read the message and the details; correct the request before sending it again."))
	add(words(code("401")), words("The credentials are missing, misspelled or expired."), b.authenticate())
	add(words(code("403")), words("The credentials are valid and not for this."), words("Use credentials with the permission, or ask for it."))
	add(words(code("404")), words("The ID or the path is wrong, or belongs to another account."), words("Compare the path with the documentation, and the ID with what the API returned."))
	add(words(code("429")), words("There were too many requests."), words("Wait as long as ", code("Retry-After"), " says. Do not try again sooner."))
	add(words(code("5xx")), words("The server failed."), words("Try again with growing pauses if the request may be repeated. If it persists, contact support."))
	add(words("The body is no JSON"), words("A proxy between you and the API answered."), b.foreignBody())
	add(words("The response breaks off"), words("It failed after it had begun, or the network did."), words("Drop what has arrived; repeat the request if it may be repeated."))
	return standard(titleTroubleshooting, rows(t))
}

func (b *builder) authenticate() line {
	if b.page.Authorization == "" {
		return words("Send the credentials that ", code("WWW-Authenticate"), " asks for.")
	}
	return words("Send ", code(b.page.Authorization), ".")
}

func (b *builder) foreignBody() line {
	if id := b.idHeader(); id != "" {
		return words("Decide by the status. Responses of the API have the header ", code(id), ".")
	}
	return words("Decide by the status.")
}

// idHeader is the header to quote to support, empty where there is none.
func (b *builder) idHeader() string {
	for _, name := range []string{b.contract.RequestIDHeader, b.contract.CorrelationIDHeader} {
		if name != apierr.NoHeader {
			return name
		}
	}
	return ""
}

// support says what to quote.
func (b *builder) support() section {
	s := standard(titleSupport)
	for _, l := range paragraphs(b.page.Support) {
		s.Blocks = append(s.Blocks, block{Text: l})
	}
	var quote []line
	if id := b.idHeader(); id != "" {
		quote = append(quote, words("the value of the ", code(id), " header: it finds the request in the server's log"))
	}
	quote = append(quote,
		words("the status and the code"),
		words("the method and the path, and the time with its zone"))
	s.Blocks = append(s.Blocks, text("When you contact support, quote:"), list(quote...),
		text("Never send your credentials."))
	return s
}
