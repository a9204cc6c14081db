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

// Query reads the query of a request into a new T, whose fields are named by
// query tags, and applies its rules:
//
//	type Page struct {
//		Limit int       `query:"limit" validate:"omitempty,min=1,max=100"`
//		Tags  []string  `query:"tag"`
//		Since time.Time `query:"since"`
//	}
//
// Fields without a query tag are left out. Names that no field has are ignored,
// since queries carry what others put there. Embedded structs are flattened.
// Nested ones are written as filter.name, elements as tag=a&tag=b or tag[0]=a up
// to index 99, and maps as meta[key]; up to 1000 names may have brackets. Types
// that implement [encoding.TextUnmarshaler] unmarshal themselves. An empty value
// counts as none, but for strings.
//
// The error is [apierr.InvalidParameter] with the Violations in the order of
// the fields, or [apierr.Internal].
func Query[T any](r *http.Request, opts ...Option) (T, error) {
	return params[T](r, schema.Query, opts, func(*config, *schema.Type) (url.Values, error) {
		return parseQuery(r.URL.RawQuery, schema.Query)
	})
}

// Path reads the path parameters of a request into a new T, whose fields are
// named by path tags, and applies its rules, as [Query] does. The values are
// those of [http.Request.PathValue]; for other routers see [WithPathValue].
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

// Header reads header fields of a request into a new T, whose fields are named
// by header tags in any case, and applies its rules, as [Query] does. A slice
// has one element for each line; Host is the request's.
func Header[T any](r *http.Request, opts ...Option) (T, error) {
	return params[T](r, schema.Header, opts, func(_ *config, t *schema.Type) (url.Values, error) {
		values := make(url.Values, len(t.Members))
		for _, m := range t.Members {
			lines := r.Header.Values(m.Name)
			if http.CanonicalHeaderKey(m.Name) == "Host" && r.Host != "" {
				lines = []string{r.Host}
			}
			if len(lines) > 0 {
				values[m.Name] = lines
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
	w.addDecoding(decode.Params(values, v, set.Schema, w.config.maxViolations, w.config.maxDepth))
	if err := w.applyRules(ctx, set, v); err != nil {
		return apierr.Internal.Wrap(err)
	}
	decode.SortByDeclaration(set.Schema, w.found)
	return w.report(apierr.InvalidParameter, set.Schema.Source.In)
}
