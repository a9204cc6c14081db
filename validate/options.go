package validate

import (
	"maps"
	"net/http"

	ut "github.com/go-playground/universal-translator"
)

// Option changes how input is read and judged. A [*Rules] is an Option too:
// its settings come first, wherever it stands among them.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// config is everything that can be chosen.
type config struct {
	rules         *Rules
	allowUnknown  bool
	allowUntyped  bool
	maxBody       int64 // bytes; 0: none; unset: see MaxBody
	maxDepth      int
	maxViolations int
	tagName       string
	messages      map[string]string
	translators   *ut.UniversalTranslator
	language      string
	pathValue     func(*http.Request, string) string
}

const (
	unset            = -1
	defaultMaxBody   = 1 << 20
	defaultDepth     = 100
	defaultViolation = 100
)

// AllowUnknown lets members pass that no field has the name of. By default
// each is a violation.
func AllowUnknown() Option {
	return optionFunc(func(c *config) { c.allowUnknown = true })
}

// AllowUntyped lets a body pass that has no Content-Type at all. By default
// that is an error as any other type is.
func AllowUntyped() Option {
	return optionFunc(func(c *config) { c.allowUntyped = true })
}

// MaxBody limits the body to a number of bytes. 0 or less is no limit. By
// default the limit is that of the middleware above, and 1 MiB without one;
// with a middleware, the smaller of both holds.
func MaxBody(bytes int64) Option {
	return optionFunc(func(c *config) { c.maxBody = max(bytes, 0) })
}

// MaxDepth limits how deep objects and arrays may stand in each other; what is
// deeper is not taken for JSON. The default is 100, which less than 1 restores.
// encoding/json/v2 itself stops at 10,000.
func MaxDepth(n int) Option {
	return optionFunc(func(c *config) { c.maxDepth = orDefault(n, defaultDepth) })
}

// MaxViolations limits how many violations are told. One more, with the path
// "$" and the rule "more", says that there are others. The default is 100,
// which less than 1 restores. The limit of about 48 KiB for all of them
// together stays.
func MaxViolations(n int) Option {
	return optionFunc(func(c *config) { c.maxViolations = orDefault(n, defaultViolation) })
}

// WithTagName says in which struct tag the rules stand. It is for [New] alone,
// and has no effect elsewhere: a validator that was told another tag than
// "validate" by SetTagName does not tell on. Empty is "validate".
func WithTagName(name string) Option {
	if name == "" {
		name = defaultTag
	}
	return optionFunc(func(c *config) { c.tagName = name })
}

// WithMessages replaces messages, by the rule that was broken. In the text,
// {param} stands for the rule's parameter. Given several times, all count, the
// later over the earlier. They come before a translation.
func WithMessages(byRule map[string]string) Option {
	own := maps.Clone(byRule)
	return optionFunc(func(c *config) {
		c.messages = maps.Clone(c.messages)
		if c.messages == nil {
			c.messages = make(map[string]string, len(own))
		}
		maps.Copy(c.messages, own)
	})
}

// WithPathValue says how a path parameter is found, for routers that do not
// set [http.Request.PathValue]. By default, and with nil, PathValue it is.
func WithPathValue(value func(r *http.Request, name string) string) Option {
	if value == nil {
		value = (*http.Request).PathValue
	}
	return optionFunc(func(c *config) { c.pathValue = value })
}

// WithLanguage says in which languages to speak, in the form of an
// Accept-Language header (RFC 9110 section 12.5.4), where there is a
// translator. By default it is the header of the request, and none for
// functions without one.
func WithLanguage(accept string) Option {
	return optionFunc(func(c *config) { c.language = accept })
}

func orDefault(n, otherwise int) int {
	if n < 1 {
		return otherwise
	}
	return n
}
