package recent

import (
	"bytes"
	"embed"
	"html/template"
	"strings"
	"time"

	"github.com/failwell/failwell/internal/text"
)

//go:embed assets/page.html.tmpl
var pageFile embed.FS

// page escapes all texts. Those that come from requests and errors go through
// visible or lines besides.
var page = template.Must(template.New("").Funcs(template.FuncMap{
	"visible": text.Visible,
	"lines":   visibleLines,
	"stamp":   func(t time.Time) string { return t.Format(time.RFC3339Nano) },
	"clock":   func(t time.Time) string { return t.Format("2006-01-02 15:04:05.000 UTC") },
	"class":   func(status int) int { return status / 100 },
	"kinds": func(r report) []kind {
		return []kind{{"Server errors", serverNote, r.Server}, {"Client errors", clientNote, r.Client}}
	},
	"rest":   func(failures []Failure) []Failure { return failures[1:] },
	"titled": func(title, text string) titled { return titled{title, text} },
}).ParseFS(pageFile, "assets/page.html.tmpl"))

// kind is an overview with what stands above it.
type kind struct {
	Title, Note string
	overview
}

const (
	serverNote = "Status 5xx, panics and responses that were not delivered whole."
	clientNote = "Status 4xx, and responses that ended because the client had left."
)

// titled is a text with its heading.
type titled struct{ Title, Text string }

// html returns the report as a page.
func (r report) html() ([]byte, error) {
	var b bytes.Buffer
	err := page.ExecuteTemplate(&b, "page", r)
	return b.Bytes(), err
}

// visibleLines is text.Visible for a text of several lines.
func visibleLines(s string) string {
	lines := strings.Split(strings.ReplaceAll(strings.TrimRight(s, "\n"), "\t", "    "), "\n")
	for i := range lines {
		lines[i] = text.Visible(lines[i])
	}
	return strings.Join(lines, "\n")
}
