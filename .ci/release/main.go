// Command release tries a release without making one: it zips each module as
// the module proxy would, serves the zips from a folder, and builds and vets
// every module against them, without the workspace and without replaces.
//
//	bash .ci/release.sh v0.1.0
//
// It prints the tags that the release needs.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	"golang.org/x/mod/zip"
)

func main() {
	if len(os.Args) < 3 || !semver.IsValid(os.Args[1]) {
		fmt.Fprintln(os.Stderr, "usage: release VERSION MODULE-FOLDER...")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// mod is a module of this repository.
type mod struct {
	dir  string // where it is
	work string // the copy that is built
	file *modfile.File
}

func (m *mod) path() string { return m.file.Module.Mod.Path }

func run(version string, dirs []string) error {
	tmp, err := os.MkdirTemp("", "release")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	var mods []*mod
	for _, dir := range dirs {
		m, err := read(dir)
		if err != nil {
			return err
		}
		mods = append(mods, m)
	}
	proxy := filepath.Join(tmp, "proxy")
	for i, m := range mods {
		m.work = filepath.Join(tmp, fmt.Sprint("m", i))
		if err := m.publish(version, mods, proxy); err != nil {
			return fmt.Errorf("%s: %w", m.path(), err)
		}
	}
	cache := filepath.Join(tmp, "cache") // what is built here must not stay in the user's own
	defer exec.Command("chmod", "-R", "u+w", cache).Run()
	for _, m := range mods {
		if err := m.build(proxy, cache); err != nil {
			return fmt.Errorf("%s: %w", m.path(), err)
		}
		fmt.Println("builds as", module.Version{Path: m.path(), Version: version})
	}
	root := mods[0].path()
	fmt.Println("tags:")
	for _, m := range mods {
		imported, err := m.imported()
		if err != nil {
			return err
		}
		if imported {
			fmt.Println(" ", strings.TrimPrefix(strings.TrimPrefix(m.path(), root)+"/"+version, "/"))
		}
	}
	return nil
}

// imported reports whether the module has a package for others to import: one
// with more than a comment, since it imports something itself. The demo's modules
// and those that only have tests need no tag.
func (m *mod) imported() (bool, error) {
	if strings.HasPrefix(m.path(), "github.com/failwell/failwell/example") {
		return false, nil
	}
	cmd := exec.Command("go", "list", "-f", `{{if .Imports}}{{.Name}}{{end}}`, "./...")
	cmd.Dir, cmd.Env = m.dir, append(os.Environ(), "GOWORK=off")
	names, err := cmd.Output()
	return strings.Trim(strings.ReplaceAll(string(names), "main\n", ""), "\n") != "", err
}

func read(dir string) (*mod, error) {
	path := filepath.Join(dir, "go.mod")
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := modfile.Parse(path, b, nil)
	if err != nil {
		return nil, err
	}
	return &mod{dir: dir, file: f}, nil
}

// publish writes the module at version into the proxy, and unpacks it to
// m.work: the module as a user has it, without replaces.
func (m *mod) publish(version string, all []*mod, proxy string) error {
	for _, r := range slices.Clone(m.file.Replace) {
		if !slices.ContainsFunc(all, func(o *mod) bool { return o.path() == r.Old.Path }) {
			return fmt.Errorf("replaces %s, which is not of this repository", r.Old.Path)
		}
		if err := m.file.DropReplace(r.Old.Path, r.Old.Version); err != nil {
			return err
		}
	}
	for _, r := range m.file.Require {
		if slices.ContainsFunc(all, func(o *mod) bool { return o.path() == r.Mod.Path }) {
			if err := m.file.AddRequire(r.Mod.Path, version); err != nil {
				return err
			}
		}
	}
	m.file.Cleanup()
	text, err := m.file.Format()
	if err != nil {
		return err
	}
	// The tree of git, not the folder: what is not committed is not released.
	if err := checkout(m.dir, m.work); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(m.work, "go.mod"), text, 0o644); err != nil {
		return err
	}
	escaped, err := module.EscapePath(m.path())
	if err != nil {
		return err
	}
	at := filepath.Join(proxy, filepath.FromSlash(escaped), "@v")
	if err := os.MkdirAll(at, 0o755); err != nil {
		return err
	}
	info, _ := json.Marshal(map[string]string{"Version": version, "Time": "2000-01-01T00:00:00Z"})
	for name, b := range map[string][]byte{version + ".info": info, version + ".mod": text, "list": []byte(version + "\n")} {
		if err := os.WriteFile(filepath.Join(at, name), b, 0o644); err != nil {
			return err
		}
	}
	out, err := os.Create(filepath.Join(at, version+".zip"))
	if err != nil {
		return err
	}
	defer out.Close()
	if err := zip.CreateFromDir(out, module.Version{Path: m.path(), Version: version}, m.work); err != nil {
		return err
	}
	return out.Close()
}

// checkout writes the committed files of dir to work.
func checkout(dir, work string) error {
	if err := os.MkdirAll(work, 0o755); err != nil {
		return err
	}
	cmd := exec.Command("sh", "-c", `git archive HEAD . | tar -x -C "$1"`, "sh", work)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git archive: %w\n%s", err, out)
	}
	return nil
}

// build compiles and vets the module as go get would have it.
func (m *mod) build(proxy, cache string) error {
	upstream, err := exec.Command("go", "env", "GOPROXY", "GOMODCACHE").Output()
	if err != nil {
		return err
	}
	own, downloaded, _ := strings.Cut(strings.TrimSpace(string(upstream)), "\n")
	proxies := []string{
		"file://" + proxy,
		"file://" + filepath.Join(downloaded, "cache", "download"), // nothing is downloaded twice
		own,
	}
	for _, args := range [][]string{{"mod", "tidy"}, {"build", "./..."}, {"vet", "./..."}} {
		cmd := exec.Command("go", args...)
		cmd.Dir = m.work
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOMODCACHE="+cache,
			"GOPROXY="+strings.Join(proxies, ","), "GONOSUMDB=github.com/failwell/*")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
		}
	}
	return nil
}
