// Package hostile has texts that try to leave their context, for tests of what
// writes names and messages into other languages.
package hostile

import "strings"

// Texts returns the texts, each once. The slice is new.
func Texts() []string {
	return []string{
		// names of JavaScript, of paths, of files
		"__proto__", "constructor", "a/b", "../a", ".", "..", "errors.md", "contract.json", "style.css", "javascript:alert(1)",
		// HTML
		"</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", `"><svg onload=alert(1)>`, "' onfocus=alert(1) autofocus='",
		"<!--", "-->", "]]>", "</style>", "</pre></code><h1>", "&lt;b&gt;", "&#x3c;", "</textarea>", "<base href=//x>",
		// templates, comments, shells
		"{{.}}", "*/", "/*", "//", "${alert(1)}", "`", "'; alert(1); '", `\"; alert(1)//`, "$(id)", "%s%n",
		// Markdown
		"|", "a|b", `\|`, "``", "` `", "``````", "~~~", "# a", "## a", "- a", "+ a", "* a", "1. a", "2) a", "> a", "===", "---", "***", "***a***", "__a__", "~~a~~",
		"[a](javascript:alert(1))", "![a](x)", "[a]: javascript:alert(1)", "[a][b]", "<javascript:alert(1)>", "<https://x>", "https://evil.example",
		"www.evil.example", "a@evil.example", "mailto:a@evil.example", "| --- |", "- [ ] a", "[^1]", ":smile:", "$a$", "$$", "@user", "#1", `\`, `a\`, "    a", "\ta",
		// lines, controls, direction
		"a\nb", "a\n\nb", "a\r\n\r\n<b>", "a\n# b", "a\n| --- |\n| b |", "a\n```\nb", "\x00", "\x1b[31m", "\x7f", "\u202eabc", "\u2066a\u2069", "\u200f", "\u2028a", "\ufeff", "a\u00a0b", " a ", "\xff\xfe",
		// large and not Latin
		strings.Repeat("A", 3000), "ÄÖÜ", "日本語", "😀",
	}
}
