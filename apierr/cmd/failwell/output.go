package main

import (
	"crypto/rand"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
)

// output is the place of the result.
type output struct{ name string }

// outputFlag defines -o.
func outputFlag(flags *flag.FlagSet) *output {
	o := new(output)
	flags.StringVar(&o.name, "o", "", "the `file` to write, replaced as a whole; standard output without it")
	return o
}

// isStandard reports whether the place is standard output.
func (o *output) isStandard() bool { return o.name == "" || o.name == "-" }

// write writes the whole result.
func (o *output) write(s streams, b []byte) error {
	if o.isStandard() {
		_, err := s.out.Write(b)
		return err
	}
	return replaceFile(o.name, b)
}

// replaceFile writes a file beside the named one and renames it, so that a
// reader sees the old content or the new, and a failure leaves the old. A
// symbolic link stays, and so does the mode of a file that exists. What is no
// regular file, such as a pipe or a device, is written to.
func replaceFile(name string, b []byte) (err error) {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	info, err := os.Stat(name)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return writeTo(name, os.O_WRONLY, b)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	temporary := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+"."+rand.Text())
	defer func() {
		if err != nil {
			os.Remove(temporary)
		}
	}()
	if err := writeTo(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, b); err != nil {
		return err
	}
	if info != nil {
		if err := os.Chmod(temporary, info.Mode().Perm()); err != nil {
			return err
		}
	}
	return os.Rename(temporary, name)
}

// writeTo writes to a file that is opened with the flags. A new one has the mode
// that the umask allows.
func writeTo(name string, flags int, b []byte) error {
	f, err := os.OpenFile(name, flags, 0o666)
	if err != nil {
		return err
	}
	if _, err := f.Write(b); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
