package conformance

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/failwell/failwell/apierr"
)

// failure applies the common rules of the scenario to the answer to a failure.
func (p *probe) failure(a *answer, x expectation) { p.failureIn(p.model.form, a, x) }

// failureIn is failure for a body in one of the contract's forms.
func (p *probe) failureIn(form reader, a *answer, x expectation) {
	if a.status == 0 {
		p.require(p.firstRule(), false, a, "", "an answer to %s", x.what)
		return
	}
	if a.status < 400 && !p.model.declaresBelow400() {
		p.require("status", false, a, "", "a status of 400 or more for %s", x.what)
		return
	}
	c, read := p.body(form, a)
	p.fields(a)
	if read {
		p.code(a, c, x)
		p.status(a, c, x)
		p.ids(a, &c)
		return
	}
	p.ids(a, nil)
}

// firstRule is the rule that a missing answer breaks.
func (p *probe) firstRule() string {
	if p.has("arrives") {
		return "arrives"
	}
	return p.scenario.all()[0].name
}

// declaresBelow400 reports whether the contract answers a failure with a success
// status, as some APIs do.
func (m *model) declaresBelow400() bool {
	for _, e := range m.byCode {
		if e.Status < 400 {
			return true
		}
	}
	return false
}

// accepted reports whether an answer is a success: 2xx, with a body that is no
// failure.
func (p *probe) accepted(a *answer) bool { return a.status/100 == 2 && !p.model.isFailure(a) }

// isFailure reports whether a body is a failure in one of the contract's forms,
// with a declared code, whatever the status of the response is. A stream whose
// first part is a failure is none: it may end so.
func (m *model) isFailure(a *answer) bool {
	if streamOf(a.header) != noStream {
		return false
	}
	for _, form := range []reader{m.form, m.other} {
		if form == nil {
			continue
		}
		if c, faults, _ := form.read(a.body); c.showsCode && len(faults) == 0 && m.byCode[c.code] != nil {
			return true
		}
	}
	return false
}

// body applies envelope and type, and returns what the body says. read is false
// if the rules about its content cannot be applied.
func (p *probe) body(r reader, a *answer) (c content, read bool) {
	if u, ok := r.(unknownReader); ok {
		p.unexercised("the kit cannot read the format %q", u.name)
	}
	p.require("type", isType(a.header.Get("Content-Type"), r.contentType()) && len(a.header["Content-Type"]) == 1, a,
		fmt.Sprintf("Content-Type is %q", a.header["Content-Type"]), "Content-Type: %s", r.contentType())
	p.length(a)
	p.require("envelope", !isCoded(a.header) || p.has("encoding"), a, "", "no Content-Encoding: the body is not encoded, RFC 9110 section 8.4")
	c, faults, read := r.read(a.body)
	p.require("envelope", len(faults) == 0, a, strings.Join(faults, "; "), "one body in the contract's form, %s", r.shape())
	if !read {
		return c, false
	}
	if e := p.model.byCode[c.code]; e != nil {
		want := p.model.docURL(e, r)
		p.require("envelope", c.docURL == "" || c.docURL == want, a,
			fmt.Sprintf("the URL of the documentation, or the type, is %q", c.docURL), "%q", want)
		if fault := p.schemas.fault(e, p.model.contract.DetailsSchemas[e], c); fault != "" {
			p.require("envelope", false, a, fault, "details by the details_schema of %s", e.Code)
		}
	}
	if c.retryAfter != 0 {
		p.require("envelope", strconv.Itoa(c.retryAfter) == a.header.Get("Retry-After"), a,
			fmt.Sprintf("the body says to wait %d s, Retry-After %q", c.retryAfter, a.header.Get("Retry-After")), "one time to wait")
	}
	return c, true
}

// docURL returns what the form shows as the URL about e: a member of an
// Envelope, the type of a Problem.
func (m *model) docURL(e *apierr.Error, r reader) string {
	p, isProblem := r.(problemReader)
	if isProblem && p.format.Types != "" {
		return p.format.Types + url.PathEscape(e.Code)
	}
	template := m.contract.DocURL
	if template == "" && isProblem {
		return "about:blank"
	}
	escape := url.PathEscape
	if strings.Contains(template, "?") {
		escape = url.QueryEscape
	}
	if !strings.Contains(template, "{code}") && !strings.Contains(template, "{id}") {
		return template + escape(e.Code)
	}
	if e.ID == 0 && strings.Contains(template, "{id}") {
		if isProblem {
			return "about:blank"
		}
		return ""
	}
	return strings.NewReplacer("{code}", escape(e.Code), "{id}", strconv.Itoa(e.ID)).Replace(template)
}

// isCoded reports whether a body is said to be encoded. The kit accepts no coding.
func isCoded(h http.Header) bool {
	coding := h.Get("Content-Encoding")
	return coding != "" && !strings.EqualFold(coding, "identity")
}

