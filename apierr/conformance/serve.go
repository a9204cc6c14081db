package conformance

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"regexp"
	"runtime/pprof"
	"strconv"
	"strings"
	"time"
)

// local are the servers of this process: the handler under test and the kit's
// own, each over HTTP/1.1 and over HTTP/2 without TLS. The goroutines that serve
// them carry a label, which those inherit that they start: so what is left of
// them is found among all of the process.
type local struct {
	label    string
	patience time.Duration // of the targets
	servers  []*http.Server
	clients  []*http.Client
}

const labelKey = "failwell-conformance"

// randomWord is unlikely to be in any response by chance.
func randomWord() string { return strings.ToLower(rand.Text()) }

// serve returns a target for each protocol.
func (l *local) serve(h http.Handler) ([]*target, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("conformance: %w", err)
	}
	ctx := pprof.WithLabels(context.Background(), pprof.Labels(labelKey, l.label))
	server := &http.Server{
		Handler:           h,
		BaseContext:       func(net.Listener) context.Context { return ctx }, // for handlers that add labels to it
		Protocols:         protocolsOf((*http.Protocols).SetHTTP1, (*http.Protocols).SetUnencryptedHTTP2),
		ReadHeaderTimeout: requestTime,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	l.servers = append(l.servers, server)
	go func() {
		pprof.SetGoroutineLabels(ctx)
		server.Serve(listener) // until it is closed
	}()
	address := listener.Addr().String()
	dial := func(ctx context.Context) (net.Conn, error) { return new(net.Dialer).DialContext(ctx, "tcp", address) }
	return []*target{
		l.target("HTTP/1.1", address, protocolsOf((*http.Protocols).SetHTTP1), dial),
		l.target("HTTP/2", address, protocolsOf((*http.Protocols).SetUnencryptedHTTP2), nil),
	}, nil
}

func (l *local) target(protocol, address string, protocols *http.Protocols, dial dialer) *target {
	c := newClient(protocols, nil)
	l.clients = append(l.clients, c)
	return &target{base: "http://" + address, patience: l.patience, protocol: protocol, client: c, dial: dial}
}

// settleTime is how long goroutines may take to end after their server.
const settleTime = 10 * time.Second

// fewLeft is how many goroutines with one stack may stay: a pool or a sweeper that
// the first request has started is no leak.
const fewLeft = 8

// stop closes the servers and returns the stacks of what is left of their
// goroutines.
func (l *local) stop() []string {
	l.close()
	var left []string
	for deadline := time.Now().Add(settleTime); ; time.Sleep(20 * time.Millisecond) {
		left = labeled(l.label)
		if len(left) == 0 || time.Now().After(deadline) {
			return left
		}
	}
}

// close closes the servers.
func (l *local) close() {
	for _, c := range l.clients {
		c.CloseIdleConnections()
	}
	for _, s := range l.servers {
		s.Close()
	}
}

var profileEntry = regexp.MustCompile(`\A(\d+) @`)

// labeled returns the stacks that more than fewLeft goroutines with the label
// have.
func labeled(label string) (stacks []string) {
	var b bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&b, 1); err != nil {
		return nil
	}
	for entry := range strings.SplitSeq(b.String(), "\n\n") {
		count := profileEntry.FindStringSubmatch(entry[strings.Index(entry, "\n")+1:])
		if count == nil {
			count = profileEntry.FindStringSubmatch(entry)
		}
		if count == nil || !strings.Contains(entry, strconv.Quote(label)) {
			continue
		}
		if n, _ := strconv.Atoi(count[1]); n > fewLeft {
			stacks = append(stacks, entry)
		}
	}
	return stacks
}
