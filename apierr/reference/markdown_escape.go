package reference

import "strings"

// escape returns a text, which is one line, so that Markdown shows it as it is:
// every character that can begin markup, an HTML tag, an entity or a link stands
// behind a backslash. Any ASCII punctuation may, CommonMark section 2.4.
func escape(s string) string { return markup.Replace(s) }

var markup = func() *strings.Replacer {
	var pairs []string
	for _, c := range "\\`*_{}[]<>#|~$^&@!" {
		pairs = append(pairs, string(c), `\`+string(c))
	}
	// GFM makes links of these where no colon or dot is escaped (section 6.9).
	pairs = append(pairs, "://", `\://`, "www.", `www\.`, "WWW.", `WWW\.`)
	return strings.NewReplacer(pairs...)
}()

// escapeStart escapes what has a meaning at the start of a line: lists, rules,
// underlines of headings.
func escapeStart(s string) string {
	digits := strings.TrimLeft(s, "0123456789")
	if len(digits) < len(s) && (strings.HasPrefix(digits, ".") || strings.HasPrefix(digits, ")")) {
		return s[:len(s)-len(digits)] + `\` + digits
	}
	if s != "" && strings.ContainsRune("-+=:", rune(s[0])) {
		return `\` + s
	}
	return s
}

// codeSpan returns s as a code span: between more backticks than it has in a
// row, and spaces where it begins or ends with one or with a space, CommonMark
// section 6.1.
func codeSpan(s string) string {
	if s == "" {
		return ""
	}
	ticks := strings.Repeat("`", longestRun(s, '`')+1)
	if s[0] == '`' || s[len(s)-1] == '`' || s[0] == ' ' && s[len(s)-1] == ' ' && strings.Trim(s, " ") != "" {
		s = " " + s + " "
	}
	return ticks + s + ticks
}

// escapeBars escapes the bars that are not escaped yet: those of code spans.
func escapeBars(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if s[i] == '|' && (i == 0 || s[i-1] != '\\') {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func longestRun(s string, c byte) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != c {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
