package reference_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/reference"
	"github.com/failwell/failwell/middleware"
)

// A change is breaking if and only if a client of the old contract fails under
// the new one. The client has the old OpenAPI document, and does what the old
// documentation says; the servers are real ones. Each pair is met in both
// directions; under -short, one in three, in one direction.
func TestDiff_Clients(t *testing.T) {
	m := meeting{}
	for i, p := range pairs {
		if testing.Short() && i%3 != 0 {
			continue
		}
		t.Run(p.name, func(t *testing.T) { m.meet(t, newAPI(p.old...), newAPI(p.new...)) })
		if testing.Short() {
			continue
		}
		t.Run(p.name+", the other way", func(t *testing.T) { m.meet(t, newAPI(p.new...), newAPI(p.old...)) })
	}
}

// Several edits at once have the verdict of a client too.
func TestDiff_ClientsOfManyEdits(t *testing.T) {
	m, r := meeting{}, rand.New(rand.NewPCG(15, 1))
	pick := func() []change { return pairs[r.IntN(len(pairs))].new }
	n := *manyEdits
	if testing.Short() {
		n = min(n, 8)
	}
	for range n {
		old, new := pick(), slices.Concat(pick(), pick())
		if r.IntN(2) == 0 {
			new = append(slices.Clone(old), pick()...)
		}
		a, b, ok := made(old, new)
		if ok {
			m.meet(t, a, b)
		}
	}
}

var manyEdits = flag.Int("edits", 40, "how many pairs of contracts TestDiff_ClientsOfManyEdits makes")

// made returns the contracts, if the edits fit together.
func made(old, new []change) (a, b *api, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	a, b = newAPI(old...), newAPI(new...)
	_, faultA := reference.OpenAPI(a.Contract)
	_, faultB := reference.OpenAPI(b.Contract)
	return a, b, faultA == nil && faultB == nil
}

// meeting has the clients by their contracts.
type meeting map[string]*client

func (m meeting) meet(t *testing.T, old, new *api) {
	doc, err := old.MarshalJSON()
	require.NoError(t, err)
	c := m[string(doc)]
	if c == nil {
		c = newClient(t, old)
		m[string(doc)] = c
	}
	faults := c.meet(t, new)
	changes := reference.Diff(old.Contract, new.Contract)
	require.Equal(t, strings.Contains(verdicts(changes), "!"), len(faults) > 0,
		"the changes: %s\nthe client's faults: %s", lines(changes), strings.Join(faults[:min(len(faults), 5)], "\n"))
}

// client is written for a contract.
type client struct {
	*api
	spec    map[string]any
	schemas map[string]*jsonschema.Resolved // by status and media type
	valid   map[string]error                // by status, media type and body
	seen    map[string]exchange             // what the old server answered, by failure
}

// exchange is an answer to a failure.
type exchange struct {
	status int
	header http.Header
	body   any
	text   string
}

func newClient(t *testing.T, a *api) *client {
	doc, err := reference.OpenAPI(a.Contract)
	require.NoError(t, err)
	c := &client{api: a, schemas: map[string]*jsonschema.Resolved{}, valid: map[string]error{}}
	require.NoError(t, json.Unmarshal([]byte(strings.ReplaceAll(string(doc), "#/components/schemas/", "#/$defs/")), &c.spec))
	c.spec = c.spec["components"].(map[string]any)
	c.seen = exchanges(t, a, c.accepts())
	for failure, x := range c.seen {
		require.NoError(t, c.validate(x), "the server's own document rejects its answer to %s", failure)
	}
	return c
}

// accepts are the Accept headers of the client: none and, if it has a choice, the
// media types of the old contract.
func (c *client) accepts() []string {
	if c.Alternative == nil {
		return []string{""}
	}
	return []string{"", c.format().ContentType(), c.Alternative.ContentType()}
}

func (a *api) format() apierr.Format {
	if a.Format == nil {
		return apierr.Envelope{}
	}
	return a.Format
}

