package text

import (
	"strings"
	"unicode/utf8"
)

// Clip returns the first n bytes of s, cut on a rune, or s itself if it is no
// longer. What it cuts does not keep the rest of s in memory.
func Clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.Clone(s[:n])
}
