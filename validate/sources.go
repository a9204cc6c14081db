package validate

import (
	"net/http"
	"net/url"
	"reflect"

	"github.com/failwell/failwell/apierr"
)

// Query reads the query of a request into a new T, whose fields are named by
// query tags, and applies its rules:
//
//	type Page struct {
//		Limit int      `query:"limit" validate:"omitempty,min=1,max=100"`
//		Tags  []string `query:"tag"`
//		Since time.Time `query:"since"`
//	}
//
// Fields without a query tag are left out; names that no field has are passed
// over, since queries carry what others put there. Embedded structs are
// flattened, nested ones are reached as filter.name, elements as tag=a&tag=b or
// tag[0]=a, up to index 99, maps as meta[key]. Types that implement
// [encoding.TextUnmarshaler] unmarshal themselves. An empty value is none, but for strings.
//
// The error is [apierr.InvalidParameter] with the Violations in the order of
// the fields, or [apierr.Internal].
func Query[T any](r *http.Request, opts ...Option) (T, error) {
	return from[T](r, queryNames, opts, func(*config, *shape) (url.Values, error) {
		return parsed(r.URL.RawQuery)
	})
}

// Path reads the path parameters of a request into a new T, whose fields are
// named by path tags, and applies its rules, as [Query] does. The values are
// those of [http.Request.PathValue]; for other routers see [WithPathValue].
func Path[T any](r *http.Request, opts ...Option) (T, error) {
	return from[T](r, pathNames, opts, func(c *config, s *shape) (url.Values, error) {
		values := make(url.Values, len(s.fields))
		for _, f := range s.fields {
			if v := c.pathValue(r, f.name); v != "" {
				values[f.name] = []string{v}
			}
		}
		return values, nil
	})
}

// Header reads header fields of a request into a new T, whose fields are named
// by header tags in any case, and applies its rules, as [Query] does. A slice
// has one element for each line; Host is the request's.
func Header[T any](r *http.Request, opts ...Option) (T, error) {
	return from[T](r, headerNames, opts, func(_ *config, s *shape) (url.Values, error) {
		values := make(url.Values, len(s.fields))
		for _, f := range s.fields {
			lines := r.Header.Values(f.name)
			if http.CanonicalHeaderKey(f.name) == "Host" && r.Host != "" {
				lines = []string{r.Host}
			}
			if len(lines) > 0 {
				values[f.name] = lines
			}
		}
		return values, nil
	})
}

// from makes a T of the values that get finds.
func from[T any](r *http.Request, n *naming, opts []Option, get func(*config, *shape) (url.Values, error)) (T, error) {
	in := new(T)
	err := readValues(r, settle(opts), n, in, reflect.TypeFor[T](), get)
	if err != nil {
		var zero T
		return zero, err
	}
	return *in, nil
}

func readValues(r *http.Request, c *config, n *naming, in any, t reflect.Type, get func(*config, *shape) (url.Values, error)) error {
	s := n.surveyOf(t, c.tagName)
	values, err := get(c, s.shape)
	if err != nil {
		return err
	}
	w := works.Get().(*work)
	w.say = c.speakerFor(r)
	err = w.fill(r.Context(), c, in, s, values, nil)
	w.release(true)
	return err
}

// parsed is a query or an urlencoded form taken apart. What url.ParseQuery
// finds fault with is an error here, and not passed over.
func parsed(query string) (url.Values, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, apierr.InvalidParameter.Wrap(err).WithViolations(apierr.Violation{
			Path: root, Rule: ruleFormat, Message: "Malformed parameters",
		})
	}
	return values, nil
}
