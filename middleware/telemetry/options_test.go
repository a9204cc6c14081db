package telemetry_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/middleware/telemetry"
)

// options are the options with the arguments that a programmer may get wrong, and
// the panics.
var options = map[string][]struct {
	make func() telemetry.Option
	want string
}{
	"WithTracerProvider": {{func() telemetry.Option { return telemetry.WithTracerProvider(nil) }, "telemetry.WithTracerProvider: the provider is nil"}},
	"WithMeterProvider":  {{func() telemetry.Option { return telemetry.WithMeterProvider(nil) }, "telemetry.WithMeterProvider: the provider is nil"}},
	"WithLoggerProvider": {{func() telemetry.Option { return telemetry.WithLoggerProvider(nil) }, "telemetry.WithLoggerProvider: the provider is nil"}},
	"WithPropagator":     {{func() telemetry.Option { return telemetry.WithPropagator(nil) }, "telemetry.WithPropagator: the propagator is nil"}},
	"WithPublicEndpoint": {{func() telemetry.Option { return telemetry.WithPublicEndpoint(nil) }, "telemetry.WithPublicEndpoint: the function is nil"}},
	"WithKnownMethods": {
		{func() telemetry.Option { return telemetry.WithKnownMethods() }, "telemetry.WithKnownMethods: a method is missing"},
		{func() telemetry.Option { return telemetry.WithKnownMethods("GET", "") }, "telemetry.WithKnownMethods: a method is missing"},
	},
}

func TestOptionPanics(t *testing.T) {
	found := 0
	names, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "With") {
				found++
				require.Contains(t, options, f.Name.Name)
			}
		}
	}
	require.Len(t, options, found)
	for name, tests := range options {
		for _, test := range tests {
			require.PanicsWithValue(t, test.want, func() { telemetry.Instrument(test.make()) }, name)
		}
	}
	var none telemetry.Option
	require.PanicsWithValue(t, "telemetry.Instrument: option 2 is nil", func() {
		telemetry.Instrument(telemetry.WithTracerProvider(noop.NewTracerProvider()), none)
	})
}

// Without options the globals are used, and do nothing until a program sets them.
func TestGlobals(t *testing.T) {
	require.Equal(t, 200, call(http.HandlerFunc(ok), request("GET", "/"), telemetry.Instrument()).Code)
	require.Equal(t, 409, call(returns(taken), request("GET", "/"), telemetry.Instrument()).Code)
}

// What the program brought panics. The client notices nothing, and the operator
// reads a secondary error.
func TestFunctionsThatPanic(t *testing.T) {
	for name, opt := range map[string]telemetry.Option{
		"the endpoint":   telemetry.WithPublicEndpoint(func(*http.Request) bool { panic("boom") }),
		"the propagator": telemetry.WithPropagator(badPropagator{}),
	} {
		var secondary error
		b := newBackend(t)
		w := call(returns(taken), request("GET", "/"), b.instrument(opt), middleware.WithStart(func(r *http.Request) (context.Context, func(middleware.Outcome)) {
			return nil, func(o middleware.Outcome) { secondary = o.SecondaryError }
		}))
		require.Equal(t, 409, w.Code, name)
		require.ErrorContains(t, secondary, "the function of WithStart panicked: boom", name)
		require.Empty(t, b.metrics(t), "nothing is left under way")
	}
}

type badPropagator struct{ propagation.TraceContext }

func (badPropagator) Extract(context.Context, propagation.TextMapCarrier) context.Context {
	panic("boom")
}
