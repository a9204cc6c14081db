package browser

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// parseHTML parses as browsers do.
func parseHTML(t *testing.T, b []byte) *html.Node {
	t.Helper()
	n, err := html.Parse(bytes.NewReader(b))
	require.NoError(t, err)
	return n
}

// elements returns the elements with one of the names, in document order.
func elements(n *html.Node, names ...string) (found []*html.Node) {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && slices.Contains(names, d.Data) {
			found = append(found, d)
		}
	}
	return found
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// textOf returns the text in n with single spaces.
func textOf(n *html.Node) string { return strings.Join(strings.Fields(rawText(n)), " ") }

// rawText returns the text in n as it is.
func rawText(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// htmlTables returns the tables of a page by the heading above them.
func htmlTables(t *testing.T, b []byte) map[string]table {
	t.Helper()
	tables := map[string]table{}
	heading := ""
	for _, n := range elements(parseHTML(t, b), "h2", "h3", "table") {
		if n.Data != "table" {
			heading = textOf(n)
			continue
		}
		var parsed table
		for i, row := range elements(n, "tr") {
			var cells []string
			for _, cell := range elements(row, "th", "td") {
				cells = append(cells, textOf(cell))
			}
			if i == 0 {
				parsed.columns = cells
				continue
			}
			require.Len(t, cells, len(parsed.columns), heading)
			parsed.body = append(parsed.body, cells)
		}
		tables[heading] = parsed
	}
	return tables
}