// length applies the rule of that name: the framing agrees with the body.
func (p *probe) length(a *answer) {
	declared := a.header.Get("Content-Length")
	p.require("length", a.err == nil, a, "the response ends before its framing says so", "all of the response")
	if declared == "" || a.err != nil {
		return
	}
	p.require("length", declared == strconv.Itoa(len(a.body)), a, "", "a Content-Length of %d", len(a.body))
	if _, err := parse(a.body); err != nil && len(a.body) > 0 && (a.body[0] == '{' || a.body[0] == '[') && isPrefix(a.body) {
		p.require("length", false, a, "the body ends where its Content-Length says, in the middle of its JSON", "the length of the whole body")
	}
}

// isPrefix reports whether JSON that is broken would be whole with more bytes
// behind it.
func isPrefix(body []byte) bool {
	depth, inString, escaped := 0, false, false
	for _, c := range body {
		switch {
		case escaped:
			escaped = false
		case inString:
			inString, escaped = c != '"', c == '\\'
		case c == '"':
			inString = true
		case c == '{', c == '[':
			depth++
		case c == '}', c == ']':
			depth--
		}
	}
	return depth > 0 || inString
}

// code applies the rule of that name.
func (p *probe) code(a *answer, c content, x expectation) {
	if !c.showsCode {
		p.inapplicable("the form shows no code", "code")
		return
	}
	e := p.model.byCode[c.code]
	if e == nil {
		p.require("code", !p.model.contract.Closed && len(x.pairs) == 0, a,
			fmt.Sprintf("the contract does not declare %q", c.code), "%s", x.wantCode())
		return
	}
	if c.showsID {
		p.require("code", c.id == e.ID, a, fmt.Sprintf("the ID of %s is %s", c.code, idText(c.id)), "%s", idText(e.ID))
	}
	p.require("code", len(x.pairs) == 0 || slices.Contains(x.codes(), c.code), a,
		fmt.Sprintf("the code is %s", c.code), "%s", x.wantCode())
}

func idText(id int) string {
	if id == 0 {
		return "no ID"
	}
	return fmt.Sprintf("the ID %d", id)
}

func (x expectation) wantCode() string {
	if len(x.pairs) == 0 {
		return "a declared code for " + x.what
	}
	return strings.Join(x.codes(), " or ") + " for " + x.what
}

// status applies the rule of that name.
func (p *probe) status(a *answer, c content, x expectation) {
	if !p.has("status") {
		return
	}
	p.require("status", c.status == 0 || c.status == a.status, a, fmt.Sprintf("the body says %d", c.status), "the status of the response, %d", a.status)
	if len(x.pairs) > 0 {
		if want := x.statusesOf(c.code); len(want) > 0 {
			p.require("status", slices.Contains(want, a.status), a, "", "%s for %s", statusList(want), x.what)
			return
		}
	}
	if e := p.model.byCode[c.code]; e != nil {
		p.require("status", p.model.hasStatus(e, a.status), a, "", "%d, the status of %s", e.Status, e.Code)
	}
	if x.only != 0 {
		p.require("status", a.status == x.only, a, "", "%d for %s", x.only, x.what)
	} else if x.class != 0 {
		p.require("status", a.status/100 == x.class, a, "", "a status of %dxx for %s", x.class, x.what)
	}
}

func statusList(statuses []int) string {
	texts := make([]string, len(statuses))
	for i, s := range statuses {
		texts[i] = strconv.Itoa(s)
	}
	return strings.Join(texts, " or ")
}

// fields applies headers, no-leak and cache.
func (p *probe) fields(a *answer) {
	if p.has("headers") {
		p.statusFields(a)
	}
	p.leaks(a)
	if p.has("cache") {
		p.storing(a)
	}
}

// statusFields applies headers.
func (p *probe) statusFields(a *answer) {
	const rule = "headers"
	p.require(rule, true, a, "", "")
	switch a.status {
	case http.StatusUnauthorized:
		p.require(rule, a.header.Get("WWW-Authenticate") != "", a, "", "WWW-Authenticate on a 401, RFC 9110 section 15.5.2")
	case http.StatusMethodNotAllowed:
		p.require(rule, len(a.header["Allow"]) > 0, a, "", "Allow on a 405, RFC 9110 section 15.5.6")
	}
	if !p.model.needsRetryAfter(a.status) && a.header.Get("Retry-After") == "" {
		return
	}
	_, ok := retryAfter(a)
	p.require(rule, ok, a, fmt.Sprintf("Retry-After is %q", a.header["Retry-After"]),
		"a Retry-After of one second or more on a %d, as contract: retry_after says", a.status)
}

// storing applies cache. Only these statuses are stored without being asked for,
// RFC 9110 section 15.1.
func (p *probe) storing(a *answer) {
	stored := slices.Contains([]int{404, 405, 410, 414, 501}, a.status)
	control := strings.ToLower(strings.Join(a.header["Cache-Control"], ","))
	forbids := strings.Contains(control, "no-store") || strings.Contains(control, "private") || strings.Contains(control, "no-cache")
	p.require("cache", !stored || forbids, a, "", "Cache-Control: no-store: caches keep a %d otherwise", a.status)
}
