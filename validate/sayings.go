package validate

import (
	"regexp"
	"strconv"
	"strings"
)

// sayings are the messages that depend on a rule's parameter or on the sort of
// value.
var sayings = map[string]func(broken) string{
	"len": func(b broken) string { return measure(b, "exactly ", "exactly ", "") },
	"eq":  func(b broken) string { return equal(b, "Must be ", "exactly ") },
	"ne":  func(b broken) string { return equal(b, "Must not be ", "other than ") },
	"min": atLeast,
	"gte": atLeast,
	"max": atMost,
	"lte": atMost,
	"gt": func(b broken) string {
		if b.class == instant {
			return "Must be in the future"
		}
		return measure(b, "more than ", "more than ", "greater than ")
	},
	"lt": func(b broken) string {
		if b.class == instant {
			return "Must be in the past"
		}
		return measure(b, "fewer than ", "fewer than ", "less than ")
	},
	"eq_ignore_case": func(b broken) string { return "Must be " + strconv.Quote(b.param) + " in any case" },
	"ne_ignore_case": func(b broken) string { return "Must not be " + strconv.Quote(b.param) + " in any case" },

	"oneof":    func(b broken) string { return "Must be one of " + choices(b) },
	"oneofci":  func(b broken) string { return "Must be one of " + choices(b) },
	"noneof":   func(b broken) string { return "Must not be one of " + choices(b) },
	"noneofci": func(b broken) string { return "Must not be one of " + choices(b) },

	"contains":      func(b broken) string { return "Must contain " + strconv.Quote(b.param) },
	"containsany":   func(b broken) string { return "Must contain at least one of " + strconv.Quote(b.param) },
	"containsrune":  func(b broken) string { return "Must contain " + strconv.Quote(b.param) },
	"excludes":      func(b broken) string { return "Must not contain " + strconv.Quote(b.param) },
	"excludesall":   func(b broken) string { return "Must not contain any of " + strconv.Quote(b.param) },
	"excludesrune":  func(b broken) string { return "Must not contain " + strconv.Quote(b.param) },
	"startswith":    func(b broken) string { return "Must start with " + strconv.Quote(b.param) },
	"endswith":      func(b broken) string { return "Must end with " + strconv.Quote(b.param) },
	"startsnotwith": func(b broken) string { return "Must not start with " + strconv.Quote(b.param) },
	"endsnotwith":   func(b broken) string { return "Must not end with " + strconv.Quote(b.param) },

	"eqfield":       func(b broken) string { return "Must match " + fieldsOf(b) },
	"nefield":       func(b broken) string { return "Must differ from " + fieldsOf(b) },
	"gtfield":       func(b broken) string { return compare(b, "longer than ", "greater than ", "after ") },
	"gtefield":      func(b broken) string { return compare(b, "at least as long as ", "at least ", "no earlier than ") },
	"ltfield":       func(b broken) string { return compare(b, "shorter than ", "less than ", "before ") },
	"ltefield":      func(b broken) string { return compare(b, "at most as long as ", "at most ", "no later than ") },
	"eqcsfield":     func(b broken) string { return "Must match " + fieldsOf(b) },
	"necsfield":     func(b broken) string { return "Must differ from " + fieldsOf(b) },
	"gtcsfield":     func(b broken) string { return compare(b, "longer than ", "greater than ", "after ") },
	"gtecsfield":    func(b broken) string { return compare(b, "at least as long as ", "at least ", "no earlier than ") },
	"ltcsfield":     func(b broken) string { return compare(b, "shorter than ", "less than ", "before ") },
	"ltecsfield":    func(b broken) string { return compare(b, "at most as long as ", "at most ", "no later than ") },
	"fieldcontains": func(b broken) string { return "Must contain the value of " + fieldsOf(b) },
	"fieldexcludes": func(b broken) string { return "Must not contain the value of " + fieldsOf(b) },

	"required_if":          func(b broken) string { return "Required " + condition(b, "when") },
	"required_unless":      func(b broken) string { return "Required " + condition(b, "unless") },
	"skip_unless":          func(b broken) string { return "Required " + condition(b, "when") },
	"required_with":        func(b broken) string { return "Required with " + fieldsOf(b) },
	"required_with_all":    func(b broken) string { return "Required with all of " + fieldsOf(b) },
	"required_without":     func(b broken) string { return "Required without " + fieldsOf(b) },
	"required_without_all": func(b broken) string { return "Required without any of " + fieldsOf(b) },
	"excluded_if":          func(b broken) string { return "Not allowed " + condition(b, "when") },
	"excluded_unless":      func(b broken) string { return "Not allowed " + condition(b, "unless") },
	"excluded_with":        func(b broken) string { return "Not allowed with " + fieldsOf(b) },
	"excluded_with_all":    func(b broken) string { return "Not allowed with all of " + fieldsOf(b) },
	"excluded_without":     func(b broken) string { return "Not allowed without " + fieldsOf(b) },
	"excluded_without_all": func(b broken) string { return "Not allowed without any of " + fieldsOf(b) },

	"datetime": func(b broken) string { return "Invalid date or time" },
	"unique": func(b broken) string {
		if b.fields != "" {
			return "Items must differ in " + b.fields
		}
		return "Items must be unique"
	},
}

