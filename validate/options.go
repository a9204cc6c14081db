package validate

import (
	"fmt"
	"maps"
	"net/http"

	ut "github.com/go-playground/universal-translator"

	"github.com/failwell/failwell/validate/internal/schema"
)

// Option changes how input is read and checked. The options are the With
// functions and [*Rules], whose settings apply first wherever it stands. A nil
// Option panics.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// config is all settings.
type config struct {
	rules         *Rules
	allowUnknown  bool
	allowUntyped  bool
	maxBody       int64 // bytes; 0: no limit; unset: see WithMaxBody
	maxDepth      int
	maxViolations int
	tagName       string
	messages      map[string]string
	translators   *ut.UniversalTranslator
	language      string
	pathValue     func(*http.Request, string) string
	source        *schema.Source // of WithSource; nil: the tags show it
}

const (
	unset                = -1
	defaultMaxBody       = 1 << 20 // bytes
	defaultMaxDepth      = 100
	defaultMaxViolations = 100
)

// WithAllowUnknown accepts members that no field has the name of. By default
// each of them is a violation.
func WithAllowUnknown() Option {
	return optionFunc(func(c *config) { c.allowUnknown = true })
}

// WithAllowUntyped accepts a body without a Content-Type. By default that is an
// error, as a wrong type is.
func WithAllowUntyped() Option {
	return optionFunc(func(c *config) { c.allowUntyped = true })
}

// WithMaxBody limits the body to a number of bytes. 0 is no limit; a negative
// number panics. By default the limit is that of the middleware above, and 1 MiB
// without one. With a middleware, the smaller of both limits holds.
func WithMaxBody(bytes int64) Option {
	notNegative("WithMaxBody", bytes)
	return optionFunc(func(c *config) { c.maxBody = bytes })
}

// WithMaxDepth limits how deep objects and arrays may be nested; a deeper body
// is rejected as [apierr.InvalidJSON]. The default is 100, which 0 restores; a
// negative number panics. encoding/json/v2 itself stops at 10,000.
func WithMaxDepth(n int) Option {
	notNegative("WithMaxDepth", int64(n))
	return optionFunc(func(c *config) { c.maxDepth = orDefault(n, defaultMaxDepth) })
}

// WithMaxViolations limits how many violations are reported. One more, with the
// path "$" and the rule "more", reports that there are others. The default is
// 100, which 0 restores; a negative number panics. The limit of about 48 KiB for
// all violations together stays.
func WithMaxViolations(n int) Option {
	notNegative("WithMaxViolations", int64(n))
	return optionFunc(func(c *config) { c.maxViolations = orDefault(n, defaultMaxViolations) })
}

// WithTagName names the struct tag that holds the rules. It is an option of
// [New] alone and has no effect elsewhere. A validator on which SetTagName was
// called needs it, since a validator does not export its tag name. By default,
// and if empty, the name is "validate".
func WithTagName(name string) Option {
	if name == "" {
		name = defaultTag
	}
	return optionFunc(func(c *config) { c.tagName = name })
}

// WithMessages replaces messages, by the rule that is broken. In the text,
// {param} is replaced by the parameter of the rule. Several WithMessages add up,
// the later over the earlier. They take precedence over a translation. By
// default, and with a nil map, no message is replaced.
func WithMessages(byRule map[string]string) Option {
	byRule = maps.Clone(byRule)
	return optionFunc(func(c *config) {
		c.messages = maps.Clone(c.messages)
		if c.messages == nil {
			c.messages = make(map[string]string, len(byRule))
		}
		maps.Copy(c.messages, byRule)
	})
}

// WithPathValue sets the function that returns a path parameter, for routers
// that do not set [http.Request.PathValue], which is the default. A nil function
// panics.
func WithPathValue(value func(r *http.Request, name string) string) Option {
	if value == nil {
		panic("validate: WithPathValue needs a function")
	}
	return optionFunc(func(c *config) { c.pathValue = value })
}

// WithLanguage sets the languages of messages, in the form of an
// Accept-Language header (RFC 9110 section 12.5.4), where there is a translator.
// By default it is the header of the request, and empty for functions without a
// request.
func WithLanguage(accept string) Option {
	return optionFunc(func(c *config) { c.language = accept })
}

// WithSource names the source that T is read from, and is an option of [Check]
// alone: "query", "path", "header" or "form"; others panic. By default, Check
// finds the source by the struct tags, and a type without such tags is read from
// JSON. So without this option it cannot report tags that were forgotten.
func WithSource(in string) Option {
	for _, s := range schema.Parameters {
		if s.In == in {
			return optionFunc(func(c *config) { c.source = s })
		}
	}
	panic(fmt.Sprintf("validate: WithSource: %q is not query, path, header or form", in))
}

func notNegative(option string, n int64) {
	if n < 0 {
		panic(fmt.Sprintf("validate: %s: %d is negative", option, n))
	}
}

func orDefault(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}
