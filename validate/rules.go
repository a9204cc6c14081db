package validate

import (
	"net/http"
	"sync"

	"github.com/go-playground/validator/v10"
)

const (
	jsonTag    = "json"
	defaultTag = "validate" // validator's own
)

// Rules is a validator and the settings that go with it. It is an [Option] of
// every function of this package:
//
//	var rules = validate.New(v, validate.AllowUnknown())
//
//	in, err := validate.JSON[CreateUser](r, rules)
//
// It is safe for use by several goroutines, so long as nothing more is
// registered with its validator.
type Rules struct {
	v      *validator.Validate
	config config
	own    bool // the validator is this package's, so nothing but tags is registered
	texts  texts
}

func (r *Rules) apply(c *config) { *c = r.config }

// New returns rules that use v, with its custom tags, aliases and struct-level
// rules. Register all of them before. New does not change v: it needs no
// TagNameFunc, since names are taken from the types. v is best made with
// [validator.WithRequiredStructEnabled].
//
// A nil v is a validator of this package, in which required holds for structs
// too.
func New(v *validator.Validate, opts ...Option) *Rules {
	own := v == nil
	if own {
		v = validator.New(validator.WithRequiredStructEnabled())
	}
	r := &Rules{v: v, own: own}
	r.config = config{
		maxBody:       unset,
		maxDepth:      defaultDepth,
		maxViolations: defaultViolation,
		tagName:       defaultTag,
		pathValue:     (*http.Request).PathValue,
	}
	r.config = *configure(&r.config, opts)
	r.config.rules = r
	if own {
		v.SetTagName(r.config.tagName)
	}
	return r
}

// standard is what is used where no Rules are given.
var standard = sync.OnceValue(func() *Rules { return New(nil) })

// settle returns the settings that opts make.
func settle(opts []Option) *config {
	switch len(opts) {
	case 0:
		return &standard().config
	case 1:
		if r, ok := opts[0].(*Rules); ok && r != nil {
			return &r.config
		}
	}
	base := standard()
	for _, o := range opts {
		if r, ok := o.(*Rules); ok && r != nil {
			base = r
		}
	}
	c := configure(&base.config, opts)
	c.tagName = base.config.tagName // the validator's, which nothing changes any more
	return c
}

// configure returns a copy of base with all of opts applied but Rules.
func configure(base *config, opts []Option) *config {
	c := *base
	for _, o := range opts {
		if _, ok := o.(*Rules); !ok && o != nil {
			o.apply(&c)
		}
	}
	return &c
}
