package reference

import (
	"embed"
	"strings"
	"text/template"

	"github.com/failwell/failwell/apierr"
)

// handling has the rules for a client and a client in four languages.
func (b *builder) handling() section {
	s := standard(titleHandling, list(
		words("Decide by the code. Messages are for people and may change."),
		words("A code that you do not know counts as its class: a ", code("4xx"), " is the request's fault, a ", code("5xx"), " the server's."),
		words("After a ", code("429"), " or ", code("503"), " with ", code("Retry-After"), ", wait that many seconds before the next attempt."),
		words("After another ", code("5xx"), " or a failure of the network, try again with growing pauses, and only what may be repeated."),
		words("Do not repeat another ", code("4xx"), " unchanged: the answer will be the same."),
	))
	if id := b.idHeader(); id != "" {
		s.Blocks[0].List = append(s.Blocks[0].List, words("Log the ", code(id), " header of every failure."))
	}
	client := b.client()
	for _, c := range []struct{ title, language, file string }{
		{"curl", "sh", "client.sh"},
		{"JavaScript", "js", "client.js"},
		{"TypeScript", "ts", "client.ts"},
		{"Go", "go", "client.go"},
	} {
		s.Sections = append(s.Sections, section{
			Anchor: b.anchors.of(c.title), Title: c.title,
			Blocks: []block{shown("Client in "+c.title, c.language, client.in(c.file))},
		})
	}
	return s
}

// client is what the sample clients know of the API.
type client struct {
	URL             string
	Name, Value     string   // of the authorization header; empty: none
	RequestIDHeader string   // empty: none
	Code, Message   []string // the paths of the members in the body; nil: none
	Known           string   // a code to compare with; empty: none is declared
}

func (b *builder) client() client {
	c := client{
		URL:             strings.TrimSuffix(b.page.BaseURL, "/") + b.page.Path,
		RequestIDHeader: b.idHeader(),
	}
	if name, value, found := strings.Cut(b.page.Authorization, ":"); found {
		c.Name, c.Value = name, strings.TrimSpace(value)
	}
	switch f := b.contract.Format.(type) {
	case apierr.Envelope:
		c.Code, c.Message = findMember(membersOf(f), apierr.FromCode), findMember(membersOf(f), apierr.FromMessage)
	case apierr.Problem:
		c.Code, c.Message = []string{"code"}, []string{"detail"}
	}
	for _, e := range b.contract.Declared() {
		if c.Known == "" || c.known(e) {
			c.Known = e.Code
		}
		if c.known(e) {
			break
		}
	}
	return c
}

// known reports whether a client is likely to handle e.
func (client) known(e *apierr.Error) bool { return e.Status == 404 || e.Status == 409 }

// findMember returns the path of the first member that is filled from the
// source, nil where there is none.
func findMember(members []apierr.Member, from apierr.Source) []string {
	for _, m := range members {
		if m.From == from {
			return []string{m.Name}
		}
		if path := findMember(m.Members, from); path != nil {
			return append([]string{m.Name}, path...)
		}
	}
	return nil
}

// in returns the client in the language of a template.
func (c client) in(file string) string {
	var out strings.Builder
	if err := clientTemplates.ExecuteTemplate(&out, file+".tmpl", c); err != nil {
		panic("reference: " + err.Error()) // the template, not its data, is at fault
	}
	return strings.TrimSpace(out.String()) + "\n"
}

//go:embed assets/client.*.tmpl
var clientFiles embed.FS

var clientTemplates = template.Must(template.New("").Funcs(template.FuncMap{
	"js": quoteJS, "go": quoteGo, "sh": quoteShell, "chain": chain,
}).ParseFS(clientFiles, "assets/client.*.tmpl"))
