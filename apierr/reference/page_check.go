package reference

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/failwell/failwell/apierr"
)

// check reports every fault of the page at once, nil where there is none. c is
// the contract whose page it is.
func (p Page) check(c apierr.Contract) error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }

	if p.BaseURL != "" && !isBaseURL(p.BaseURL) {
		fault("the base URL %q is no absolute http or https URL", p.BaseURL)
	}
	if p.Path != "" && !isPath(p.Path) {
		fault("the path %q is no path of the API", p.Path)
	}
	if p.TryIt != "" && !isPath(p.TryIt) {
		fault("the path %q, to try errors, is no path of the page's server", p.TryIt)
	}
	if p.Authorization != "" && !isHeaderLine(p.Authorization) {
		fault("the authorization %q is no header line", p.Authorization)
	}
	for i, s := range p.Statuses {
		if s.Status < 100 || s.Status > 599 {
			fault("status %d: %d is no HTTP status", i, s.Status)
		}
		if slices.ContainsFunc(p.Statuses[:i], func(o Status) bool { return o.Status == s.Status }) {
			fault("the status %d is there twice", s.Status)
		}
	}
	for i, h := range p.Headers {
		if !isToken(h.Name) {
			fault("header %d: %q is no header name", i, h.Name)
		}
	}
	for _, s := range p.Sections {
		p.checkSection(s, fault)
	}
	p.checkHidden(c, fault)
	if len(faults) == 0 {
		return nil
	}
	return fmt.Errorf("reference: page %q: %w", p.Title, errors.Join(faults...))
}

func (p Page) checkSection(s PageSection, fault func(format string, args ...any)) {
	if s.Title == "" {
		fault("a section has no title")
	}
	for i, row := range s.Rows {
		if len(row) != len(s.Columns) {
			fault("section %q: row %d has %d cells, the table %d columns", s.Title, i, len(row), len(s.Columns))
		}
	}
	for _, l := range s.Links {
		if !isLink(l.URL) {
			fault("section %q: %q is no http, https, mailto or relative URL", s.Title, l.URL)
		}
	}
}

// checkHidden reports hidden errors that are not declared, and those that the
// contract needs: a client receives them.
func (p Page) checkHidden(c apierr.Contract, fault func(format string, args ...any)) {
	declared := c.Declared()
	for _, e := range p.Hidden {
		if e == nil || !slices.Contains(declared, e) {
			fault("a hidden error is not declared")
			continue
		}
		for of, m := range c.Mappings {
			if m.Error == e || m.Required == e {
				fault("%s cannot be hidden: %s is mapped to it", e.Code, of.Code)
				break
			}
		}
		for status, m := range c.StatusMappings {
			if m.Error == e || m.Required == e {
				fault("%s cannot be hidden: the status %d is mapped to it", e.Code, status)
				break
			}
		}
	}
}

// isBaseURL reports whether s is an absolute URL of HTTP without a query.
func isBaseURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" &&
		u.User == nil && u.RawQuery == "" && u.Fragment == "" && isPrintable(s)
}

// isPath reports whether s is a path, maybe with a query, that stays on its
// host. Browsers read a backslash as a slash, and two of them begin a host.
func isPath(s string) bool {
	u, err := url.Parse(s)
	return err == nil && strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//") &&
		u.Scheme == "" && u.Host == "" && u.Fragment == "" && isPrintable(s)
}

// isLink reports whether a link to s can do nothing but lead to another page.
func isLink(s string) bool {
	u, err := url.Parse(s)
	if err != nil || s == "" || !isPrintable(s) {
		return false
	}
	switch u.Scheme {
	case "http", "https":
		return u.Host != ""
	case "mailto":
		return true
	}
	return u.Scheme == ""
}

// isHeaderLine reports whether s is a name, a colon and a value of printable
// ASCII.
func isHeaderLine(s string) bool {
	name, value, found := strings.Cut(s, ":")
	return found && isToken(name) && strings.TrimSpace(value) != "" &&
		!strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' })
}

// isToken reports whether s is a token of RFC 9110 section 5.6.2.
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// isPrintable reports whether s is ASCII without spaces, controls and the
// characters that end a URL in some syntax around it.
func isPrintable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune("\"'<>\\^`{|}", r)
	})
}
