package reference

// The reading of a decoded JSON Schema: its references, its keywords, and how a
// sentence shows a part of it.

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

func hasRef(schema any) bool {
	switch s := schema.(type) {
	case map[string]any:
		for k, v := range s {
			if k == "$ref" || k == "$dynamicRef" || hasRef(v) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(s, hasRef)
	}
	return false
}

func refOf(schema any) string {
	m, _ := schema.(map[string]any)
	ref, _ := m["$ref"].(string)
	return ref
}

// resolveRefs follows the references of a schema into its own document.
func resolveRefs(root, schema any) (any, bool) {
	for range maxSchemaDepth {
		ref := refOf(schema)
		if ref == "" {
			return schema, true
		}
		for k := range schema.(map[string]any) {
			if k != "$ref" && !slices.Contains(annotations, k) {
				return nil, false // constraints beside the reference
			}
		}
		target, ok := pointedAt(root, ref)
		if !ok {
			return nil, false
		}
		schema = target
	}
	return nil, false
}

// pointedAt returns the part of root that a fragment with a JSON Pointer names,
// RFC 6901 section 6.
func pointedAt(root any, ref string) (any, bool) {
	fragment, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return nil, false
	}
	if fragment == "" {
		return asObject(root), true
	}
	pointer, err := url.PathUnescape(fragment)
	if err != nil || pointer[0] != '/' {
		return nil, false
	}
	at := root
	for step := range strings.SplitSeq(pointer[1:], "/") {
		m, _ := at.(map[string]any)
		if at, ok = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(step)]; !ok {
			return nil, false
		}
	}
	return at, true
}

// keywords returns the keywords of a schema: none for true, nil for false. It
// also returns the members of an object of schemas.
func keywords(schema any) map[string]any {
	switch s := schema.(type) {
	case map[string]any:
		return s
	case bool:
		if !s {
			return nil
		}
	}
	return map[string]any{}
}

func orTrue(schema any) any {
	if schema == nil {
		return true
	}
	return schema
}

// additional is the schema of members that an object schema does not name.
func additional(schema map[string]any) any { return orTrue(schema["additionalProperties"]) }

func stringsOf(list any) (all []string) {
	elements, _ := list.([]any)
	for _, v := range elements {
		if s, ok := v.(string); ok {
			all = append(all, s)
		}
	}
	return all
}

// withoutAnnotations returns a schema without what only describes. It also drops
// members with such names, which the comparison has seen.
func withoutAnnotations(schema any) any {
	switch s := schema.(type) {
	case map[string]any:
		m := make(map[string]any, len(s))
		for k, v := range s {
			if !slices.Contains(annotations, k) {
				m[k] = withoutAnnotations(v)
			}
		}
		return m
	case []any:
		list := make([]any, len(s))
		for i, v := range s {
			list[i] = withoutAnnotations(v)
		}
		return list
	}
	return schema
}

// typeOfJSON returns the JSON Schema type of a decoded value.
func typeOfJSON(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	}
	return "object"
}

// shortJSON returns a value as JSON for a sentence, cut where it is long.
func shortJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "a value"
	}
	return shortText(string(b))
}

// maxShort is how many runes of a text of the contract a sentence has.
const maxShort = 60

// shortText returns a text for a sentence, visible and cut where it is long.
func shortText(s string) string {
	s = visible(oneLine(s))
	if runes := []rune(s); len(runes) > maxShort {
		return string(runes[:maxShort]) + "…"
	}
	return s
}

// pathTo returns the path of a member: details.reason, or details["a b"]
// for a name that is no word.
func pathTo(parent, name string) string {
	if !isWord(name) {
		return parent + "[" + shortText(strconv.Quote(name)) + "]"
	}
	if parent == "" {
		return name
	}
	return parent + "." + name
}

func isWord(s string) bool {
	return s == "*" || s != "" && len(s) <= maxShort && strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && r != '-' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	}) < 0
}
