package demopage

import (
	"fmt"
	"net/http"
	"strings"
)

// Scenario is one way of failing: a request that the page sends, and the
// handler that answers it.
type Scenario struct {
	Name  string // of the element on the page
	Title string
	Text  string // a sentence on what the handler does

	Method string // empty: GET
	Path   string
	Header http.Header
	Body   string
	Line   string // sent after a 101
	Times  int    // it is sent until it fails, at most so often; 0: once
	Source string // the handler

	// Choices are the values that {code} in Path may have. The page offers
	// them; any other is rejected.
	Choices []string
	// KeyHeader is the header that carries the key of the page's field, after
	// KeyPrefix. Empty: the request has no key.
	KeyHeader, KeyPrefix string
}

// Group is scenarios under one heading.
type Group struct {
	Title     string
	Scenarios []Scenario
	// Keys are those that the field for a key suggests. None: the group has no such
	// field.
	Keys []string
}

// request returns the bytes to send to the host. idHeader carries the correlation
// ID; empty: the contract has no such header.
func (s *Scenario) request(host, choice, key, idHeader, correlation string) string {
	var b strings.Builder
	method := s.Method
	if method == "" {
		method = http.MethodGet
	}
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, strings.Replace(s.Path, "{code}", choice, 1), host)
	h := s.Header.Clone()
	if h == nil {
		h = make(http.Header)
	}
	if s.Body != "" && h.Get("Content-Length") == "" {
		h.Set("Content-Length", fmt.Sprint(len(s.Body)))
	}
	if h.Get("Connection") == "" {
		h.Set("Connection", "close")
	}
	if s.KeyHeader != "" && key != "" {
		h.Set(s.KeyHeader, s.KeyPrefix+key)
	}
	if idHeader != "" {
		h.Set(idHeader, correlation)
	}
	h.Write(&b) // to memory
	return b.String() + "\r\n" + s.Body
}

// validKey reports whether a key of the page's field may be sent: at most 64
// characters of ASCII, without spaces and control characters.
func validKey(key string) bool {
	return len(key) <= 64 && !strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' })
}
