package rules

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// textChecks are the rules for text that are evaluated here: those that a
// regular expression or a parser would make dear for each of many short texts.
// What a check leaves unsure, validator decides.
var textChecks = map[string]func(string) verdict{
	"alpha":         allOf(isLetter),
	"alphaspace":    allOf(func(c byte) bool { return isLetter(c) || c == ' ' }),
	"alphanum":      allOf(isAlphanumeric),
	"alphanumspace": allOf(func(c byte) bool { return isAlphanumeric(c) || c == ' ' }),
	"number":        allOf(isDigit),
	"numeric":       func(s string) verdict { return verdictOf(isNumeric(s)) },
	"hexadecimal":   func(s string) verdict { return verdictOf(isHexadecimal(s)) },
	"boolean":       func(s string) verdict { _, err := strconv.ParseBool(s); return verdictOf(err == nil) },
	"ascii":         func(s string) verdict { return verdictOf(consistsOf(s, isASCII)) },
	"printascii":    func(s string) verdict { return verdictOf(consistsOf(s, isPrintable)) },
	"multibyte":     func(s string) verdict { return verdictOf(s == "" || !consistsOf(s, isASCII)) },
	"lowercase":     inCase(isUpper),
	"uppercase":     inCase(isLower),

	"uuid":         uuidOf("", false),
	"uuid3":        uuidOf("3", true),
	"uuid4":        uuidOf("4", true),
	"uuid5":        uuidOf("5", true),
	"uuid7":        uuidOf("7", true),
	"uuid_rfc4122": uuidOf("", false),

	"hostname":         func(s string) verdict { return verdictOf(s != "" && isLetter(s[0]) && isHostname(s)) },
	"hostname_rfc1123": func(s string) verdict { return verdictOf(isHostname(s)) },
	"fqdn":             func(s string) verdict { return verdictOf(isFQDN(s)) },

	"base64":       base64Of("+/", true),
	"base64url":    base64Of("-_", true),
	"base64rawurl": base64Of("-_", false),
	"html_encoded": func(s string) verdict { return verdictOf(hasEntity(s)) },

	"email": checkEmail,
	"url":   checkURL,
}

// maxLen is the length in bytes of the longest text that the rules hold for
// which look at every byte in a way that is dear. No text that is longer is of
// such a form, and validator is not asked about it.
var maxLen = map[string]int{
	"bcp47_language_tag":        255, // RFC 5646 section 4.4.1 asks for 35
	"bcp47_strict_language_tag": 255,
	"bic":                       11,
	"bic_iso_9362_2014":         11,
	"btc_addr":                  90, // BIP 173
	"btc_addr_bech32":           90,
	"cidr":                      64,
	"cidrv4":                    64,
	"cidrv6":                    64,
	"cmyk":                      64,
	"country_code":              64,
	"credit_card":               64,
	"cron":                      255,
	"cve":                       64,
	"datetime":                  255,
	"duration":                  255,
	"ein":                       64,
	"email":                     320, // RFC 5321 section 4.5.3.1: 64, "@", 255
	"eth_addr":                  64,
	"eth_addr_checksum":         64,
	"eu_country_code":           64,
	"hexcolor":                  64,
	"hostname_port":             320,
	"hsl":                       64,
	"hsla":                      64,
	"ip":                        64,
	"ipv4":                      64,
	"ipv6":                      64,
	"isbn":                      64,
	"isbn10":                    64,
	"isbn13":                    64,
	"iscolor":                   64,
	"latitude":                  64,
	"longitude":                 64,
	"luhn_checksum":             255,
	"mac":                       64,
	"mongodb":                   64,
	"mongodb_connection_string": 2048,
	"origin":                    320,
	"postcode_iso3166_alpha2":   64,
	"rgb":                       64,
	"rgba":                      64,
	"semver":                    255,
	"ssn":                       64,
	"timezone":                  64,
	"ulid":                      64,
}

func isLower(c byte) bool        { return 'a' <= c && c <= 'z' }
func isUpper(c byte) bool        { return 'A' <= c && c <= 'Z' }
func isLetter(c byte) bool       { return isLower(c | 0x20) }
func isDigit(c byte) bool        { return '0' <= c && c <= '9' }
func isAlphanumeric(c byte) bool { return isLetter(c) || isDigit(c) }
func isASCII(c byte) bool        { return c < 0x80 }
func isPrintable(c byte) bool    { return ' ' <= c && c <= '~' }
func isHex(c byte) bool          { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

func consistsOf(s string, fits func(byte) bool) bool {
	for i := range len(s) {
		if !fits(s[i]) {
			return false
		}
	}
	return true
}

// allOf is the check of a text of at least one character, all of a kind.
func allOf(fits func(byte) bool) func(string) verdict {
	return func(s string) verdict { return verdictOf(s != "" && consistsOf(s, fits)) }
}

// inCase is the check of a text without letters of the other case. Beyond ASCII
// validator decides.
func inCase(other func(byte) bool) func(string) verdict {
	return func(s string) verdict {
		if !consistsOf(s, isASCII) {
			return unsure
		}
		return verdictOf(s != "" && consistsOf(s, func(c byte) bool { return !other(c) }))
	}
}

func isNumeric(s string) bool {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	whole, fraction, has := strings.Cut(s, ".")
	return whole != "" && consistsOf(whole, isDigit) && (!has || fraction != "" && consistsOf(fraction, isDigit))
}

func isHexadecimal(s string) bool {
	if len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' {
		s = s[2:]
	}
	return s != "" && consistsOf(s, isHex)
}

