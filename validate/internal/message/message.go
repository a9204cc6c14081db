// Package message holds the English messages of violations: one for every tag
// of validator, and those of decoding. They are short, name neither the field
// nor its value, and hold no word of Go.
package message

import (
	"strings"
	"sync"
)

const (
	Required     = "Required"
	Invalid      = "Invalid value"
	Unknown      = "Unrecognized field"
	OutOfRange   = "Number out of range"
	More         = "There are more errors than are listed here"
	NotUTF8      = "Must be UTF-8"
	Repeated     = "Must be given only once"
	anotherField = "another field"

	InvalidDuration = "Invalid duration"

	// File is the expected type of a file part.
	File = "file"

	RuleRequired = "required"
)

// Placeholder is replaced by the parameter in messages of the user's own.
const Placeholder = "{param}"

// Or separates alternatives in a tag.
const Or = "|"

// Broken is a broken rule, as far as its message depends on it.
type Broken struct {
	Tag    string
	Param  string // with the fields that it names by their names on the wire
	Fields string // those names alone; empty where it names none or they are unknown
	Class  Class
}

// Known reports whether a tag is one of validator's own.
func Known(tag string) bool {
	_, ok := fixed[tag]
	return ok || parameterized[tag] != nil
}

// Fixed reports whether a tag is one of validator's own without a parameter.
func Fixed(tag string) bool { _, ok := fixed[tag]; return ok }

// English is the message of a broken rule.
func English(b Broken) string {
	if text, ok := fixed[b.Tag]; ok {
		return text
	}
	if text := parameterized[b.Tag]; text != nil {
		return text(b)
	}
	if strings.Contains(b.Tag, Or) {
		return either(b)
	}
	return Invalid
}

// either is the message of alternatives such as "eq=0|min=5".
func either(b Broken) string {
	var all []string
	for alternative := range strings.SplitSeq(b.Tag, Or) {
		one := Broken{Class: b.Class}
		one.Tag, one.Param, _ = strings.Cut(alternative, "=")
		if ReferenceOf(one.Tag) != NoReference {
			one.Param = "" // Go names
		}
		s := English(one)
		if s == Invalid {
			return Invalid
		}
		if len(all) > 0 {
			s = strings.ToLower(s[:1]) + s[1:]
		}
		all = append(all, s)
	}
	return strings.Join(all, " or ")
}

// RuleName is the rule of a tag: for alternatives their names without
// parameters.
func RuleName(tag string) string {
	if !strings.Contains(tag, Or) {
		return tag
	}
	names := strings.Split(tag, Or)
	for i, n := range names {
		names[i], _, _ = strings.Cut(n, "=")
	}
	return strings.Join(names, Or)
}

// maxCached is the number of messages that a Cache keeps.
const maxCached = 4096

// Cache keeps messages that were put together once. Rules and parameters come
// from struct tags, so there are few. A struct-level rule may make up many, so
// the number is bounded. It is safe for use by several goroutines.
type Cache struct {
	mu    sync.RWMutex
	known map[Broken]string
}

// English is the message of a broken rule.
func (c *Cache) English(b Broken) string {
	if text, ok := fixed[b.Tag]; ok {
		return text
	}
	c.mu.RLock()
	text, ok := c.known[b]
	c.mu.RUnlock()
	if ok {
		return text
	}
	text = English(b)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil {
		c.known = make(map[Broken]string)
	}
	if len(c.known) < maxCached {
		c.known[b] = text
	}
	return text
}
