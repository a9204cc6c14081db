package validate

import (
	"context"
	"net/http"
	"reflect"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate/internal/decode"
	"github.com/failwell/failwell/validate/internal/rules"
	"github.com/failwell/failwell/validate/internal/schema"
)

// JSON reads the body of a request as JSON into a new T and applies the rules
// in its struct tags. The error, if any, is an [*apierr.Error] that a handler
// can return, and T is then its zero value:
//
//	UnsupportedMediaType  there is a body whose Content-Type is not JSON in
//	                      UTF-8 (the answer has Accept), or there is a
//	                      Content-Encoding (it has Accept-Encoding)
//	BodyTooLarge          the body exceeds the limit of the middleware or of
//	                      [WithMaxBody]
//	RequestTimeout, ClientGone, BadRequest
//	                      the body came too slowly, incomplete, or badly framed
//	InvalidJSON           the body is empty, or is not JSON: the message names
//	                      the error and its position
//	InvalidBody           the Violations list everything that is wrong with the
//	                      body, in document order
//	Internal              a rule, an UnmarshalJSON or a struct tag is broken, or
//	                      JSON cannot be decoded into the type at all: see
//	                      [Check]. A panic is in the cause
//
// They are tried in this order. null is rejected where an object or array is
// expected at the root; elsewhere it is, as in encoding/json/v2, the zero value,
// which required rejects.
//
// The body is read to its end and not closed: the server closes it.
func JSON[T any](r *http.Request, opts ...Option) (T, error) {
	c := settle(opts)
	in := new(T)
	if err := readJSON(r, c, in, rules.Of(schema.JSON, reflect.TypeFor[T](), c.tagName)); err != nil {
		var zero T
		return zero, err
	}
	return *in, nil
}

// readJSON fills in, a pointer to the type of set.
func readJSON(r *http.Request, c *config, in any, set *rules.Set) error {
	if err := checkMedia(r, c); err != nil {
		return err
	}
	w := newWork(c, c.languageOf(r))
	err := w.readBody(r, limitOf(c))
	if err == nil {
		err = w.decodeJSON(r.Context(), in, set)
	}
	w.release(!set.Keeps)
	return err
}

// decodeJSON fills in from the body and applies the rules.
func (w *work) decodeJSON(ctx context.Context, in any, set *rules.Set) (err error) {
	defer recovered(&err)
	c, v := w.config, reflect.ValueOf(in).Elem()
	if err := decode.Depth(w.body, c.maxDepth); err != nil {
		return w.translator.syntax(err)
	}
	o := decode.Options{AllowUnknown: c.allowUnknown, Numbers: set.Numbers, Limit: c.maxViolations}
	err = o.Strict(w.body, in)
	if err != nil || decode.RefusesNull(w.body, set.Schema) {
		result, err := decode.Lenient(w.body, v, set.Schema, err, set.Keeps, o)
		if err != nil {
			return w.translator.syntax(err)
		}
		w.addDecoding(result)
	}
	if err := w.applyRules(ctx, set, v); err != nil {
		return apierr.Internal.Wrap(err)
	}
	decode.SortByPosition(w.body, w.found)
	return w.report(apierr.InvalidBody, "")
}
