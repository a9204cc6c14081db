package reference

import (
	"slices"

	"github.com/failwell/failwell/apierr"
)

// schemas compares the declared forms of details.
func (d *differ) schemas() {
	for e, as := range d.survivors() {
		old, declared := d.old.contract.DetailsSchemas[e]
		new, still := d.new.contract.DetailsSchemas[as]
		switch {
		case !declared && still:
			d.notes("details", e.Code, "The details have a schema, and could be any: clients can now rely on it.")
		case declared && !still:
			if !d.allowsAny(old) {
				d.detail(true, e.Code, "The details have no schema any more and can be any: clients that decode them by the old one may fail.")
			}
		case declared:
			d.details(e.Code, old, new)
		}
	}
}

func (d *differ) details(code, old, new string) {
	for _, f := range compareSchemas(old, new) {
		what := "In the details, " + f.path + " " + f.what
		if f.path == "" {
			what = "The object of the details " + f.what
		}
		if f.breaking {
			d.detail(true, code, "%s: clients that decode them by the old schema may fail.", what)
		} else {
			d.detail(false, code, "%s: clients that decode them by the old schema are not affected.", what)
		}
	}
}

// detail adds a change of details, which breaks clients only if bodies have them.
func (d *differ) detail(breaking bool, code, why string, args ...any) {
	if d.old.showsDetails {
		d.add(breaking, "details", code, why, args...)
		return
	}
	d.notes("details", code, "The schema of the details changes, and no body of the old contract has them: readers of the documentation see another one.")
}

// allowsAny reports whether a schema allows any object and names no member.
func (d *differ) allowsAny(schema string) bool {
	return !slices.ContainsFunc(compareSchemas(schema, `{}`), func(f finding) bool { return f.breaking })
}

// detailsSchema returns the schema for a code, nil if there is none that can be
// used.
func (s side) detailsSchema(code string) *schema {
	text, ok := s.contract.DetailsSchemas[s.codes[code]]
	if !ok {
		return nil
	}
	parsed, err := parseSchema(text)
	if err != nil {
		return nil
	}
	return parsed
}

// sendsDetails reports whether some form of the bodies has the details.
func (s side) sendsDetails() bool {
	plain := &apierr.Error{Code: "C", Status: 400}
	keys := append(detailKeys(s.contract), anyDetail)
	for _, key := range keys {
		plain = plain.With(key, "a detail of the failure")
	}
	return !slices.Equal(s.bodies(&apierr.Error{Code: "C", Status: 400}), s.bodies(plain))
}
