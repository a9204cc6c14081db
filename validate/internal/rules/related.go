package rules

import (
	"strings"

	"github.com/failwell/failwell/internal/fieldpath"
	"github.com/failwell/failwell/validate/internal/message"
	"github.com/failwell/failwell/validate/internal/violation"
)

// Unrelated returns the violations without the broken rules that follow from
// the first n, which are of decoding. The rules were applied to a value in which
// every field that failed is empty, so a field that failed must not be reported
// as missing too, nor its struct, nor a sibling that is compared with it.
func Unrelated(found []violation.Violation, n int) []violation.Violation {
	if n == 0 {
		return found
	}
	kept := found[:n]
	for _, v := range found[n:] {
		if !follows(v, found[:n]) {
			kept = append(kept, v)
		}
	}
	return kept
}

func follows(v violation.Violation, decoding []violation.Violation) bool {
	refers := referredTo(v)
	for _, d := range decoding {
		if d.Rule == violation.Unknown {
			continue
		}
		if fieldpath.Within(v.Path, d.Path) || fieldpath.Within(d.Path, v.Path) && !counts[v.Rule] {
			return true
		}
		for _, path := range refers {
			if fieldpath.Within(path, d.Path) || fieldpath.Within(d.Path, path) {
				return true
			}
		}
	}
	return false
}

// counts are the rules that count elements, which are all there even if some
// of them failed.
var counts = map[string]bool{
	"len": true, "min": true, "max": true, "gt": true, "gte": true, "lt": true, "lte": true, "eq": true, "ne": true,
}

// referredTo lists the paths of the fields that a rule names.
func referredTo(v violation.Violation) (paths []string) {
	kind := message.ReferenceOf(v.Rule)
	switch kind {
	case message.NoReference, message.FieldOfItem, message.Method:
		return nil
	}
	base := fieldpath.Parent(v.Path)
	for i, w := range message.Words(v.Param) {
		if kind == message.Pairs && i%2 == 1 {
			continue
		}
		if base != "" && !strings.HasPrefix(w, "[") {
			w = "." + w
		}
		paths = append(paths, base+w)
	}
	return paths
}
