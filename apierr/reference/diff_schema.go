package reference

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// finding is one difference between two schemas, or between two values.
type finding struct {
	breaking bool
	path     string
	what     string // continues a sentence that begins with the path
}

// schemaDiff compares what two JSON Schemas allow. Every value of the new one
// has to be one of the old, and each member that the old one names must still be
// able to occur. What it cannot prove is breaking.
type schemaDiff struct {
	oldRoot, newRoot any
	findings         []finding
	steps            *int
	active           map[[2]string]bool // references that are being compared
}

const (
	maxSchemaSteps = 5_000 // subschemas; a union compares each pair of its parts
	maxSchemaDepth = 64
)

// compareSchemas compares two schemas of details, which are objects.
func compareSchemas(old, new string) []finding {
	var o, n any
	if json.Unmarshal([]byte(old), &o) != nil || json.Unmarshal([]byte(new), &n) != nil {
		return []finding{{true, "", "cannot be compared with the old schema"}}
	}
	if reflect.DeepEqual(o, n) {
		return nil
	}
	steps := 0
	d := &schemaDiff{oldRoot: o, newRoot: n, steps: &steps, active: map[[2]string]bool{}}
	d.compare("", asObject(o), asObject(n), 0)
	if len(d.findings) == 0 && !reflect.DeepEqual(withoutAnnotations(o), withoutAnnotations(n)) {
		d.compatible("", "allows no more than before")
	}
	return d.findings
}

// asObject returns a schema of details with its type: they are always objects.
func asObject(schema any) any {
	m, ok := schema.(map[string]any)
	if !ok || m["type"] != nil || m["$ref"] != nil {
		return schema
	}
	typed := map[string]any{"type": "object"}
	for k, v := range m {
		typed[k] = v
	}
	return typed
}

func (d *schemaDiff) breaks(path, format string, args ...any) {
	d.findings = append(d.findings, finding{true, path, fmt.Sprintf(format, args...)})
}

func (d *schemaDiff) compatible(path, format string, args ...any) {
	d.findings = append(d.findings, finding{false, path, fmt.Sprintf(format, args...)})
}

// allows reports whether every value of the new schema is one of the old.
func (d *schemaDiff) allows(old, new any, depth int) bool {
	sub := &schemaDiff{oldRoot: d.oldRoot, newRoot: d.newRoot, steps: d.steps, active: d.active}
	sub.compare("", old, new, depth)
	return !slices.ContainsFunc(sub.findings, func(f finding) bool { return f.breaking })
}

func (d *schemaDiff) compare(path string, old, new any, depth int) {
	if *d.steps++; *d.steps > maxSchemaSteps || depth > maxSchemaDepth {
		d.breaks(path, "cannot be compared with the old schema, which is too large")
		return
	}
	refs := [2]string{refOf(old), refOf(new)}
	if refs[0] != "" || refs[1] != "" {
		if refs[0] != "" && refs[1] != "" {
			if d.active[refs] {
				return // as the comparison that is under way says
			}
			d.active[refs] = true
			defer delete(d.active, refs)
		}
		var known bool
		if old, known = resolveRefs(d.oldRoot, old); known {
			new, known = resolveRefs(d.newRoot, new)
		}
		if !known {
			d.breaks(path, "cannot be compared with the old schema: it refers to what is not in it")
			return
		}
	}
	o, n := keywords(old), keywords(new)
	switch {
	case o == nil: // false: nothing was allowed
		if n != nil {
			d.breaks(path, "can occur, which it could not")
		}
	case n == nil: // false: the callers see that it cannot occur
	case d.equal(o, n):
	default:
		d.keywords(path, o, n, depth)
	}
}

// keywords compares two schemas that are objects.
func (d *schemaDiff) keywords(path string, o, n map[string]any, depth int) {
	if d.branches(path, o, n, depth) {
		return
	}
	types := d.types(path, o, n)
	if types == nil {
		return
	}
	d.values(path, o, n)
	if types["object"] {
		d.object(path, o, n, depth)
	}
	if types["array"] {
		d.array(path, o, n, depth)
	}
	if types["string"] {
		d.bounds(path, o, n, "minLength", "maxLength")
		d.sameOrFree(path, o, n, "pattern", "format", "contentEncoding", "contentMediaType")
	}
	if types["number"] || types["integer"] {
		d.bounds(path, o, n, "minimum", "maximum")
		d.bounds(path, o, n, "exclusiveMinimum", "exclusiveMaximum")
		d.sameOrFree(path, o, n, "multipleOf")
	}
	for _, k := range sortedKeys(o) {
		if !slices.Contains(comparedKeywords, k) && !slices.Contains(annotations, k) {
			d.sameOrFree(path, o, n, k)
		}
	}
	d.unions(path, o, n, depth)
}

