package validate

import (
	"context"
	"net/http"
	"net/url"
	"reflect"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/fieldpath"
	"github.com/failwell/failwell/validate/internal/decode"
	"github.com/failwell/failwell/validate/internal/rules"
	"github.com/failwell/failwell/validate/internal/schema"
	"github.com/failwell/failwell/validate/internal/violation"
)

// Query reads the query of a request into a new T, a struct whose fields are
// named by query tags, and applies its rules:
//
//	type Page struct {
//		Limit int       `query:"limit" validate:"omitempty,min=1,max=100"`
//		Tags  []string  `query:"tag"`
//		Since time.Time `query:"since"`
//	}
//
// Fields without a query tag are left out. Names that no field has are ignored,
// since queries carry what others put there. Embedded structs are flattened. Of
// all other names, nothing is ignored: what is not understood is a violation.
//
// # Names
//
//	tag=a&tag=b, tag[]=a&tag[]=b  the elements of a list, in their order
//	tag[0]=a, items[0].id=1       one element of a list, and a member of it
//	items[0][id]=1, filter[id]=1  members in brackets, which mean the same as dots
//	meta[key]=a                   an entry of a map
//
// Indexes end at 99. They give elements their order; a gap between them closes,
// and the paths of violations keep the indexes that were sent. A name that is sent
// twice for a field of one value, however it is written, breaks the rule
// "repeated". At most 1000 names may have brackets.
//
// # Values
//
// Numbers have the grammar of JSON: no NaN, no plus sign, no leading zeros. A
// []byte is base64. A [time.Duration] is 1h30m, never a bare number but 0.
// Booleans are true, 1, t, on, yes and ok, or false, 0, f, off and no. Types that
// implement [encoding.TextUnmarshaler] unmarshal themselves. Names and values that
// are not UTF-8 break the rule "format". A NUL is a character like others, as in
// JSON; a rule such as printascii rejects it.
//
// An empty value counts as none, but for strings: the field stays as it is, and
// required rejects it. Of several elements none can be empty, but for strings.
//
// The error is [apierr.InvalidParameter] with the Violations in the order of the
// fields, or [apierr.Internal]. It is Internal for every request if T has no query
// tag, or if no text can be decoded into one of its fields: see [Check].
func Query[T any](r *http.Request, opts ...Option) (T, error) {
	return params[T](r, schema.Query, opts, func(*config, *schema.Type) (url.Values, error) {
		return parseQuery(r.URL.RawQuery, schema.Query)
	})
}

// Path reads the path parameters of a request into a new T, whose fields are
// named by path tags, and applies its rules, as [Query] does. The values are
// those of [http.Request.PathValue]; for other routers see [WithPathValue]. An
// empty value counts as none.
func Path[T any](r *http.Request, opts ...Option) (T, error) {
	return params[T](r, schema.Path, opts, func(c *config, t *schema.Type) (url.Values, error) {
		values := make(url.Values, len(t.Members))
		for _, m := range t.Members {
			if v := c.pathValue(r, m.Name); v != "" {
				values[m.Name] = []string{v}
			}
		}
		return values, nil
	})
}

// params makes a T of the values that get returns.
func params[T any](r *http.Request, s *schema.Source, opts []Option, get func(*config, *schema.Type) (url.Values, error)) (T, error) {
	in := new(T)
	err := readParams(r, settle(opts), s, in, reflect.TypeFor[T](), get)
	if err != nil {
		var zero T
		return zero, err
	}
	return *in, nil
}

func readParams(r *http.Request, c *config, s *schema.Source, in any, t reflect.Type, get func(*config, *schema.Type) (url.Values, error)) error {
	if err := unfit(s, t, c.tagName); err != nil {
		return apierr.Internal.Wrap(err)
	}
	set := rules.Of(s, t, c.tagName)
	values, err := get(c, set.Schema)
	if err != nil {
		return err
	}
	w := newWork(c, c.languageOf(r))
	err = w.decodeParams(r.Context(), in, set, values, nil)
	w.release(true)
	return err
}

// parseQuery parses a query or an urlencoded form. An error of url.ParseQuery
// is reported, and not passed over.
func parseQuery(query string, s *schema.Source) (url.Values, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, malformed(err, s, "Malformed parameters")
	}
	return values, nil
}

// malformed is the error for parameters that cannot be read at all.
func malformed(cause error, s *schema.Source, message string) error {
	return apierr.InvalidParameter.Wrap(cause).WithViolations(apierr.Violation{
		In: s.In, Path: fieldpath.Root, Rule: violation.Format, Message: message,
	})
}

// decodeParams fills in, a pointer to the type of set, from values and applies
// the rules. more, if not nil, sets further fields before the rules apply.
func (w *work) decodeParams(ctx context.Context, in any, set *rules.Set, values url.Values, more func(reflect.Value)) (err error) {
	defer recovered(&err)
	v := reflect.ValueOf(in).Elem()
	if more != nil {
		more(v)
	}
	result, sent := decode.Params(values, v, set.Schema, w.config.maxViolations, w.config.maxDepth)
	w.addDecoding(result)
	w.sent = sent
	if err := w.applyRules(ctx, set, v); err != nil {
		return apierr.Internal.Wrap(err)
	}
	decode.SortByDeclaration(set.Schema, w.found)
	return w.report(apierr.InvalidParameter, set.Schema.Source.In)
}
