package tour

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// lab visits the routes that fail in other ways.
func (g *guide) lab(ctx context.Context) {
	for _, try := range []struct{ did, path string }{
		{"a handler that panics", "/lab/panic"},
		{"one that panics midway", "/lab/panic-midway"},
		{"one that aborts", "/lab/abort"},
		{"one that is too slow", "/lab/timeout"},
		{"a proxy without a server", "/lab/proxy"},
		{"a route that does not exist", "/nothing"},
	} {
		text, err := g.text(ctx, try.path)
		g.show(ctx, try.did, text, err)
	}
	text, err := g.events(ctx)
	g.show(ctx, "events that break off", text, err)
	text, err = g.lines(ctx)
	g.show(ctx, "lines that break off", text, err)

	for range 5 {
		if _, err := g.text(ctx, "/lab/limited"); err != nil {
			g.show(ctx, "a limit", "", err)
		}
	}
	hurried, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	text, err = g.text(hurried, "/lab/limited")
	g.show(ctx, "over a limit, with a second left", text, err)
	text, err = g.text(ctx, "/lab/limited")
	g.show(ctx, "over it, with time", text, err)
}

// text returns the body of a response, with an error as far as it came.
func (g *guide) text(ctx context.Context, path string) (string, error) {
	resp, err := g.send(ctx, http.MethodGet, path, nil, nil)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return strings.TrimSpace(string(body)), err
}

func (g *guide) events(ctx context.Context) (string, error) {
	resp, err := g.send(ctx, http.MethodGet, "/lab/sse-fails", nil, nil)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var all []string
	for e, err := range g.errors.Events(resp.Body) {
		if err != nil {
			return strings.Join(all, ", "), identified(err, resp)
		}
		all = append(all, fmt.Sprintf("%s %s", e.Name, e.Data))
	}
	return strings.Join(all, ", "), nil
}

func (g *guide) lines(ctx context.Context) (string, error) {
	resp, err := g.send(ctx, http.MethodGet, "/lab/ndjson-fails", nil, nil)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var all []string
	for line, err := range g.errors.Lines(resp.Body) {
		if err != nil {
			return strings.Join(all, ", "), identified(err, resp)
		}
		all = append(all, string(line))
	}
	return strings.Join(all, ", "), nil
}
