package validate

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/go-playground/validator/v10"

	"github.com/failwell/failwell/validate/internal/message"
)

const defaultTag = "validate" // validator's own

// Rules is a validator and the settings that go with it. It is an [Option] of
// every function of this package:
//
//	var rules = validate.New(v, validate.WithAllowUnknown())
//
//	in, err := validate.JSON[CreateUser](r, rules)
//
// It is safe for use by several goroutines, as long as nothing more is
// registered with its validator.
type Rules struct {
	v      *validator.Validate
	config config
	own    bool // the validator is this package's: it has its built-in rules and no others
	cache  message.Cache
}

func (r *Rules) apply(c *config) { *c = r.config }

// New returns rules that use v, with its custom tags, aliases and struct-level
// rules. Register all of them before. New does not change v. It needs no
// TagNameFunc, since names are read from the types. v is best made with
// [validator.WithRequiredStructEnabled].
//
// If v is nil, a validator of this package is used, in which required also
// applies to structs. It is faster, and the cost of all its rules is bounded.
// The cost of rules that are registered with v is that of their functions.
func New(v *validator.Validate, opts ...Option) *Rules {
	own := v == nil
	if own {
		v = validator.New(validator.WithRequiredStructEnabled())
	}
	r := &Rules{v: v, own: own}
	r.config = config{
		maxBody:       unset,
		maxDepth:      defaultMaxDepth,
		maxViolations: defaultMaxViolations,
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

// standard is used where no Rules are given.
var standard = sync.OnceValue(func() *Rules { return New(nil) })

// settle returns the settings that opts make.
func settle(opts []Option) *config {
	if len(opts) == 0 {
		return &standard().config
	}
	base := standard()
	for _, o := range opts {
		if r, ok := o.(*Rules); ok && r != nil {
			base = r
		}
	}
	if len(opts) == 1 && opts[0] == Option(base) {
		return &base.config
	}
	c := configure(&base.config, opts)
	c.tagName = base.config.tagName // the validator's, which is fixed
	return c
}

// configure returns a copy of base with all of opts applied but Rules.
func configure(base *config, opts []Option) *config {
	c := *base
	for i, o := range opts {
		r, isRules := o.(*Rules)
		if o == nil || isRules && r == nil {
			panic(fmt.Sprintf("validate: option %d is nil", i+1))
		}
		if !isRules {
			o.apply(&c)
		}
	}
	return &c
}
