package poly

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Bounds on what a visitor's schema and documents may cost. Two references to
// a schema that has two references cost 2^n, and a number is computed with in
// full, however large its exponent is.
const (
	maxConfig   = 4 << 10 // bytes
	maxExponent = 300
	maxPattern  = 50 // bytes
)

// shortPattern compiles a regular expression that is short and counts nothing:
// (a{1000}){1000} is a short way to ask for a million steps a character.
func shortPattern(pattern string) (jsonschema.Regexp, error) {
	if len(pattern) > maxPattern || strings.Contains(pattern, "{") {
		return nil, errors.New("a pattern that is long, or counts")
	}
	return regexp.Compile(pattern)
}

// frugal reports what would make a schema, or a document under one, dear.
func frugal(in jsontext.Value, schema bool) error {
	if len(in) > maxConfig {
		return fmt.Errorf("more than %d bytes", maxConfig)
	}
	dec := jsontext.NewDecoder(bytes.NewReader(in))
	for {
		token, err := dec.ReadToken()
		if err != nil {
			if err == io.EOF {
				return nil
			}
			return err
		}
		switch token.Kind() {
		case '0':
			if exponent(token.String()) > maxExponent {
				return errors.New("a number of that size")
			}
		case '"':
			if name := token.String(); schema && (strings.HasPrefix(name, "$") && strings.HasSuffix(strings.ToLower(name), "ref")) {
				return fmt.Errorf("%s is not supported", name)
			}
		}
	}
}

// exponent is the size of a number's exponent, whatever its sign.
func exponent(number string) int {
	i := strings.LastIndexAny(number, "eE")
	if i < 0 {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimLeft(number[i+1:], "+-"))
	if err != nil {
		return maxExponent + 1
	}
	return n
}