// comparedKeywords are those that the comparison understands; of any other, the
// old and the new schema must have the same.
var comparedKeywords = []string{
	"type", "enum", "const", "properties", "required", "additionalProperties", "minProperties", "maxProperties",
	"items", "minItems", "maxItems", "uniqueItems", "minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType",
	"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "anyOf", "allOf",
}

// annotations are keywords that allow and forbid nothing.
var annotations = []string{
	"$schema", "$id", "$comment", "$defs", "definitions", "$anchor", "title", "description", "default", "examples", "deprecated",
	"readOnly", "writeOnly",
}

// branches compares a new schema that is a union by its branches. It reports
// whether these are all that has to be compared.
func (d *schemaDiff) branches(path string, o, n map[string]any, depth int) bool {
	for _, k := range []string{"anyOf", "oneOf"} {
		branches, ok := n[k].([]any)
		if !ok || reflect.DeepEqual(o[k], n[k]) && d.equal(o[k], n[k]) {
			continue
		}
		all := true
		for _, b := range branches {
			all = all && d.allows(o, b, depth+1)
		}
		if all {
			return true // the other keywords of n allow still less
		}
	}
	return false
}

// unions compares the keywords of the old schema that combine others.
func (d *schemaDiff) unions(path string, o, n map[string]any, depth int) {
	if branches, ok := o["anyOf"].([]any); ok && !d.equal(o["anyOf"], n["anyOf"]) {
		if !slices.ContainsFunc(branches, func(b any) bool { return d.allows(b, n, depth+1) }) {
			d.breaks(path, "has forms that were not declared")
		}
	}
	if branches, ok := o["allOf"].([]any); ok && !d.equal(o["allOf"], n["allOf"]) {
		for _, b := range branches {
			d.compare(path, b, n, depth+1)
		}
	}
}

// types compares the types. It returns those that values of the new schema have;
// nil if there is nothing more to compare.
func (d *schemaDiff) types(path string, o, n map[string]any) map[string]bool {
	old, new := typesOf(o), typesOf(n)
	for _, t := range sortedKeys(new) {
		if old[t] || t == "integer" && old["number"] {
			continue
		}
		d.breaks(path, "can be %s, and was %s", typeWords(new), typeWords(old))
		return nil
	}
	return new
}

// typesOf returns the types that a schema allows.
func typesOf(schema map[string]any) map[string]bool {
	types := map[string]bool{}
	switch t := schema["type"].(type) {
	case string:
		types[t] = true
	case []any:
		for _, t := range t {
			if t, ok := t.(string); ok {
				types[t] = true
			}
		}
	}
	if len(types) > 0 {
		return types
	}
	if values, ok := valuesOf(schema); ok {
		for _, v := range values {
			types[typeOfJSON(v)] = true
		}
		return types
	}
	for _, t := range []string{"array", "boolean", "null", "number", "object", "string"} {
		types[t] = true
	}
	return types
}

func typeWords(types map[string]bool) string {
	if len(types) >= 6 {
		return "of any type"
	}
	return strings.Join(sortedKeys(types), " or ")
}

// valuesOf returns the only values that a schema allows, if it lists them.
func valuesOf(schema map[string]any) ([]any, bool) {
	if v, ok := schema["const"]; ok {
		return []any{v}, true
	}
	values, ok := schema["enum"].([]any)
	return values, ok
}

// values compares the values that are listed.
func (d *schemaDiff) values(path string, o, n map[string]any) {
	old, limited := valuesOf(o)
	if !limited {
		return
	}
	new, ok := valuesOf(n)
	if !ok {
		d.breaks(path, "can have values that were not listed")
		return
	}
	for _, v := range new {
		if !slices.ContainsFunc(old, func(w any) bool { return reflect.DeepEqual(v, w) }) {
			d.breaks(path, "can be %s, which was not listed", shortJSON(v))
		}
	}
	for _, v := range old {
		if !slices.ContainsFunc(new, func(w any) bool { return reflect.DeepEqual(v, w) }) {
			d.compatible(path, "is no longer %s", shortJSON(v))
		}
	}
}

