package poly

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// maxFilter is the most bytes of a filter.
const maxFilter = 500

var comparison = regexp.MustCompile(`^\s*([a-z_]+)\s*(<=|>=|!=|<|>|=)\s*([A-Za-z0-9_-]+)\s*$`)

// parseFilter reads comparisons joined by "and". An empty filter lets all
// pass.
//
//	duration > 60 and channel = voice
func parseFilter(s string) (func(*conversation) bool, error) {
	if len(s) > maxFilter {
		return nil, errors.New("the filter is too long")
	}
	var tests []func(*conversation) bool
	if strings.TrimSpace(s) != "" {
		for part := range strings.SplitSeq(s, " and ") {
			test, err := parseComparison(part)
			if err != nil {
				return nil, err
			}
			tests = append(tests, test)
		}
	}
	return func(c *conversation) bool {
		for _, test := range tests {
			if !test(c) {
				return false
			}
		}
		return true
	}, nil
}

func parseComparison(s string) (func(*conversation) bool, error) {
	m := comparison.FindStringSubmatch(s)
	if m == nil {
		return nil, fmt.Errorf("%q is no comparison", s)
	}
	field, op, value := m[1], m[2], m[3]
	holds := operators[op]
	switch field {
	case "duration":
		n, err := strconv.Atoi(value)
		if err != nil {
			return nil, err
		}
		return func(c *conversation) bool { return holds(cmp.Compare(c.Duration, n)) }, nil
	case "channel":
		return func(c *conversation) bool { return holds(strings.Compare(c.Channel, value)) }, nil
	case "status":
		return func(c *conversation) bool { return holds(strings.Compare(c.Status, value)) }, nil
	}
	return nil, fmt.Errorf("there is no field %q", field)
}

// operators say which results of a comparison they hold for.
var operators = map[string]func(int) bool{
	"=":  func(c int) bool { return c == 0 },
	"!=": func(c int) bool { return c != 0 },
	"<":  func(c int) bool { return c < 0 },
	"<=": func(c int) bool { return c <= 0 },
	">":  func(c int) bool { return c > 0 },
	">=": func(c int) bool { return c >= 0 },
}
