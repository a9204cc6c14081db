package demopage

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"strings"
)

// sources has the top-level declarations of Go files, as they are written, by
// name. A method has the name of the method alone.
type sources map[string]string

// Declarations returns the declarations with these names as they are written in
// the files. It panics if a name is not declared.
func Declarations(files fs.FS, names ...string) string { return parse(files).of(names...) }

// parse reads the Go files of a package. They are embedded and have been compiled;
// it panics if they do not parse.
func parse(files fs.FS) sources {
	s := make(sources)
	names, err := fs.Glob(files, "*.go")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			panic(err)
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, text, parser.ParseComments)
		if err != nil {
			panic(err)
		}
		for _, decl := range file.Decls {
			start, declared := declares(decl)
			for _, name := range declared {
				s[name] = string(text[set.Position(start).Offset:set.Position(decl.End()).Offset])
			}
		}
	}
	return s
}

// declares returns what a declaration declares, and where it begins with its
// comment.
func declares(decl ast.Decl) (start token.Pos, names []string) {
	start = decl.Pos()
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Doc != nil {
			start = d.Doc.Pos()
		}
		return start, []string{d.Name.Name}
	case *ast.GenDecl:
		if d.Doc != nil {
			start = d.Doc.Pos()
		}
		for _, spec := range d.Specs {
			if t, ok := spec.(*ast.TypeSpec); ok {
				names = append(names, t.Name.Name)
			}
		}
	}
	return start, names
}

// of returns the declarations with these names, in this order, separated by blank
// lines. It panics if a name is not declared.
func (s sources) of(names ...string) string {
	texts := make([]string, 0, len(names))
	for _, name := range names {
		text, ok := s[name]
		if !ok {
			panic("demopage: the source has no " + name)
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, "\n\n")
}
