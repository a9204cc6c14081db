package conformance

import (
	"mime"
	"net/http"
	"strings"
)

// Scenarios of failures after the first byte.

// stream is a kind of response in which a failure can follow other parts.
type stream int

const (
	noStream stream = iota
	events          // server-sent events
	jsonLines
)

func streamOf(h http.Header) stream {
	media, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	switch media {
	case "text/event-stream":
		return events
	case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines":
		return jsonLines
	}
	return noStream
}

func streamSSE(p *probe) { p.streams("sse", firstEvents, errorEvent) }

// errorEvent returns the data of a text that is one event of the type error.
func errorEvent(text string) (data string, ok bool) {
	lines, blank := strings.CutSuffix(text, "\n\n")
	fields, isError := strings.CutPrefix(lines, "event: error\n")
	if !blank || !isError {
		return "", false
	}
	var b strings.Builder
	for line := range strings.SplitSeq(fields, "\n") {
		value, isData := strings.CutPrefix(line, "data:")
		if !isData {
			return "", false
		}
		b.WriteString(strings.TrimPrefix(value, " ") + "\n")
	}
	return b.String(), true
}

func streamNDJSON(p *probe) {
	p.streams("ndjson", firstLines, func(rest string) (body string, ok bool) {
		line, ended := strings.CutSuffix(rest, "\n")
		return line, ended && !strings.Contains(line, "\n")
	})
}

// streams applies ends: the response is incomplete, or what follows the first
// part is one failure, which last takes out of it.
func (p *probe) streams(kind, first string, last func(rest string) (body string, ok bool)) {
	for _, way := range ways {
		a := p.in(get(streamPath + kind + "/" + way))
		if a.status == 0 || a.status >= 400 {
			p.require("ends", a.status == 0, a, "", "the stream as it began")
			continue
		}
		p.ids(a, nil)
		p.leaks(a)
		rest, begun := strings.CutPrefix(string(a.body), first)
		if !begun {
			p.require("ends", !a.complete(), a, "the stream does not begin with what the handler has sent", "%s", first)
			continue
		}
		if !a.complete() && rest == "" {
			p.require("ends", true, a, "", "")
			continue
		}
		body, ok := last(rest)
		if !ok {
			p.require("ends", false, a, "what follows the first part is no failure: "+shorten(p.redactText(rest), maxField), "one last failure, or an incomplete response")
			continue
		}
		c, faults, _ := p.model.form.read([]byte(body))
		p.require("ends", len(faults) == 0, a, strings.Join(faults, "; "), "a failure in the contract's form")
		if _, readable := p.model.form.(unknownReader); !readable && c.showsCode {
			p.require("ends", p.model.byCode[c.code] != nil || !p.model.contract.Closed, a, "the contract does not declare "+c.code, "a declared code")
		}
	}
}

func streamPlain(p *probe) {
	for _, way := range ways {
		p.isCut(p.in(get(streamPath + "plain/" + way)))
	}
}

func lateError(p *probe) { p.isCut(p.in(get(latePath))) }

// isCut applies cut to a text that has begun.
func (p *probe) isCut(a *answer) {
	if a.status == 0 {
		p.require("cut", true, a, "", "")
		return
	}
	p.ids(a, nil)
	p.leaks(a)
	p.require("cut", !a.complete(), a, "the response is whole", "an incomplete response: a client takes the first half for all of it otherwise")
	p.require("cut", strings.HasPrefix(firstHalf, string(a.body)), a, "something follows the first half", "nothing behind what the handler has sent")
}