// meet returns what fails when the client meets the new server.
func (c *client) meet(t *testing.T, new *api) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	now := exchanges(t, new, c.accepts())
	codes := map[string]bool{}
	paths := map[string]map[string]bool{} // of the details in the fullest bodies
	for _, name := range slices.Sorted(maps.Keys(now)) {
		is := now[name]
		codes[codeIn(is)] = true
		if err := c.validate(is); err != nil {
			fault("%s: the schema: %v", name, err)
		}
		if f, _, found := strings.Cut(name, " with details "); found {
			for path := range leaves("", is.body) {
				if paths[f] == nil {
					paths[f] = map[string]bool{}
				}
				paths[f][path] = true
			}
			continue
		}
		if was, ok := c.seen[name]; ok && !c.followed(name) {
			for _, f := range differences(was, is) {
				fault("%s: %s", name, f)
			}
		}
	}
	for name, was := range c.seen {
		f, _, found := strings.Cut(name, " with details ")
		if !found || paths[f] == nil || c.followed(name) {
			continue
		}
		for path := range leaves("", was.body) {
			if !paths[f][path] && !strings.Contains(path, ".more") { // a member that no schema names
				fault("%s: %s is in no body", name, path)
			}
		}
	}
	for _, e := range c.Declared() {
		if !codes[e.Code] && c.Deprecated[e] == "" && c.answersWith(e.Code) {
			fault("no failure has the code %s", e.Code)
		}
	}
	return faults
}

// answersWith reports whether the old server has answered with the code.
func (c *client) answersWith(code string) bool {
	for _, was := range c.seen {
		if codeIn(was) == code {
			return true
		}
	}
	return false
}

// followed reports whether a failure is of an error that was deprecated with a
// successor: the client handles that.
func (c *client) followed(failure string) bool {
	return strings.HasPrefix(failure, "old ") && c.Deprecated[c.old] != ""
}

// validate checks an answer against the old document.
func (c *client) validate(x exchange) error {
	media := x.header.Get("Content-Type")
	key := strconv.Itoa(x.status) + " " + media
	schema, ok := c.schemas[key]
	if !ok {
		root := map[string]any{}
		name := "Error"
		if media != c.format().ContentType() {
			if c.Alternative == nil {
				return fmt.Errorf("no response has the content type %q", media)
			}
			name += "." + c.Alternative.Name()
		}
		root["$ref"] = "#/$defs/" + name
		responses := c.spec["responses"].(map[string]any)
		if r, ok := responses["Status"+strconv.Itoa(x.status)].(map[string]any); ok {
			m, ok := r["content"].(map[string]any)[media].(map[string]any)
			if !ok {
				return fmt.Errorf("no response has the content type %q", media)
			}
			maps.Copy(root, m["schema"].(map[string]any))
			if m["schema"].(map[string]any)["$ref"] == nil {
				delete(root, "$ref")
			}
		}
		root["$defs"] = c.referred(root, map[string]any{})
		text, _ := json.Marshal(root)
		s := new(jsonschema.Schema)
		if err := json.Unmarshal(text, s); err != nil {
			return err
		}
		var err error
		if schema, err = s.Resolve(nil); err != nil {
			return err
		}
		c.schemas[key] = schema
	}
	invalid, known := c.valid[key+x.text]
	if !known {
		invalid = schema.Validate(x.body)
		c.valid[key+x.text] = invalid
	}
	if invalid != nil {
		return fmt.Errorf("%w\n%s", invalid, x.text)
	}
	responses := c.spec["responses"].(map[string]any)
	response, _ := responses["Status"+strconv.Itoa(x.status)].(map[string]any)
	headers, _ := response["headers"].(map[string]any)
	for name := range headers {
		h := c.header(headers[name])
		value, ok := x.header[http.CanonicalHeaderKey(name)]
		if !ok && h["required"] == true {
			return fmt.Errorf("the header %s is absent", name)
		}
		if ok && dig(h, "schema", "type") == "integer" && !digits.MatchString(value[0]) {
			return fmt.Errorf("the header %s is no integer: %s", name, value[0])
		}
	}
	return nil
}

// referred returns the schemas that one refers to, and those that they refer to.
func (c *client) referred(v any, all map[string]any) map[string]any {
	switch v := v.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			name, _, _ := strings.Cut(strings.TrimPrefix(ref, "#/$defs/"), "/")
			if _, known := all[name]; !known {
				all[name] = c.spec["schemas"].(map[string]any)[name]
				c.referred(all[name], all)
			}
		}
		for _, inner := range v {
			c.referred(inner, all)
		}
	case []any:
		for _, inner := range v {
			c.referred(inner, all)
		}
	}
	return all
}

// header returns the header that a reference names.
func (c *client) header(v any) map[string]any {
	ref := v.(map[string]any)["$ref"].(string)
	return c.spec["headers"].(map[string]any)[ref[strings.LastIndex(ref, "/")+1:]].(map[string]any)
}

