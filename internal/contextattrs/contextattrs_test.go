package contextattrs_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/internal/contextattrs"
)

type key struct{}

// The two attributes are at the top level, whatever groups are open, and once.
func TestNew(t *testing.T) {
	var b bytes.Buffer
	base := slog.New(contextattrs.New(slog.NewTextHandler(&b, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
			return slog.Attr{}
		}
		return a
	}}), func(ctx context.Context) (attrs [2]slog.Attr, ok bool) {
		id, ok := ctx.Value(key{}).(int)
		return [2]slog.Attr{slog.Int("a", id), slog.Int("b", id)}, ok
	}))
	with := context.WithValue(t.Context(), key{}, 7)
	for _, test := range []struct {
		name string
		log  *slog.Logger
		ctx  context.Context
		args []any
		want string
	}{
		{"a record", base, with, []any{"k", 1}, "msg=m k=1 a=7 b=7"},
		{"another context", base, t.Context(), []any{"k", 1}, "msg=m k=1"},
		{"attributes", base.With("x", 1), with, nil, "msg=m x=1 a=7 b=7"},
		{"a group", base.WithGroup("g"), with, []any{"k", 1}, "msg=m a=7 b=7 g.k=1"},
		{"a group without a name", base.WithGroup(""), with, []any{"k", 1}, "msg=m k=1 a=7 b=7"},
		{"groups with attributes", base.With("x", 1).WithGroup("g").With("y", 2).WithGroup("h"), with, []any{"k", 1}, "msg=m x=1 a=7 b=7 g.y=2 g.h.k=1"},
		{"the first is there", base, with, []any{"a", 1}, "msg=m a=1"},
		{"the second is there", base, with, []any{"b", 1}, "msg=m b=1 a=7 b=7"},
	} {
		b.Reset()
		test.log.InfoContext(test.ctx, "m", test.args...)
		require.Equal(t, test.want, strings.TrimSuffix(b.String(), "\n"), test.name)
	}
	b.Reset()
	base.DebugContext(with, "m")
	require.Empty(t, b.String(), "the level is that of the handler")
}
