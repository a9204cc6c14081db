// Package contextattrs adds two attributes of a record's context to the record:
// the IDs of a request, or those of a span.
package contextattrs

import (
	"context"
	"log/slog"
)

// Source returns two attributes of ctx, and false if it has none.
type Source func(ctx context.Context) (attrs [2]slog.Attr, ok bool)

// New returns a handler that adds what source returns to every record, at the
// top level whatever groups are open, and passes the record to h. A record that
// has an attribute named like the first one passes unchanged. The handler is
// safe for use by several goroutines if h is.
func New(h slog.Handler, source Source) slog.Handler {
	return &handler{source: source, base: h, top: h}
}

// handler keeps the attributes and groups that follow the first group apart, so
// that what it adds still goes to the top level.
type handler struct {
	source Source
	base   slog.Handler                      // before the first group
	top    slog.Handler                      // base with the groups
	groups []func(slog.Handler) slog.Handler // the steps from base to top
}

// Enabled implements slog.Handler.
func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.top.Enabled(ctx, level)
}

// Handle implements slog.Handler.
func (h *handler) Handle(ctx context.Context, rec slog.Record) error {
	attrs, ok := h.source(ctx)
	if !ok || has(rec, attrs[0].Key) {
		return h.top.Handle(ctx, rec)
	}
	if len(h.groups) == 0 {
		rec = rec.Clone()
		rec.AddAttrs(attrs[:]...)
		return h.top.Handle(ctx, rec)
	}
	with := h.base.WithAttrs(attrs[:])
	for _, group := range h.groups {
		with = group(with)
	}
	return with.Handle(ctx, rec)
}

// WithAttrs implements slog.Handler.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	if len(h.groups) == 0 {
		return New(h.top.WithAttrs(attrs), h.source)
	}
	return h.then(func(h slog.Handler) slog.Handler { return h.WithAttrs(attrs) })
}

// WithGroup implements slog.Handler.
func (h *handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return h.then(func(h slog.Handler) slog.Handler { return h.WithGroup(name) })
}

func (h *handler) then(step func(slog.Handler) slog.Handler) slog.Handler {
	return &handler{h.source, h.base, step(h.top), append(h.groups[:len(h.groups):len(h.groups)], step)}
}

func has(rec slog.Record, key string) (found bool) {
	rec.Attrs(func(a slog.Attr) bool {
		found = a.Key == key
		return !found
	})
	return found
}
