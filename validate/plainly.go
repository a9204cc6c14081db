package validate

import "strings"

// plainEmail reports whether s is an email address of the plainest sort, which
// no check refuses: letters, digits and single dots, and a domain that ends in
// letters.
func plainEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || len(s) > 100 || !plainLabels(local) || !plainLabels(domain) {
		return false
	}
	dot := strings.LastIndexByte(domain, '.')
	top := domain[dot+1:]
	return dot > 0 && len(top) >= 2 && consistsOf(top, isLetter)
}

// plainURL reports whether s is a URL of the plainest sort: http or https, a
// host of letters and digits, and perhaps a path of the same.
func plainURL(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(s, "http://")
	}
	host, path, _ := strings.Cut(rest, "/")
	return ok && plainLabels(host) && consistsOf(path, isPathByte)
}

func isLetter(c byte) bool   { return 'a' <= c && c <= 'z' }
func isDigit(c byte) bool    { return '0' <= c && c <= '9' }
func isPathByte(c byte) bool { return isLetter(c) || isDigit(c) || c == '/' }

func consistsOf(s string, fits func(byte) bool) bool {
	for i := range len(s) {
		if !fits(s[i]) {
			return false
		}
	}
	return true
}

// plainLabels reports whether s is made of labels of lower-case letters and
// digits, with a dot between them.
func plainLabels(s string) bool {
	last := byte('.')
	for i := range len(s) {
		c := s[i]
		if c == '.' && last == '.' || c != '.' && !isLetter(c) && !isDigit(c) {
			return false
		}
		last = c
	}
	return last != '.'
}
