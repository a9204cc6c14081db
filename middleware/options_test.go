package middleware_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// packageFiles parses the package without its tests.
func packageFiles(t *testing.T) []*ast.File {
	names, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		require.NoError(t, err)
		files = append(files, f)
	}
	return files
}

// options are the options of the package with the arguments that a programmer
// may get wrong: nothing, nil or a negative number. want is the panic, "" for a
// value that the comment of the option gives a meaning.
var options = map[string][]struct {
	make func() middleware.Option
	want string
}{
	"WithLogger":        {{func() middleware.Option { return middleware.WithLogger(nil) }, ""}},
	"WithLevel":         {{func() middleware.Option { return middleware.WithLevel(nil) }, ""}},
	"WithSlow":          {{func() middleware.Option { return middleware.WithSlow(0) }, ""}, {func() middleware.Option { return middleware.WithSlow(-1) }, "middleware.WithSlow: -1ns is negative"}},
	"WithSkipLog":       {{func() middleware.Option { return middleware.WithSkipLog(nil) }, "middleware.WithSkipLog: the function is nil"}},
	"WithObserver":      {{func() middleware.Option { return middleware.WithObserver(nil) }, "middleware.WithObserver: the function is nil"}},
	"WithStart":         {{func() middleware.Option { return middleware.WithStart(nil) }, "middleware.WithStart: the function is nil"}},
	"WithMaxBody":       {{func() middleware.Option { return middleware.WithMaxBody(0) }, ""}, {func() middleware.Option { return middleware.WithMaxBody(-1) }, "middleware.WithMaxBody: -1 is negative"}},
	"WithTimeout":       {{func() middleware.Option { return middleware.WithTimeout(0) }, ""}, {func() middleware.Option { return middleware.WithTimeout(-time.Second) }, "middleware.WithTimeout: -1s is negative"}},
	"WithErrorMapper":   {{func() middleware.Option { return middleware.WithErrorMapper(nil) }, "middleware.WithErrorMapper: the function is nil"}},
	"WithRequestID":     {{func() middleware.Option { return middleware.WithRequestID(nil) }, "middleware.WithRequestID: the function is nil"}},
	"WithCorrelationID": {{func() middleware.Option { return middleware.WithCorrelationID(nil) }, "middleware.WithCorrelationID: the function is nil"}},
	"WithTrustedIDs":    {{func() middleware.Option { return middleware.WithTrustedIDs(nil) }, ""}},
	"WithTraceContext":  {{middleware.WithTraceContext, ""}},
	"WithIntercept":     {{func() middleware.Option { return middleware.WithIntercept(nil) }, ""}},
	"WithTextMessages":  {{func() middleware.Option { return middleware.WithTextMessages(nil) }, ""}},
	"WithRoute":         {{func() middleware.Option { return middleware.WithRoute(nil) }, ""}},
}

// Every option begins with With, and every one is in the table above.
func TestOptionNames(t *testing.T) {
	found := 0
	for _, file := range packageFiles(t) {
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !f.Name.IsExported() || f.Type.Results == nil || len(f.Type.Results.List) != 1 {
				continue
			}
			if result, ok := f.Type.Results.List[0].Type.(*ast.Ident); ok && result.Name == "Option" {
				found++
				require.True(t, strings.HasPrefix(f.Name.Name, "With"), f.Name.Name)
				require.Contains(t, options, f.Name.Name)
			}
		}
	}
	require.Len(t, options, found)
}

// What a programmer gets wrong panics at start-up, in words.
func TestOptionPanics(t *testing.T) {
	for name, tests := range options {
		for _, test := range tests {
			use := func() { middleware.New(apierr.Standard, test.make())(http.HandlerFunc(ok)) }
			if test.want == "" {
				require.NotPanics(t, use, name)
			} else {
				require.PanicsWithValue(t, test.want, use, name)
			}
		}
	}
	var none middleware.Option
	require.PanicsWithValue(t, "middleware.New: option 2 is nil", func() { middleware.New(apierr.Standard, middleware.WithSlow(0), none) })
}

func neverIntercepts(*http.Request, int, http.Header) bool { return false }

// The layers for routes are held to the same.
func TestLayerPanics(t *testing.T) {
	for _, test := range []struct {
		want string
		use  func()
	}{
		{"middleware.MaxBody: -1 is negative", func() { middleware.MaxBody(-1) }},
		{"middleware.MaxBody: the handler is nil", func() { middleware.MaxBody(1)(nil) }},
		{"middleware.Timeout: -1s is negative", func() { middleware.Timeout(-time.Second) }},
		{"middleware.Timeout: the handler is nil", func() { middleware.Timeout(1)(nil) }},
		{"middleware.Intercept: the function is nil", func() { middleware.Intercept(nil) }},
		{"middleware.Intercept: the handler is nil", func() { middleware.Intercept(neverIntercepts)(nil) }},
		{"middleware.Route: the handler is nil", func() { middleware.Route(nil) }},
		{"middleware.New: the handler is nil", func() { middleware.New(apierr.Standard)(nil) }},
	} {
		require.PanicsWithValue(t, test.want, test.use)
	}
	require.NotPanics(t, func() {
		middleware.MaxBody(0)
		middleware.Timeout(0)
		middleware.SetRoute(context.Background(), "")
	})
}

// The surface of the package is small: 30 names, methods counted, fields not.
func TestExportedNames(t *testing.T) {
	var names []string
	for _, file := range packageFiles(t) {
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && (d.Recv == nil || ast.IsExported(receiver(d))) {
					names = append(names, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						names = append(names, exported(s.Name)...)
					case *ast.ValueSpec:
						names = append(names, exported(s.Names...)...)
					}
				}
			}
		}
	}
	require.LessOrEqual(t, len(names), 30, "%v", names)
}

func exported(idents ...*ast.Ident) (names []string) {
	for _, i := range idents {
		if i.IsExported() {
			names = append(names, i.Name)
		}
	}
	return names
}

func receiver(f *ast.FuncDecl) string {
	t := f.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	ident, _ := t.(*ast.Ident)
	return ident.Name
}
