package validate

import "strings"

// unrelated returns the findings without the broken rules that follow from the
// first n, which are of decoding. The rules were applied to a value in which
// every field at fault is empty, so a field that failed must not be called
// missing too, nor its struct, nor a sibling that is compared with it.
func unrelated(found []finding, n int) []finding {
	if n == 0 {
		return found
	}
	kept := found[:n]
	for _, b := range found[n:] {
		if !tainted(b, found[:n]) {
			kept = append(kept, b)
		}
	}
	return kept
}

func tainted(b finding, decoding []finding) bool {
	refers := referredTo(b)
	for _, d := range decoding {
		if d.Rule == ruleUnknown {
			continue
		}
		if within(b.Path, d.Path) || within(d.Path, b.Path) && !counts[b.Rule] {
			return true
		}
		for _, path := range refers {
			if within(path, d.Path) || within(d.Path, path) {
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
func referredTo(b finding) []string {
	kind := references[b.Rule]
	if kind == none || kind == inItem || kind == method {
		return nil
	}
	var base string
	if kind != inTop {
		base = parentOf(b.Path)
	}
	var paths []string
	for i, w := range words(b.Param) {
		if kind == pairs && i%2 == 1 {
			continue
		}
		if base != "" && !strings.HasPrefix(w, "[") {
			w = "." + w
		}
		paths = append(paths, base+w)
	}
	return paths
}

// parentOf is a path without its last step; empty for what stands at the root.
func parentOf(path string) string {
	end := 0
	for rest := path; ; {
		_, after, ok := cutStep(rest)
		if !ok || after == "" {
			return path[:end]
		}
		end, rest = len(path)-len(after), after
	}
}