// differences are what a client finds otherwise in the answer to the same
// failure: it reads the status, the headers, and each member of the body.
func differences(was, is exchange) (all []string) {
	fault := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	undocumented := strings.HasPrefix(codeIn(was), "HTTP_")
	if undocumented && was.status/100 == is.status/100 {
		return nil
	}
	if was.status != is.status {
		fault("the status is %d, and was %d", is.status, was.status)
	}
	for name := range was.header {
		old, new := was.header.Get(name), is.header.Get(name)
		switch name {
		case "Content-Length", "Vary", "Content-Language", "X-Request-Id", "X-Correlation-Id":
			if new == "" && strings.HasPrefix(name, "X-") {
				fault("no header %s", name)
			}
		case "Content-Type":
			if old != new {
				fault("the content type is %s", new)
			}
		case "Access-Control-Expose-Headers":
			for _, exposed := range strings.Split(old, ", ") {
				if !strings.Contains(new, exposed) {
					fault("%s is not exposed", exposed)
				}
			}
		case "Www-Authenticate":
			if o, _, _ := strings.Cut(old, " "); !strings.HasPrefix(new, o) {
				fault("the challenge is %s", new)
			}
		default:
			if readAs(old) != readAs(new) {
				fault("the header %s is %q, and was %q", name, new, old)
			}
		}
	}
	before, after := leaves("", was.body), leaves("", is.body)
	for _, path := range slices.Sorted(maps.Keys(before)) {
		old := before[path]
		new, ok := after[path]
		switch {
		case !ok:
			fault("no %s", path)
		case fmt.Sprintf("%T", old) != fmt.Sprintf("%T", new):
			fault("%s is %v, and was %v", path, new, old)
		case isWord(old) && old != new:
			fault("%s is %v, and was %v", path, new, old)
		}
	}
	return all
}

var (
	digits      = regexp.MustCompile(`^\d+$`)
	smallNumber = regexp.MustCompile(`^\d{1,9}$`)
)

// readAs is how a client parses a header value.
func readAs(v string) string {
	switch {
	case smallNumber.MatchString(v):
		return "a small number"
	case digits.MatchString(v):
		return fmt.Sprint("a time with digits ", len(v))
	case strings.HasSuffix(v, "GMT"):
		return "a date"
	case v == "":
		return "nothing"
	}
	return "a text"
}

// isWord reports whether a client compares a value: not numbers, IDs and texts for
// people.
func isWord(v any) bool {
	if s, ok := v.(string); ok {
		return !strings.Contains(s, " ") && len(s) != 36
	}
	_, isBool := v.(bool)
	return isBool
}

// leaves returns the values that are neither objects nor arrays by their paths.
func leaves(path string, v any) map[string]any {
	all := map[string]any{}
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			maps.Copy(all, leaves(path+"."+name, inner))
		}
	case []any:
		for i, inner := range v {
			maps.Copy(all, leaves(path+"."+strconv.Itoa(i), inner))
		}
	default:
		all[path] = v
	}
	return all
}

var codeField = regexp.MustCompile(`"(?:code|type)":"([A-Z_0-9]+)"`)

// codeIn finds the code in a body, in whatever member it is.
func codeIn(x exchange) string {
	if m := codeField.FindStringSubmatch(x.text); m != nil {
		return m[1]
	}
	return ""
}

func oneID(*http.Request) string { return "01a2011f-0db1-77c8-9c45-1e2edde1c331" }

