package tour

import (
	"context"
	"fmt"
	"net/http"
)

// voices lists conversations of a voice assistant.
func (g *guide) voices(ctx context.Context) {
	for _, try := range []struct{ did, key, query string }{
		{"conversations", "YOUR_API_KEY", ""},
		{"an invalid filter", "YOUR_API_KEY", "?filter=duration%3E%3E60"},
		{"no key", "", ""},
		{"an unknown key", "nobody", ""},
	} {
		var got map[string]any
		header := http.Header{}
		if try.key != "" {
			header.Set("X-Api-Key", try.key)
		}
		err := g.ask(ctx, http.MethodGet, "/v1/projects/demo/conversations"+try.query, header, nil, &got)
		found := ""
		if err == nil {
			found = fmt.Sprintf("%d members", len(got))
		}
		g.show(ctx, try.did, found, err)
	}
}
