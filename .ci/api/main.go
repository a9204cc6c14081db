// Command api writes the exported API of the project as text, one line a name
// with its signature, so that a change of the surface is seen in review.
//
//	bash .ci/api.sh           compares .ci/api.txt with the code
//	bash .ci/api.sh -update   writes it
//
// It fails if a package exports more names than its limit. Functions, types,
// methods, constants and variables count; fields of structs do not.
package main

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"go/token"
	"go/types"
	"os"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

const module = "github.com/failwell/failwell/"

// limits are the most names that a package may export.
var limits = map[string]int{
	"apierr":                     96,
	"apierr/client":              29,
	"apierr/reference":           18,
	"apierr/reference/published": 3,
	"middleware":                 30,
	"middleware/recent":          9,
	"middleware/telemetry":       11,
	"ratelimit":                  59,
	"ratelimit/clientip":         4,
	"ratelimit/limittest":        2,
	"ratelimit/redislimit":       20,
	"validate":                   30,
}

func main() {
	update := flag.Bool("update", false, "write the file instead of comparing it")
	file := flag.String("file", "api.txt", "the file")
	flag.Parse()
	if err := run(*file, *update, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(file string, update bool, patterns []string) error {
	mode := packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedDeps | packages.NeedSyntax
	pkgs, err := packages.Load(&packages.Config{Mode: mode}, patterns...)
	if err != nil {
		return err
	}
	if packages.PrintErrors(pkgs) > 0 {
		return fmt.Errorf("the packages do not build")
	}
	slices.SortFunc(pkgs, func(a, b *packages.Package) int { return cmp.Compare(a.PkgPath, b.PkgPath) })
	var text bytes.Buffer
	var over []string
	for _, p := range pkgs {
		path := strings.TrimPrefix(p.PkgPath, module)
		if p.Name == "main" || strings.HasPrefix(path, "example/") || slices.Contains(strings.Split(path, "/"), "internal") {
			continue
		}
		lines, names := surface(p.Types)
		if len(lines) == 0 {
			continue
		}
		fmt.Fprintf(&text, "# %s: %d names\n", path, names)
		for _, line := range lines {
			fmt.Fprintf(&text, "%s, %s\n", path, line)
		}
		if limit, ok := limits[path]; ok && names > limit {
			over = append(over, fmt.Sprintf("%s exports %d names, more than %d", path, names, limit))
		}
	}
	if update {
		if err := os.WriteFile(file, text.Bytes(), 0o644); err != nil {
			return err
		}
	} else if err := compare(file, text.String()); err != nil {
		return err
	}
	if len(over) > 0 {
		return fmt.Errorf("%s", strings.Join(over, "\n"))
	}
	return nil
}

// compare reports the lines in which the file and the code differ.
func compare(file, now string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, after := strings.Split(string(b), "\n"), strings.Split(now, "\n")
	var diff []string
	for _, line := range before {
		if !slices.Contains(after, line) {
			diff = append(diff, "- "+line)
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			diff = append(diff, "+ "+line)
		}
	}
	if len(diff) > 0 {
		return fmt.Errorf("the exported API has changed:\n%s\nIf it should, run: bash .ci/api.sh -update", strings.Join(diff, "\n"))
	}
	return nil
}

// surface returns the lines of a package, and how many names count.
func surface(p *types.Package) (lines []string, names int) {
	q := func(other *types.Package) string {
		if other == p {
			return ""
		}
		return other.Name()
	}
	add := func(count bool, format string, args ...any) {
		lines = append(lines, fmt.Sprintf(format, args...))
		if count {
			names++
		}
	}
	for _, name := range p.Scope().Names() {
		if !token.IsExported(name) {
			continue
		}
		switch o := p.Scope().Lookup(name).(type) {
		case *types.Const:
			add(true, "const %s %s = %s", name, types.TypeString(o.Type(), q), o.Val().ExactString())
		case *types.Var:
			add(true, "var %s %s", name, types.TypeString(o.Type(), q))
		case *types.Func:
			add(true, "func %s%s", name, signature(o, q))
		case *types.TypeName:
			typeLines(o, q, add)
		}
	}
	slices.Sort(lines)
	return lines, names
}

// typeLines adds a type, its exported fields and its exported methods.
func typeLines(o *types.TypeName, q types.Qualifier, add func(bool, string, ...any)) {
	named, ok := o.Type().(*types.Named)
	if !ok || o.IsAlias() {
		add(true, "type %s = %s", o.Name(), types.TypeString(o.Type(), q))
		return
	}
	head := o.Name()
	if tp := named.TypeParams(); tp.Len() > 0 {
		head = types.TypeString(named, q)
	}
	switch u := named.Underlying().(type) {
	case *types.Struct:
		add(true, "type %s struct", head)
		for f := range u.Fields() {
			if f.Exported() {
				add(false, "type %s struct, %s %s", head, f.Name(), types.TypeString(f.Type(), q))
			}
		}
	case *types.Interface:
		add(true, "type %s interface", head)
		for m := range u.Methods() {
			if m.Exported() {
				add(true, "type %s interface, %s%s", head, m.Name(), signature(m, q))
			}
		}
	default:
		add(true, "type %s %s", head, types.TypeString(u, q))
	}
	for m := range named.Methods() {
		if m.Exported() {
			recv := types.TypeString(m.Signature().Recv().Type(), q)
			add(true, "method (%s) %s%s", recv, m.Name(), signature(m, q))
		}
	}
}

// signature is the parameters and results of f.
func signature(f *types.Func, q types.Qualifier) string {
	return strings.TrimPrefix(types.TypeString(f.Type(), q), "func")
}