// uuidOf is the check of a UUID of a version, "" for any. The rules of one
// version take lower case only.
func uuidOf(version string, lower bool) func(string) verdict {
	return func(s string) verdict {
		if len(s) != 36 || version != "" && s[14:15] != version {
			return breaks
		}
		if version > "3" && !strings.Contains("89ab", s[19:20]) {
			return breaks
		}
		for i := range len(s) {
			switch c := s[i]; {
			case i == 8 || i == 13 || i == 18 || i == 23:
				if c != '-' {
					return breaks
				}
			case !isHex(c), lower && isUpper(c):
				return breaks
			}
		}
		return passes
	}
}

// base64Of is the check of base64 (RFC 4648) with two more characters than
// letters and digits, padded or without padding. Empty text is none.
func base64Of(more string, padded bool) func(string) verdict {
	return func(s string) verdict {
		digits := s
		if padded {
			digits = strings.TrimSuffix(strings.TrimSuffix(s, "="), "=")
			if len(s)%4 != 0 {
				return breaks
			}
		}
		return verdictOf(digits != "" && len(digits)%4 != 1 &&
			consistsOf(digits, func(c byte) bool { return isAlphanumeric(c) || strings.IndexByte(more, c) >= 0 }))
	}
}

// hasEntity reports whether s holds a character reference of HTML.
func hasEntity(s string) bool {
	for {
		_, rest, ok := strings.Cut(s, "&")
		if !ok {
			return false
		}
		for _, name := range []string{"gt", "lt", "quot", "amp"} {
			if strings.HasPrefix(rest, name) {
				return true
			}
		}
		if digits, ok := strings.CutPrefix(rest, "#"); ok {
			digits = strings.TrimPrefix(digits, "x")
			if len(digits) >= 2 && isHex(digits[0]) && isHex(digits[1]) {
				return true
			}
		}
		s = rest
	}
}

// isHostname reports whether s is a host name of RFC 1123 section 2.1.
func isHostname(s string) bool {
	for label := range strings.SplitSeq(s, ".") {
		if len(label) > 63 || !isLabel(label) {
			return false
		}
	}
	return true
}

// isLabel reports whether s is letters, digits and hyphens between letters or
// digits.
func isLabel(s string) bool {
	return s != "" && isAlphanumeric(s[0]) && isAlphanumeric(s[len(s)-1]) &&
		consistsOf(s, func(c byte) bool { return isAlphanumeric(c) || c == '-' })
}

// isFQDN is validator's grammar, in which a label may end in a hyphen.
func isFQDN(s string) bool {
	s = strings.TrimSuffix(s, ".")
	if len(s) > 253 {
		return false
	}
	labels := 0
	var last byte // the first byte of the last label
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || !isAlphanumeric(label[0]) ||
			!consistsOf(label, func(c byte) bool { return isAlphanumeric(c) || c == '-' }) {
			return false
		}
		last, labels = label[0], labels+1
	}
	return labels > 1 && isLetter(last)
}

// checkEmail is sure of addresses of the common form, international ones among
// them, and of texts without "@".
func checkEmail(s string) verdict {
	local, domain, ok := strings.Cut(s, "@")
	if !ok {
		return breaks
	}
	if !consistsOf(s, isASCII) && !isInternational(s) {
		return unsure
	}
	for atom := range strings.SplitSeq(local, ".") {
		if atom == "" || !consistsOf(atom, isAtomByte) {
			return unsure
		}
	}
	dot := strings.LastIndexByte(domain, '.')
	top := domain[dot+1:]
	if dot < 0 || len(top) < 2 || !consistsOf(top, func(c byte) bool { return isLetter(c) || !isASCII(c) }) {
		return unsure
	}
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || label[0] == '-' || label[len(label)-1] == '-' ||
			!consistsOf(label, func(c byte) bool { return isAlphanumeric(c) || c == '-' || !isASCII(c) }) {
			return unsure
		}
	}
	return passes
}

// isInternational reports whether the characters of s beyond ASCII are those
// that validator takes for letters in an address.
func isInternational(s string) bool {
	for _, r := range s {
		letter := 0xA0 <= r && r <= 0xD7FF || 0xF900 <= r && r <= 0xFDCF || 0xFDF0 <= r && r <= 0xFFEF
		if r >= utf8.RuneSelf && !letter {
			return false
		}
	}
	return utf8.ValidString(s)
}

// isAtomByte reports whether c may stand in the local part of an address
// (RFC 5322 section 3.2.3, RFC 6532 section 3.2).
func isAtomByte(c byte) bool {
	return !isASCII(c) || isAlphanumeric(c) || strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}

// checkURL is sure of URLs of the common forms: a scheme, a host name with
// perhaps a port, and more without escapes; or a scheme and more.
func checkURL(s string) verdict {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || !isScheme(scheme) || strings.EqualFold(scheme, "file") || !consistsOf(rest, isURLByte) {
		return unsure
	}
	authority, ok := strings.CutPrefix(rest, "//")
	if !ok {
		return surePass(rest != "" && strings.IndexByte("/?#", rest[0]) < 0)
	}
	if end := strings.IndexAny(authority, "/?#"); end >= 0 {
		authority = authority[:end]
	}
	host, port, _ := strings.Cut(authority, ":")
	return surePass(isHostname(host) && consistsOf(port, isDigit))
}

func surePass(ok bool) verdict {
	if ok {
		return passes
	}
	return unsure
}

func isScheme(s string) bool {
	return s != "" && isLetter(s[0]) && consistsOf(s, func(c byte) bool { return isAlphanumeric(c) || strings.IndexByte("+-.", c) >= 0 })
}

// isURLByte reports whether c stands unescaped in a URL (RFC 3986 section 2).
func isURLByte(c byte) bool {
	return isAlphanumeric(c) || strings.IndexByte("-._~:/?#@!$&'()*+,;=", c) >= 0
}
