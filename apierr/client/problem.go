package client

import (
	"bytes"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/fieldpath"
)

// problemForm reads problem details, RFC 9457, as [apierr.Problem] writes them.
type problemForm struct{ typed }

// problemDetails are the members that have a meaning.
type problemDetails struct {
	Type          string         `json:"type"`
	Title         string         `json:"title"`
	Status        int            `json:"status"`
	Detail        string         `json:"detail"`
	Instance      string         `json:"instance"`
	Code          string         `json:"code"`
	ID            int            `json:"id"`
	RequestID     string         `json:"request_id"`
	CorrelationID string         `json:"correlation_id"`
	Errors        []problemError `json:"errors"`
}

// problemError is one violation.
type problemError struct {
	Detail    string  `json:"detail"`
	Pointer   *string `json:"pointer"`
	Parameter *string `json:"parameter"`
	Header    *string `json:"header"`
}

func (problemForm) read(body []byte) (content, bool) {
	var p problemDetails
	if json.Unmarshal(body, &p) != nil || p.Code == "" || len(p.Code) > maxCode {
		return content{}, false // those of other servers have no code
	}
	c := content{
		code: p.Code, id: p.ID, message: p.Detail, details: extensions(body),
		requestID: p.RequestID, correlationID: p.CorrelationID,
	}
	for _, e := range p.Errors[:min(len(p.Errors), maxViolations)] {
		c.violations = append(c.violations, e.violation())
	}
	return c, true
}

func (f problemForm) isLine(line []byte) bool {
	if !bytes.Contains(line, []byte(`"code"`)) {
		return false // without parsing what is data
	}
	var p problemDetails
	return json.Unmarshal(line, &p) == nil && p.Code != "" && p.Type != "" && p.Status != 0
}

// extensions returns the members without a fixed meaning: the details.
func extensions(body []byte) map[string]any {
	var all map[string]any
	if json.Unmarshal(body, &all) != nil {
		return nil
	}
	for field := range reflect.TypeFor[problemDetails]().Fields() {
		delete(all, field.Tag.Get("json"))
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

func (e problemError) violation() apierr.Violation {
	v := apierr.Violation{Message: e.Detail}
	switch {
	case e.Pointer != nil:
		v.Path = pathOf(*e.Pointer)
	case e.Parameter != nil:
		v.In, v.Path = "query", *e.Parameter // or the path, or a form: the body does not say
	case e.Header != nil:
		v.In, v.Path = "header", *e.Header
	}
	return v
}

// pathOf is the path of a JSON Pointer in the form of a URI fragment, RFC 6901
// section 6. A step of digits is an element of an array. A text that is not a
// pointer is returned unchanged.
func pathOf(pointer string) string {
	text, err := url.PathUnescape(strings.TrimPrefix(pointer, "#"))
	if err != nil || text != "" && text[0] != '/' {
		return pointer
	}
	if text == "" {
		return fieldpath.Root
	}
	var path []byte
	for step := range strings.SplitSeq(text[1:], "/") {
		step = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
		if n, ok := index(step); ok {
			path = fieldpath.AppendIndex(path, n)
		} else {
			path = fieldpath.AppendName(path, step)
		}
	}
	return string(path)
}

// index reads a reference token for an element of an array.
func index(step string) (n int, ok bool) {
	if step == "" || len(step) > 9 || step[0] == '0' && step != "0" || slices.ContainsFunc([]byte(step), func(c byte) bool { return c < '0' || c > '9' }) {
		return 0, false
	}
	for _, c := range []byte(step) {
		n = n*10 + int(c-'0')
	}
	return n, true
}
