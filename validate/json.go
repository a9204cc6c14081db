package validate

import (
	"context"
	"errors"
	"net/http"
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/failwell/failwell/apierr"
)

// Bodies are decoded as encoding/json/v2 does, which matches names by case and
// takes neither duplicate names nor invalid UTF-8.
var (
	knownMembers = json.RejectUnknownMembers(true)
	anyMembers   = json.RejectUnknownMembers(false)
)

// members is the option of json for members that nobody knows.
func (c *config) members() json.Options {
	if c.allowUnknown {
		return anyMembers
	}
	return knownMembers
}

// JSON reads the body of a request as JSON into a new T and applies the rules
// in its struct tags. The error, if any, is an [*apierr.Error] ready to be
// returned from a handler, and T is then its zero value:
//
//	UnsupportedMediaType  the Content-Type is not JSON in UTF-8 (the answer has
//	                      Accept), or there is a Content-Encoding (it has
//	                      Accept-Encoding)
//	BodyTooLarge          the limit of the middleware, or [MaxBody]
//	RequestTimeout, ClientGone, BadRequest
//	                      the body came too slowly, not whole, or badly framed
//	InvalidJSON           it is not JSON: the message says what is wrong, and where
//	InvalidBody           Violations: all that is wrong with it, in document order
//	Internal              a rule, an UnmarshalJSON or a struct tag is broken: a
//	                      panic is in the cause
//
// They are tried in this order. null is refused where an object or array
// belongs at the root; elsewhere it is, as in encoding/json/v2, the zero value,
// which required refuses.
//
// The body is read to its end and not closed: the server does that.
func JSON[T any](r *http.Request, opts ...Option) (T, error) {
	c := settle(opts)
	in := new(T)
	if err := readJSON(r, c, in, jsonNames.surveyOf(reflect.TypeFor[T](), c.tagName)); err != nil {
		var zero T
		return zero, err
	}
	return *in, nil
}

// readJSON fills in, a pointer to the type of s.
func readJSON(r *http.Request, c *config, in any, s *survey) error {
	if err := checkMedia(r, c); err != nil {
		return err
	}
	w := works.Get().(*work)
	w.say = c.speakerFor(r)
	err := w.readBody(r, limitOf(c))
	if err == nil {
		err = w.decode(r.Context(), c, in, s)
	}
	w.release(!s.foreign)
	return err
}

// decode fills in from a body and judges it.
func (w *work) decode(ctx context.Context, c *config, in any, s *survey) (err error) {
	defer recovered(&err)
	body := w.body
	if err := c.tooDeep(body); err != nil {
		return err
	}
	v := reflect.ValueOf(in).Elem()
	err = json.Unmarshal(body, in, c.members())
	if err != nil || s.refusesNull(body) {
		if w.found, err = c.explain(body, v, s, err); err != nil {
			return err
		}
		w.say.ownWords(w.found)
	}
	if decoding := len(w.found); decoding <= c.maxViolations {
		if err := w.judge(ctx, c, s, v); err != nil {
			return apierr.Internal.Wrap(err)
		}
		w.found = unrelated(w.found, decoding)
	}
	return c.report(body, w.found, apierr.InvalidBody)
}

// explain finds everything that is wrong with a body that did not decode, with
// the error cause, and decodes what can be.
func (c *config) explain(body []byte, v reflect.Value, s *survey, cause error) ([]finding, error) {
	// An UnmarshalJSON may speak of the syntax of something else.
	if _, ok := cause.(*jsontext.SyntacticError); ok && !s.foreign {
		return nil, invalidSyntax(body, cause)
	}
	if err := syntaxOf(body); err != nil {
		return nil, err
	}
	k := collector{scanner: scanner{b: body}, config: c}
	k.value(s.shape, v, nil)
	if len(k.found) == 0 && cause != nil {
		k.found = append(k.found, unexplained(cause))
	}
	return k.found, nil
}

// unexplained is the finding for a fault that json sees and the collector does
// not: no such case is known, and none may pass for a valid body.
func unexplained(cause error) finding {
	var at trail
	if e, ok := errors.AsType[*json.SemanticError](cause); ok {
		for token := range e.JSONPointer.Tokens() {
			at = at.name(token)
		}
	}
	return finding{apierr.Violation{Path: at.String(), Rule: ruleFormat, Message: msgInvalid}, unplaced}
}

// refusesNull reports whether a body is null where an object or an array
// belongs, which json takes for a zero value.
func (s *survey) refusesNull(body []byte) bool {
	k := scanner{b: body}
	if k.kind() != 'n' {
		return false
	}
	return s.inner.composite()
}