// object compares the members of objects.
func (d *schemaDiff) object(path string, o, n map[string]any, depth int) {
	oldMembers, newMembers := keywords(o["properties"]), keywords(n["properties"])
	oldOthers, newOthers := additional(o), additional(n)
	for _, name := range sortedKeys(oldMembers) {
		old, new := oldMembers[name], newOthers
		if m, ok := newMembers[name]; ok {
			new = m
		}
		at := pathTo(path, name)
		switch {
		case keywords(old) == nil: // it was excluded
			d.compare(at, old, new, depth+1)
		case keywords(new) == nil:
			d.breaks(at, "is no longer sent")
		default:
			d.compare(at, old, new, depth+1)
		}
	}
	for _, name := range sortedKeys(newMembers) {
		if _, ok := oldMembers[name]; ok || keywords(newMembers[name]) == nil {
			continue
		}
		at := pathTo(path, name)
		if keywords(oldOthers) == nil {
			d.breaks(at, "is added to an object that was declared to have no other members")
			continue
		}
		known := len(d.findings)
		if d.compare(at, oldOthers, newMembers[name], depth+1); len(d.findings) == known {
			d.compatible(at, "is added")
		}
	}
	switch {
	case keywords(newOthers) == nil:
	case keywords(oldOthers) == nil:
		d.breaks(path, "can have further members, and could not")
	default:
		d.compare(pathTo(path, "*"), oldOthers, newOthers, depth+1)
	}
	required, still := stringsOf(o["required"]), stringsOf(n["required"])
	for _, name := range required {
		if !slices.Contains(still, name) {
			d.breaks(pathTo(path, name), "may be absent, and was always sent")
		}
	}
	for _, name := range still {
		if _, known := oldMembers[name]; known && !slices.Contains(required, name) {
			d.compatible(pathTo(path, name), "is now always sent")
		}
	}
	d.bounds(path, o, n, "minProperties", "maxProperties")
	if _, ok := n["patternProperties"]; ok && !d.equal(o["patternProperties"], n["patternProperties"]) {
		d.breaks(path, "has members by patterns, which cannot be compared")
	}
}

// array compares the elements of arrays.
func (d *schemaDiff) array(path string, o, n map[string]any, depth int) {
	if !d.equal(o["items"], n["items"]) {
		old, new := orTrue(o["items"]), orTrue(n["items"])
		d.compare(path+"[]", old, new, depth+1)
	}
	d.bounds(path, o, n, "minItems", "maxItems")
	if _, ok := n["prefixItems"]; ok && !d.equal(o["prefixItems"], n["prefixItems"]) {
		d.breaks(path, "has elements by position, which cannot be compared")
	}
	if o["uniqueItems"] == true && n["uniqueItems"] != true {
		d.breaks(path, "can have an element twice, and could not")
	}
}

// bounds compares a lower and an upper bound.
func (d *schemaDiff) bounds(path string, o, n map[string]any, lower, upper string) {
	if old, ok := o[lower].(float64); ok {
		if new, ok := n[lower].(float64); (!ok || new < old) && !isListed(n) {
			d.breaks(path, "can be under its old %s of %s", lower, shortJSON(old))
		}
	}
	if old, ok := o[upper].(float64); ok {
		if new, ok := n[upper].(float64); (!ok || new > old) && !isListed(n) {
			d.breaks(path, "can be over its old %s of %s", upper, shortJSON(old))
		}
	}
}

// isListed reports whether the values of a schema are listed, and compared by
// values.
func isListed(n map[string]any) bool {
	_, ok := valuesOf(n)
	return ok
}

// sameOrFree reports keywords that the old schema has and the new one has not,
// or with another value.
func (d *schemaDiff) sameOrFree(path string, o, n map[string]any, names ...string) {
	for _, k := range names {
		if v, ok := o[k]; ok && !d.equal(v, n[k]) {
			d.breaks(path, "no longer has its %s %s", visible(oneLine(k)), shortJSON(v))
		}
	}
}

// equal reports whether two parts of the schemas are the same. What has a
// reference in it is not: the same reference may lead to something else.
func (d *schemaDiff) equal(old, new any) bool {
	return reflect.DeepEqual(old, new) && !hasRef(old)
}
