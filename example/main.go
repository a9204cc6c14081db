// Command example is a server that fails in every way there is, under one of
// five contracts.
//
//	go run ./example -contract chatbase
//
// Everything is in memory. Logs go to stderr as JSON.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/failwell/failwell/example/internal/limits"
	"github.com/failwell/failwell/middleware/telemetry"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)                                   // a second signal ends it at once
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil))) // for apierr outside middleware.New
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "example:", err)
		os.Exit(1)
	}
}

// run serves until ctx is done.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("example", flag.ExitOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "127.0.0.1:8080", "where to listen; unless only this machine reaches it, the page at / shows log records only with the support key")
	contract := flags.String("contract", contracts[0], "the contract to serve: "+strings.Join(contracts, ", "))
	redis := flags.String("redis", "", "a Redis that keeps the limits for several processes, as redis://localhost:6379; empty: in memory")
	metricsAddr := flags.String("metrics", "", "where to serve metrics for Prometheus, as 127.0.0.1:9464; empty: nowhere")
	flags.Parse(args) // exits

	logger := slog.New(telemetry.LogHandler(slog.NewJSONHandler(stderr, nil)))
	limit := limits.Maker(limits.InMemory)
	if *redis != "" {
		shared, client, err := limits.InRedis(*redis, logger)
		if err != nil {
			return err
		}
		defer client.Close()
		limit = shared
	}
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	plain, err := listenLoopback()
	if err != nil {
		return err
	}
	defer plain.Close()
	at := addressOf(listener)
	built := settings{contract: *contract, at: at, logger: logger, limit: limit, plain: addressOf(plain)}
	metricsURL := ""
	if *metricsAddr != "" {
		m, err := startMetrics(*metricsAddr, logger)
		if err != nil {
			return err
		}
		defer m.stop()
		built.telemetry, metricsURL = []telemetry.Option{m.provider}, m.url
	}
	handler, err := newServer(built)
	if err != nil {
		return err
	}
	greet(stdout, *contract, at.url(), handler.support.url(at.url()))
	if metricsURL != "" {
		fmt.Fprintf(stdout, "Metrics for Prometheus:\n  %s\n", metricsURL)
	}
	go newHTTPServer(handler.plain, logger).Serve(plain) // until it is closed
	return serve(ctx, listener, handler, logger)
}

// Bounds on what a client can make the server wait for.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 30 * time.Second
	idleTimeout   = 2 * time.Minute
	stopTimeout   = 10 * time.Second // for requests under way when it stops
)

func newHTTPServer(h http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		IdleTimeout:       idleTimeout,
		// "OPTIONS *" too is answered by the handler, with an ID and a record.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
}

// serve serves until ctx is done, and then lets the requests under way end.
func serve(ctx context.Context, l net.Listener, h *server, logger *slog.Logger) error {
	srv := newHTTPServer(h, logger)
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	logger.Info("stopping")
	stopped := make(chan struct{})
	go func() { defer close(stopped); h.stop() }()
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := srv.Shutdown(within); err != nil {
		return srv.Close()
	}
	<-stopped
	return nil
}
