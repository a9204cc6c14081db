package validate

import (
	"context"
	"errors"
	"net/http"
	"reflect"

	"github.com/go-json-experiment/json"

	"github.com/failwell/failwell/apierr"
)

// strict is how bodies are decoded: as encoding/json/v2 does, which matches
// names by case and takes neither duplicate names nor invalid UTF-8.
var strict = json.RejectUnknownMembers(true)

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
	if err := readJSON(r, c, in, surveyOf(reflect.TypeFor[T](), jsonTag, c.tagName)); err != nil {
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
	x := buffers.Get().(*buffer)
	err := readBody(r, x, limitOf(r, c))
	if err == nil {
		err = c.decode(r, x.b, in, s)
	}
	if !s.foreign { // else someone may have kept a part of it
		x.release()
	}
	return err
}

// decode fills in from a body and judges it.
func (c *config) decode(r *http.Request, body []byte, in any, s *survey) (err error) {
	defer recovered(&err)
	if err := c.tooDeep(body); err != nil {
		return err
	}
	if err := json.Unmarshal(body, in, json.RejectUnknownMembers(!c.allowUnknown)); err != nil {
		return c.explain(r, body, in, s, err)
	}
	v := reflect.ValueOf(in).Elem()
	say := speaker{c, r.Header.Get("Accept-Language")}
	if isNull(body) && s.shape.want != "" && s.shape.typ.Kind() != reflect.String {
		return c.report(body, []finding{{mismatch(root, s.shape.want, 'n'), 0}}, apierr.InvalidBody)
	}
	return c.verdict(r.Context(), body, v, s, say)
}

// verdict is the answer of the rules on a value that decoded without fault.
func (c *config) verdict(ctx context.Context, body []byte, v reflect.Value, s *survey, say speaker) error {
	found, err := c.judge(ctx, s, v, jsonTag, say)
	if err != nil {
		return apierr.Internal.Wrap(err)
	}
	return c.report(body, found, apierr.InvalidBody)
}

func (c *config) explain(r *http.Request, body []byte, in any, s *survey, err error) error {
	if _, ok := errors.AsType[*json.SemanticError](err); ok {
		return apierr.InvalidBody.Wrap(err).WithViolations(apierr.Violation{Path: root, Rule: ruleType, Message: msgInvalid})
	}
	return apierr.InvalidJSON.Wrap(err)
}

func (c *config) tooDeep(body []byte) error { return nil }
func isNull(body []byte) bool               { return false }
func mismatch(path, want string, got byte) apierr.Violation {
	return apierr.Violation{Path: path, Rule: ruleType, Param: want, Message: "Expected " + want}
}
func (c *config) report(body []byte, found []finding, as *apierr.Error) error {
	if len(found) == 0 {
		return nil
	}
	vs := make([]apierr.Violation, len(found))
	for i := range found {
		vs[i] = found[i].Violation
	}
	return as.WithViolations(vs...)
}
