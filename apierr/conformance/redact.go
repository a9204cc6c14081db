package conformance

import "strings"

const redacted = "[redacted]"

// maxText is the most bytes of a part of a finding.
const maxText = 4 << 10

// redact replaces the values of WithHeader and the words of WithSecret in a
// finding, and what a terminal would act on: reports are kept in logs that many
// read.
func (c *config) redact(f Finding) Finding {
	for _, text := range []*string{&f.Sent, &f.Got, &f.Want, &f.Wrong} {
		*text = shorten(c.redactText(*text), maxText)
	}
	return f
}

func (c *config) redactText(text string) string {
	for _, w := range c.hidden {
		text = w.redact(text)
	}
	return text
}

// hide collects what reports do not show.
func (c *config) hide() {
	c.hidden = append(c.hidden, c.secrets...)
	for _, values := range c.header {
		for _, v := range values {
			for _, part := range append([]string{v}, strings.Fields(v)...) { // the token of "Bearer token" alone, too
				if len(part) >= minSecret && !strings.EqualFold(part, "bearer") && !strings.EqualFold(part, "basic") {
					c.hidden = append(c.hidden, newWord(part))
				}
			}
		}
	}
	longestFirst(c.hidden)
}
