// Package tour calls the demo's APIs as their documented JavaScript clients do, and
// prints what a user would see.
//
// It does not have the faults of these clients, which retry errors that do not pass,
// return nothing after the last attempt, and wait without showing for how long.
// client.Transport retries, and every failure is an error of the contract.
package tour

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/failwell/failwell/apierr/client"
	"github.com/failwell/failwell/example/internal/catalog"
)

// guide is a user of the demo server.
type guide struct {
	url, contract string
	base          http.RoundTripper
	api           *http.Client
	errors        *client.Client
	out           io.Writer
}

// Run visits the demo server at url, which serves the contract of that name, and
// prints what happens. A nil base is http.DefaultTransport. It returns an error
// if there is no such contract or no server, or if the context ends.
func Run(ctx context.Context, out io.Writer, url, contract string, base http.RoundTripper) error {
	c, err := catalog.Contract(contract)
	if err != nil {
		return err
	}
	g := &guide{url: url, contract: contract, base: base, errors: client.New(c), out: out}
	g.connect()
	if err := g.exists(ctx); err != nil {
		return err
	}
	switch contract {
	case "polyai":
		g.voices(ctx)
	case "avatarium":
		g.avatars(ctx)
	default:
		g.chats(ctx)
	}
	g.connect() // the lab is another API, with retries of its own
	g.lab(ctx)
	return context.Cause(ctx)
}

// connect makes the client of one API.
func (g *guide) connect() {
	g.api = &http.Client{Transport: &client.Transport{
		Base: g.base,
		// Avatarium keeps a message only when it was answered.
		Idempotent: func(r *http.Request) bool { return g.contract == "avatarium" },
		Observe:    g.observe,
	}}
}

// exists reports that there is no such server, in words.
func (g *guide) exists(ctx context.Context) error {
	resp, err := g.send(ctx, http.MethodGet, "/healthz", nil, nil)
	if err != nil {
		return fmt.Errorf("no demo server at %s (go run ./example): %w", g.url, err)
	}
	resp.Body.Close()
	return nil
}

// send sends a request with in as JSON, nil for no body. The response is a
// success: a failure is a RemoteError.
func (g *guide) send(ctx context.Context, method, path string, header http.Header, in any) (*http.Response, error) {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(b) // with which a request can be sent again
	}
	r, err := http.NewRequestWithContext(ctx, method, g.url+path, body)
	if err != nil {
		return nil, err
	}
	if header != nil {
		r.Header = header.Clone()
	}
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := g.api.Do(r)
	if err != nil {
		return nil, err
	}
	if err := g.errors.Error(resp); err != nil {
		resp.Body.Close()
		return nil, err
	}
	return resp, nil
}

// ask sends a request and decodes the body of its response into out.
func (g *guide) ask(ctx context.Context, method, path string, header http.Header, in, out any) error {
	resp, err := g.send(ctx, method, path, header, in)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return json.UnmarshalRead(resp.Body, out)
}

// show prints what was done and its result. After an interrupt, it prints nothing:
// the error is no failure of the server.
func (g *guide) show(ctx context.Context, did, got string, err error) {
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		if got != "" {
			got += " … "
		}
		got += advice(err)
	}
	fmt.Fprintf(g.out, "%-34s %s\n", did, got)
}

// observe prints the retries.
func (g *guide) observe(a client.Attempt) {
	if !a.Retries() {
		return
	}
	wait := "a moment"
	if a.Wait%time.Second == 0 { // as the server has asked
		wait = a.Wait.String()
	}
	status := "no response"
	if a.Status != 0 {
		status = strconv.Itoa(a.Status)
	}
	fmt.Fprintf(g.out, "%34s attempt %d: %s, the next in %s\n", "", a.Number, status, wait)
}
