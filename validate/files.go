package validate

import (
	"fmt"
	"maps"
	"mime/multipart"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"

	"github.com/failwell/failwell/internal/fieldpath"
	"github.com/failwell/failwell/validate/internal/decode"
	"github.com/failwell/failwell/validate/internal/message"
	"github.com/failwell/failwell/validate/internal/schema"
	"github.com/failwell/failwell/validate/internal/violation"
)

// The rules of file parts.
const (
	ruleFileSize = "filesize"
	ruleFileType = "filetype"
)

// fileRules are the rules of a file tag.
type fileRules struct {
	max     int64 // bytes; 0: any
	maxText string
	types   []string
}

// parseFileRules panics on a tag that means nothing, which Check finds first.
func parseFileRules(tag string) (rules fileRules) {
	for part := range strings.SplitSeq(tag, ",") {
		switch key, value, _ := strings.Cut(part, "="); key {
		case "":
		case "max":
			rules.max, rules.maxText = parseSize(value), value
		case "type":
			rules.types = strings.Fields(value)
		default:
			panic(fmt.Sprintf("validate: file tag %q: %q is neither max nor type", tag, key))
		}
	}
	return rules
}

func parseSize(text string) int64 {
	number := strings.TrimRight(text, "BKMi")
	n, err := strconv.ParseInt(number, 10, 32)
	unit, ok := map[string]int64{"B": 1, "KB": 1e3, "MB": 1e6, "KiB": 1 << 10, "MiB": 1 << 20}[text[len(number):]]
	if err != nil || !ok || n < 1 {
		panic(fmt.Sprintf("validate: file tag: %q is no size such as 2MiB", text))
	}
	return n * unit
}

// setFiles sets the fields of v that take files, and checks their rules. Parts
// that no field has the name of are ignored.
func (w *work) setFiles(t *schema.Type, v reflect.Value, files map[string][]*multipart.FileHeader) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		m, rest := decode.Head(t, name)
		if m == nil {
			continue
		}
		path := fieldpath.Path{}.Name(m.Name)
		isList := m.Go.Kind() == reflect.Slice
		switch f, ok := schema.FieldByIndex(v, m.Index); {
		case !schema.IsFile(m.Go) && !utf8.ValidString(name):
			w.addFile(path, violation.Format, "", message.NotUTF8)
		case !schema.IsFile(m.Go):
			wrong := message.Wrong(t.Source.Of(m.Go).Want, message.File)
			w.addFile(path, wrong.Rule, wrong.Param, wrong.Message)
		case !ok, rest != "" && !(isList && rest == decode.AllElements):
			w.addFile(path, violation.Format, "", message.Invalid)
		case isList:
			f.Set(reflect.AppendSlice(f, reflect.ValueOf(files[name]).Convert(f.Type())))
		case len(files[name]) > 1:
			w.addFile(path, violation.Repeated, "", message.Repeated)
		default:
			f.Set(reflect.ValueOf(files[name][0]))
		}
	}
	w.checkFiles(t, v)
}

// checkFiles checks the rules of file tags.
func (w *work) checkFiles(t *schema.Type, v reflect.Value) {
	for _, m := range t.Members {
		if !schema.IsFile(m.Go) {
			continue
		}
		f, err := v.FieldByIndexErr(m.Index)
		if err != nil || f.IsNil() { // nothing was sent
			continue
		}
		rules := parseFileRules(t.Go.FieldByIndex(m.Index).Tag.Get("file"))
		path := fieldpath.Path{}.Name(m.Name)
		if m.Go.Kind() != reflect.Slice {
			w.checkFile(path, f.Interface().(*multipart.FileHeader), rules)
			continue
		}
		for i := range f.Len() {
			w.checkFile(path.Index(i), f.Index(i).Interface().(*multipart.FileHeader), rules)
		}
	}
}

func (w *work) addFile(path fieldpath.Path, rule, param, text string) {
	w.found = append(w.found, violation.New(path.String(), rule, param, text))
}

func (w *work) checkFile(path fieldpath.Path, file *multipart.FileHeader, rules fileRules) {
	if !utf8.ValidString(file.Filename) {
		w.addFile(path, violation.Format, "", message.NotUTF8)
	}
	if rules.max > 0 && file.Size > rules.max {
		w.addFile(path, ruleFileSize, rules.maxText, "Must be at most "+rules.maxText)
	}
	if len(rules.types) > 0 && !hasType(file, rules.types) {
		all := strings.Join(rules.types, ", ")
		w.addFile(path, ruleFileType, all, "Must be of type "+all)
	}
}

// hasType reports whether the content of a file is of one of the media types.
func hasType(file *multipart.FileHeader, types []string) bool {
	f, err := file.Open()
	if err != nil {
		panic(err) // the temporary file is gone, which is no fault of the client
	}
	defer f.Close()
	found, err := mimetype.DetectReader(f)
	if err != nil {
		panic(err)
	}
	for _, t := range types {
		if prefix, any := strings.CutSuffix(t, "*"); any && strings.HasPrefix(found.String(), prefix) || found.Is(t) {
			return true
		}
	}
	return false
}
