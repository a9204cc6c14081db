package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	exporter "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"

	"github.com/failwell/failwell/middleware/telemetry"
)

// metrics serves what middleware/telemetry records to Prometheus, on a separate
// listener, which clients of the API do not reach.
type metrics struct {
	provider telemetry.Option
	url      string
	stop     func()
}

// metricsPath is where Prometheus looks by default.
const metricsPath = "/metrics"

// startMetrics listens on addr and serves until stop is called.
func startMetrics(addr string, logger *slog.Logger) (*metrics, error) {
	registry := prometheus.NewRegistry()
	reader, err := exporter.New(exporter.WithRegisterer(registry))
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	provider := metric.NewMeterProvider(metric.WithReader(reader))
	mux := http.NewServeMux()
	mux.Handle("GET "+metricsPath, promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn)}))
	srv := &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		if err := srv.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			logger.Error("metrics", "error", err)
		}
	}()
	return &metrics{
		provider: telemetry.WithMeterProvider(provider),
		url:      "http://" + listener.Addr().String() + metricsPath,
		stop: func() {
			srv.Close()
			<-stopped
			provider.Shutdown(context.Background()) // nothing is left to export
		},
	}, nil
}
