package message

import (
	"strconv"
	"strings"
)

// parameterized are the messages that depend on the parameter of a rule or on
// the class of the value, by tag.
var parameterized = map[string]func(Broken) string{
	"len": func(b Broken) string { return measure(b, "exactly ", "exactly ", "") },
	"eq":  func(b Broken) string { return equal(b, "Must be ", "exactly ") },
	"ne":  func(b Broken) string { return equal(b, "Must not be ", "other than ") },
	"min": atLeast,
	"gte": atLeast,
	"max": atMost,
	"lte": atMost,
	"gt": func(b Broken) string {
		if b.Class == Time {
			return "Must be in the future"
		}
		return measure(b, "more than ", "more than ", "greater than ")
	},
	"lt": func(b Broken) string {
		if b.Class == Time {
			return "Must be in the past"
		}
		return measure(b, "fewer than ", "fewer than ", "less than ")
	},
	"eq_ignore_case": func(b Broken) string { return "Must be " + strconv.Quote(b.Param) + " in any case" },
	"ne_ignore_case": func(b Broken) string { return "Must not be " + strconv.Quote(b.Param) + " in any case" },

	"oneof":    func(b Broken) string { return "Must be one of " + choices(b) },
	"oneofci":  func(b Broken) string { return "Must be one of " + choices(b) },
	"noneof":   func(b Broken) string { return "Must not be one of " + choices(b) },
	"noneofci": func(b Broken) string { return "Must not be one of " + choices(b) },

	"contains":      func(b Broken) string { return "Must contain " + strconv.Quote(b.Param) },
	"containsany":   func(b Broken) string { return "Must contain at least one of " + strconv.Quote(b.Param) },
	"containsrune":  func(b Broken) string { return "Must contain " + strconv.Quote(b.Param) },
	"excludes":      func(b Broken) string { return "Must not contain " + strconv.Quote(b.Param) },
	"excludesall":   func(b Broken) string { return "Must not contain any of " + strconv.Quote(b.Param) },
	"excludesrune":  func(b Broken) string { return "Must not contain " + strconv.Quote(b.Param) },
	"startswith":    func(b Broken) string { return "Must start with " + strconv.Quote(b.Param) },
	"endswith":      func(b Broken) string { return "Must end with " + strconv.Quote(b.Param) },
	"startsnotwith": func(b Broken) string { return "Must not start with " + strconv.Quote(b.Param) },
	"endsnotwith":   func(b Broken) string { return "Must not end with " + strconv.Quote(b.Param) },

	"eqfield":       func(b Broken) string { return "Must match " + fieldsOf(b) },
	"nefield":       func(b Broken) string { return "Must differ from " + fieldsOf(b) },
	"gtfield":       func(b Broken) string { return compare(b, "longer than ", "greater than ", "after ") },
	"gtefield":      func(b Broken) string { return compare(b, "at least as long as ", "at least ", "no earlier than ") },
	"ltfield":       func(b Broken) string { return compare(b, "shorter than ", "less than ", "before ") },
	"ltefield":      func(b Broken) string { return compare(b, "at most as long as ", "at most ", "no later than ") },
	"eqcsfield":     func(b Broken) string { return "Must match " + fieldsOf(b) },
	"necsfield":     func(b Broken) string { return "Must differ from " + fieldsOf(b) },
	"gtcsfield":     func(b Broken) string { return compare(b, "longer than ", "greater than ", "after ") },
	"gtecsfield":    func(b Broken) string { return compare(b, "at least as long as ", "at least ", "no earlier than ") },
	"ltcsfield":     func(b Broken) string { return compare(b, "shorter than ", "less than ", "before ") },
	"ltecsfield":    func(b Broken) string { return compare(b, "at most as long as ", "at most ", "no later than ") },
	"fieldcontains": func(b Broken) string { return "Must contain the value of " + fieldsOf(b) },
	"fieldexcludes": func(b Broken) string { return "Must not contain the value of " + fieldsOf(b) },

	"required_if":          func(b Broken) string { return "Required " + condition(b, "when") },
	"required_unless":      func(b Broken) string { return "Required " + condition(b, "unless") },
	"skip_unless":          func(b Broken) string { return "Required " + condition(b, "when") },
	"required_with":        func(b Broken) string { return "Required with " + fieldsOf(b) },
	"required_with_all":    func(b Broken) string { return "Required with all of " + fieldsOf(b) },
	"required_without":     func(b Broken) string { return "Required without " + fieldsOf(b) },
	"required_without_all": func(b Broken) string { return "Required without any of " + fieldsOf(b) },
	"excluded_if":          func(b Broken) string { return "Not allowed " + condition(b, "when") },
	"excluded_unless":      func(b Broken) string { return "Not allowed " + condition(b, "unless") },
	"excluded_with":        func(b Broken) string { return "Not allowed with " + fieldsOf(b) },
	"excluded_with_all":    func(b Broken) string { return "Not allowed with all of " + fieldsOf(b) },
	"excluded_without":     func(b Broken) string { return "Not allowed without " + fieldsOf(b) },
	"excluded_without_all": func(b Broken) string { return "Not allowed without any of " + fieldsOf(b) },

	"datetime": func(b Broken) string { return "Invalid date or time" },
	"unique": func(b Broken) string {
		if b.Fields != "" {
			return "Items must differ in " + b.Fields
		}
		return "Items must be unique"
	},
}

func atLeast(b Broken) string {
	if b.Class == Time {
		return "Must not be in the past"
	}
	return measure(b, "at least ", "at least ", "at least ")
}

func atMost(b Broken) string {
	if b.Class == Time {
		return "Must not be in the future"
	}
	return measure(b, "at most ", "at most ", "at most ")
}

// measure is the message for a bound of a length or a number.
func measure(b Broken, forText, forCount, forNumber string) string {
	switch b.Class {
	case Text:
		return "Must be " + forText + Plural(b.Param, "character")
	case Count:
		return "Must contain " + forCount + Plural(b.Param, "item")
	case Bytes:
		return "Must be " + forCount + Plural(b.Param, "byte")
	}
	return "Must be " + forNumber + b.Param
}

// Plural is a count and its noun.
func Plural(n, noun string) string {
	if n == "1" {
		return n + " " + noun
	}
	return n + " " + noun + "s"
}

// equal is the message of eq and ne.
func equal(b Broken, be, forCount string) string {
	switch b.Class {
	case Text:
		return be + strconv.Quote(b.Param)
	case Count:
		return "Must contain " + forCount + Plural(b.Param, "item")
	case Bytes:
		return "Must be " + forCount + Plural(b.Param, "byte")
	}
	return be + b.Param
}

func choices(b Broken) string {
	all := Words(b.Param)
	if b.Class != Number {
		for i, w := range all {
			all[i] = strconv.Quote(w)
		}
	}
	return strings.Join(all, ", ")
}

func compare(b Broken, forText, forNumber, forTime string) string {
	switch b.Class {
	case Text:
		return "Must be " + forText + fieldsOf(b)
	case Time:
		return "Must be " + forTime + fieldsOf(b)
	case Count, Bytes:
		return "Must be " + forText + fieldsOf(b)
	}
	return "Must be " + forNumber + fieldsOf(b)
}

func fieldsOf(b Broken) string {
	if b.Fields == "" {
		return anotherField
	}
	return b.Fields
}

// condition is the text for the pairs of required_if and the rules like it.
func condition(b Broken, when string) string {
	all := Words(b.Param)
	if b.Fields == "" || len(all) == 0 || len(all)%2 != 0 {
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
