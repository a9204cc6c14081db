package conformance

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/failwell/failwell/apierr"
)

// Scenarios about routes.

func success(p *probe) {
	for _, route := range p.routes {
		a := p.do(request{method: route.method, path: route.path})
		p.require("status", a.status/100 == 2 && a.err == nil, a, "", "2xx, since WithRoute names the route as a success")
		p.require("status", a.status/100 != 2 || p.accepted(a), a, "the body is a failure", "a success, since WithRoute names the route as one")
		if a.status == 0 {
			continue
		}
		p.ids(a, nil)
		p.leaks(a)
	}
}

// missing returns a path that does not exist.
func (p *probe) missing() string { return p.nowhere + "/" + randomWord() }

func (p *probe) notFoundExpected() expectation {
	return p.model.expects("a path that does not exist", apierr.NotFound)
}

func notFound(p *probe) {
	for _, path := range []string{p.missing(), p.missing() + "?q=%3Cscript%3E", p.missing() + "/a%2Fb"} {
		p.failure(p.do(get(path)), p.notFoundExpected())
	}
	if p.app.dial == nil {
		return
	}
	s := p.app.speak(p.ctx, get(p.missing()), p.header, order{close: true})
	if p.failure(s.answer, p.notFoundExpected()); s.status != 0 {
		p.require("length", s.trailing == 0, s.answer, strconv.Itoa(s.trailing)+" bytes follow the response", "nothing behind the body")
	}
}

// wrongMethods are tried on a route. Check sends a safe one only.
func (p *probe) wrongMethods() []string {
	if p.remote {
		return []string{http.MethodTrace}
	}
	return []string{http.MethodDelete, http.MethodPut, http.MethodPost, http.MethodPatch, "CONFORMANCE"}
}

func wrongMethod(p *probe) {
	x := p.model.expects("a method that the route does not have", apierr.MethodNotAllowed, apierr.NotFound, apierr.NotImplemented)
	refused := 0
	for _, route := range p.routes {
		for _, method := range p.wrongMethods() {
			a := p.do(request{method: method, path: route.path})
			if method == route.method || a.status/100 == 3 || p.accepted(a) || slices.Contains([]int{401, 403, 429}, a.status) {
				continue // it is allowed there, or nobody says
			}
			refused++
			p.failure(a, x)
			allowed := methodsOf(a.header)
			p.require("allow", a.status != 405 || len(a.header["Allow"]) > 0, a, "there is no Allow", "Allow, RFC 9110 section 15.5.6")
			p.require("allow", a.status != 405 || len(a.header["Allow"]) == 0 || slices.Contains(allowed, route.method), a,
				"Allow does not list "+route.method+", which works", "the methods of the route")
			p.require("allow", a.status != 405 || !slices.Contains(allowed, method), a, "Allow lists the method that was refused", "the methods of the route")
		}
	}
	if refused == 0 {
		p.unexercised("the routes accept every method that was tried")
	}
}

func methodsOf(h http.Header) (methods []string) {
	for _, line := range h["Allow"] {
		for m := range strings.SplitSeq(line, ",") {
			methods = append(methods, strings.TrimSpace(m))
		}
	}
	return methods
}

func head(p *probe) {
	path := p.missing()
	want, again := p.do(get(path)), p.do(get(path))
	if want.status == 0 {
		p.unexercised("GET has no answer: %s", plainError(want.err))
		return
	}
	r := request{method: http.MethodHead, path: path}
	var a *answer
	if p.app.dial != nil {
		s := p.app.speak(p.ctx, r, p.header, order{close: true})
		a = s.answer
		p.require("no-body", s.trailing == 0, a, strconv.Itoa(s.trailing)+" bytes follow the header", "no content in a response to HEAD")
	} else {
		a = p.do(r)
		p.require("no-body", a.err == nil && len(a.body) == 0, a, "", "no content in a response to HEAD")
	}
	if a.status == 0 {
		p.require("like-get", false, a, "", "the status of GET, %d", want.status)
		return
	}
	p.require("like-get", a.status == want.status, a, "", "the status of GET, %d", want.status)
	contentType := a.header.Get("Content-Type") // RFC 9110 section 9.3.2 allows to omit it
	p.require("like-get", contentType == "" || contentType == want.header.Get("Content-Type"), a, "", "the Content-Type of GET, %q", want.header.Get("Content-Type"))
	length := a.header.Get("Content-Length")
	same := len(want.body) == len(again.body) // the body is as long each time
	p.require("length", length == "" || !same || length == strconv.Itoa(len(want.body)), a, "", "the Content-Length of GET, %d", len(want.body))
	p.ids(a, nil)
}
