package reference

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// parseTree returns JSON as objects, arrays and scalars. Numbers and null are
// raw.
func parseTree(v jsontext.Value) any {
	tree, err := readTree(jsontext.NewDecoder(bytes.NewReader(v), jsontext.AllowDuplicateNames(true)))
	if err != nil { // then it is no JSON
		return v
	}
	return tree
}

func readTree(d *jsontext.Decoder) (any, error) {
	switch d.PeekKind() {
	case '{':
		return readObject(d)
	case '[':
		return readArray(d)
	}
	v, err := d.ReadValue()
	if err != nil {
		return nil, err
	}
	switch v.Kind() {
	case 't', 'f':
		return v.Kind() == 't', nil
	case '"':
		return textOf(v), nil
	}
	return v.Clone(), nil
}

func readObject(d *jsontext.Decoder) (object, error) {
	o := object{}
	d.ReadToken() // PeekKind has seen it
	for d.PeekKind() != '}' {
		name, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		p := property{name: textOf(name)}
		if p.value, err = readTree(d); err != nil {
			return nil, err
		}
		o = append(o, p)
	}
	_, err := d.ReadToken()
	return o, err
}

func readArray(d *jsontext.Decoder) ([]any, error) {
	list := []any{}
	d.ReadToken()
	for d.PeekKind() != ']' {
		v, err := readTree(d)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.ReadToken()
	return list, err
}

func textOf(v jsontext.Value) string {
	b, _ := jsontext.AppendUnquote(nil, v)
	return string(b)
}
