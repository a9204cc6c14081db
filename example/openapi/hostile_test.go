package openapi

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/reference"
	"github.com/failwell/failwell/internal/hostile"
)

// hostileContract has the texts as codes, messages and names in details.
func hostileContract() apierr.Contract {
	texts := hostile.Texts()
	c := apierr.Contract{
		Name: "hostile", Title: texts[10], Version: texts[11],
		Deprecated: map[*apierr.Error]string{}, DetailsSchemas: map[*apierr.Error]string{}, Mappings: map[*apierr.Error]apierr.Mapping{},
	}
	for i, s := range texts {
		e := &apierr.Error{Code: s, Status: 400 + i%10, Message: s, Doc: s}
		if s != "__proto__" { // Spectral stops at an object with this member
			e.Details = map[string]any{s: s}
		}
		c.Errors = append(c.Errors, e)
		c.Deprecated[e] = s
		if i%2 == 0 { // the name of a definition, and a reference to it
			name, _ := json.Marshal(strings.ToValidUTF8(s, "?"))
			ref, _ := json.Marshal("#/$defs/" + pointer(strings.ToValidUTF8(s, "?")))
			c.DetailsSchemas[e] = fmt.Sprintf(`{"type":"object","additionalProperties":{"$ref":%s},"$defs":{%s:{"type":"string"}}}`, ref, name)
		}
	}
	for i, builtin := range apierr.Standard.Errors {
		c.Mappings[builtin] = apierr.Mapping{Error: c.Errors[i%len(c.Errors)]}
	}
	return c
}

// hostileMembers is a contract of two codes whose envelope has the texts as
// names.
func hostileMembers() apierr.Contract {
	c := apierr.Contract{Name: "hostile-members", Closed: true, Errors: []*apierr.Error{
		{Code: "A", Status: 400, Message: "A"}, {Code: "B", Status: 500, Message: "B"},
	}}
	c.Mappings = map[*apierr.Error]apierr.Mapping{apierr.BadRequest: {Error: c.Errors[0]}, apierr.Internal: {Error: c.Errors[1]}}
	inner := []apierr.Member{{Name: "code", From: apierr.FromCode}}
	for i, s := range hostile.Texts() {
		inner = append(inner, apierr.Member{Name: fmt.Sprintf("%s%d", s, i), Doc: s, JSON: strconv.Quote("x")})
	}
	c.Format = apierr.Envelope{Members: []apierr.Member{{Name: hostile.Texts()[20], Members: inner}}}
	return c
}

// pointer escapes a step of a JSON Pointer in a URI fragment.
func pointer(s string) string {
	var b strings.Builder
	for _, c := range []byte(strings.NewReplacer("~", "~0", "/", "~1").Replace(s)) {
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// Whatever the codes and members are called, the document is valid, each code
// has a component under a name that OpenAPI allows, and the code in it is the
// code.
func TestHostile(t *testing.T) {
	withFormat := func(f apierr.Format) apierr.Contract {
		c := hostileContract()
		c.Format = f
		return c
	}
	for _, test := range []struct {
		name string
		c    apierr.Contract
	}{
		{"envelope", hostileContract()},
		{"members", hostileMembers()},
		{"flat", withFormat(apierr.Envelope{Members: []apierr.Member{{Name: "code", From: apierr.FromCode}, {From: apierr.FromDetails}}})},
		{"problem", withFormat(apierr.Problem{})},
		{"of a user", withFormat(raw{})},
	} {
		t.Run(test.name, func(t *testing.T) {
			doc, err := reference.OpenAPI(test.c)
			require.NoError(t, err)
			d := load(t, doc)
			consts := map[string]bool{}
			for name, s := range d.Components.Schemas {
				require.Regexp(t, `^[a-zA-Z0-9._-]+$`, name)
				b, err := json.Marshal(s)
				require.NoError(t, err)
				var v any
				require.NoError(t, json.Unmarshal(b, &v))
				constants(v, consts)
			}
			if test.name != "of a user" {
				for _, e := range test.c.Errors {
					require.True(t, consts[string([]rune(e.Code))], "%q", e.Code)
				}
			}
		})
	}
}

// constants collects the string constants of a schema.
func constants(schema any, into map[string]bool) {
	switch s := schema.(type) {
	case map[string]any:
		if c, ok := s["const"].(string); ok {
			into[c] = true
		}
		for _, inner := range s {
			constants(inner, into)
		}
	case []any:
		for _, inner := range s {
			constants(inner, into)
		}
	}
}

// raw is a format that escapes nothing.
type raw struct{}

func (raw) Name() string        { return "raw" }
func (raw) ContentType() string { return "text/x-raw" }
func (raw) Append(dst []byte, e *apierr.Error, _ apierr.Info) ([]byte, error) {
	return append(dst, e.Code+"\n"+e.Code...), nil
}

// A document whose paths, names and codes are hostile is described.
func TestHostile_Describe(t *testing.T) {
	c := hostileContract()
	paths := map[string]any{}
	for i, s := range hostile.Texts() {
		s = string([]rune(s)) // JSON has no invalid UTF-8
		c.Errors[i].Code = s
		paths[fmt.Sprint("/", i, "/", strings.Map(func(r rune) rune {
			if strings.ContainsRune("{}?#\\", r) || r <= ' ' {
				return -1
			}
			return r
		}, s))] = map[string]any{"get": map[string]any{
			"operationId": fmt.Sprint(s, i), "summary": s, "x-errors": []string{s},
			"responses": map[string]any{"200": map[string]any{"description": s}},
		}}
	}
	doc, err := json.Marshal(map[string]any{
		"openapi": "3.1.0", "info": map[string]any{"title": "t", "version": "1"}, "paths": paths,
	})
	require.NoError(t, err)
	described, err := reference.Describe(doc, c)
	require.NoError(t, err)
	d := load(t, described)
	for _, path := range d.Paths.InMatchingOrder() {
		op := d.Paths.Value(path).Get
		code := op.Extensions["x-errors"].([]any)[0].(string)
		found := false
		for _, r := range op.Responses.Map() {
			media := r.Value.Content.Get("application/json")
			if media == nil { // of the 200
				continue
			}
			for name := range media.Examples {
				b, err := json.Marshal(d.Components.Examples[name].Value.Value)
				require.NoError(t, err)
				var body struct{ Error struct{ Code string } }
				require.NoError(t, json.Unmarshal(b, &body))
				found = found || body.Error.Code == code
			}
		}
		require.True(t, found, "%q", code)
	}
}