// exchanges raises every failure under a contract.
func exchanges(t *testing.T, a *api, accepts []string) map[string]exchange {
	all := map[string]exchange{}
	var raised error
	bare := 0
	h := middleware.New(a.Contract, middleware.WithLogger(nil), middleware.WithRequestID(oneID))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if bare != 0 {
			http.Error(w, "A bare status", bare)
			return
		}
		apierr.Write(w, r, raised)
	}))
	send := func(name string) {
		for _, accept := range accepts {
			r := httptest.NewRequest("GET", "/orders/7", nil)
			r.Header.Set("Origin", "https://app.example.com")
			if accept != "" {
				r.Header.Set("Accept", accept)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			x := exchange{status: w.Code, header: w.Result().Header, text: w.Body.String()}
			require.NoError(t, json.Unmarshal(w.Body.Bytes(), &x.body))
			if strings.Contains(name, " with details ") && accept != "" {
				continue // the fullest bodies are compared in one form
			}
			all[name+" accepting "+accept] = x
		}
	}
	raise := func(name string, e *apierr.Error) {
		name += " "
		raised = e
		send(name)
		raised = e.WithRetryAfter(7 * time.Second)
		send(name + "with a time to wait")
		if schema, ok := a.DetailsSchemas[e]; ok {
			for i, sample := range samplesOf(t, schema) {
				raised = e.WithDetails(sample)
				send(name + "with details " + strconv.Itoa(i))
			}
			return
		}
		raised = e.WithViolations(apierr.Violation{Path: "name", Rule: "required", Message: "It is required"})
		send(name + "of a required field")
		raised = e.WithViolations(apierr.Violation{Path: "name", Rule: "min", Param: "2", Message: "It is too short"}, apierr.Violation{In: "query", Path: "q", Rule: "max", Message: "It is too long"})
		send(name + "of invalid fields")
	}
	named := map[string]*apierr.Error{
		"notFound": a.notFound, "closedOrder": a.closedOrder, "invalid": a.invalid, "broken": a.broken,
		"busy": a.busy, "signIn": a.signIn, "down": a.down, "old": a.old,
	}
	for name, e := range named {
		if slices.Contains(a.Declared(), e) {
			raise(name, e)
			if _, ok := a.DetailsSchemas[e]; !ok {
				raised = e.With("more", []any{"x"})
				send(name + " with details 0")
			}
		}
	}
	for _, e := range a.Declared() {
		if !slices.Contains(slices.Collect(maps.Values(named)), e) && !slices.Contains(apierr.Standard.Errors, e) {
			raise("new "+e.Code, e)
		}
	}
	for _, e := range apierr.Standard.Errors {
		raise(e.Code, e)
	}
	for _, bare = range []int{400, 401, 404, 413, 414, 417, 418, 422, 425, 429, 431, 451, 500, 503, 505, 599} {
		send("the status " + strconv.Itoa(bare))
	}
	return all
}

// samplesOf returns details that a schema allows: with all members and with those
// that are required, with each value that is listed.
func samplesOf(t *testing.T, text string) (samples []map[string]any) {
	var root any
	require.NoError(t, json.Unmarshal([]byte(text), &root))
	schema := new(jsonschema.Schema)
	require.NoError(t, json.Unmarshal([]byte(text), schema))
	resolved, err := schema.Resolve(nil)
	require.NoError(t, err)
	for _, v := range valuesOf(root, root) {
		if object, ok := v.(map[string]any); ok && resolved.Validate(object) == nil {
			samples = append(samples, object)
		}
	}
	require.NotEmpty(t, samples, text)
	return samples
}

// valuesOf returns values of a schema.
func valuesOf(root, schema any) (all []any) {
	s, _ := schema.(map[string]any)
	if ref, ok := s["$ref"].(string); ok {
		return valuesOf(root, root.(map[string]any)["$defs"].(map[string]any)[ref[strings.LastIndex(ref, "/")+1:]])
	}
	if values, ok := s["enum"].([]any); ok {
		return values
	}
	if branches, ok := s["anyOf"].([]any); ok {
		for _, b := range branches {
			all = append(all, valuesOf(root, b)...)
		}
		return all
	}
	types, ok := s["type"].([]any)
	if !ok {
		types = []any{s["type"]}
	}
	for _, kind := range types {
		switch kind {
		case "string":
			all = append(all, "2026-01-31T12:00:00Z")
		case "integer", "number":
			limit, ok := s["maximum"].(float64)
			if !ok {
				limit = 1
			}
			all = append(all, limit)
			if kind == "number" {
				all = append(all, 0.5)
			}
		case "boolean":
			all = append(all, true)
		case "null":
			all = append(all, nil)
		case "array":
			for _, v := range valuesOf(root, s["items"]) {
				all = append(all, []any{v})
			}
		default:
			all = append(all, objectsOf(root, s)...)
		}
	}
	return all
}

func objectsOf(root any, s map[string]any) (all []any) {
	properties, _ := s["properties"].(map[string]any)
	least, full := map[string]any{}, map[string]any{}
	for name, p := range properties {
		v := valuesOf(root, p)[0]
		full[name] = v
		if required, _ := s["required"].([]any); slices.Contains(required, any(name)) {
			least[name] = v
		}
	}
	all = append(all, full, least)
	for name, p := range properties {
		if _, required := least[name]; !required {
			other := maps.Clone(full)
			delete(other, name)
			all = append(all, other)
		}
		for _, v := range valuesOf(root, p)[1:] {
			other := maps.Clone(full)
			other[name] = v
			all = append(all, other)
		}
	}
	switch more := s["additionalProperties"].(type) {
	case nil:
		other := maps.Clone(full)
		other["more"] = "x"
		all = append(all, other)
	case map[string]any:
		other := maps.Clone(full)
		other["more"] = valuesOf(root, more)[0]
		all = append(all, other)
	}
	return all
}