func atLeast(b broken) string {
	if b.class == instant {
		return "Must not be in the past"
	}
	return measure(b, "at least ", "at least ", "at least ")
}

func atMost(b broken) string {
	if b.class == instant {
		return "Must not be in the future"
	}
	return measure(b, "at most ", "at most ", "at most ")
}

// measure says how long or how great a value must be.
func measure(b broken, forText, forCount, forNumber string) string {
	switch b.class {
	case text:
		return "Must be " + forText + plural(b.param, "character")
	case count:
		return "Must contain " + forCount + plural(b.param, "item")
	}
	return "Must be " + forNumber + b.param
}

func plural(n, noun string) string {
	if n == "1" {
		return n + " " + noun
	}
	return n + " " + noun + "s"
}

// equal says what a value must be, or must not be.
func equal(b broken, be, forCount string) string {
	switch b.class {
	case text:
		return be + strconv.Quote(b.param)
	case count:
		return "Must contain " + forCount + plural(b.param, "item")
	}
	return be + b.param
}

// word is one word of a parameter, as validator splits them.
var word = regexp.MustCompile(`'[^']*'|\S+`)

func words(param string) []string {
	all := word.FindAllString(param, -1)
	for i, w := range all {
		all[i] = strings.ReplaceAll(w, "'", "")
	}
	return all
}

func choices(b broken) string {
	all := words(b.param)
	if b.class != number {
		for i, w := range all {
			all[i] = strconv.Quote(w)
		}
	}
	return strings.Join(all, ", ")
}

func compare(b broken, forText, forNumber, forTime string) string {
	switch b.class {
	case text:
		return "Must be " + forText + fieldsOf(b)
	case instant:
		return "Must be " + forTime + fieldsOf(b)
	case count:
		return "Must be " + forText + fieldsOf(b)
	}
	return "Must be " + forNumber + fieldsOf(b)
}

func fieldsOf(b broken) string {
	if b.fields == "" {
		return anotherField
	}
	return b.fields
}

// condition puts the pairs of required_if and its kin in words.
func condition(b broken, when string) string {
	all := words(b.param)
	if b.fields == "" || len(all) == 0 || len(all)%2 != 0 {
		return when + " " + anotherField + " has a certain value"
	}
	var s strings.Builder
	for i := 0; i < len(all); i += 2 {
		if i > 0 {
			s.WriteString(" and ")
		} else {
			s.WriteString(when + " ")
		}
		s.WriteString(all[i] + " is " + strconv.Quote(all[i+1]))
	}
	return s.String()
}
