package validate

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Optional is a member of a JSON object that distinguishes missing, null and
// set, as a PATCH needs (RFC 7396, where null removes):
//
//	nil          missing: leave it as it is
//	empty        null: remove it
//	one element  set
//
// It is a slice, so rules for the value stand behind omitempty,dive, and
// omitempty,min=1,dive rejects null. Paths do not show the slice. The zero value
// is missing.
//
// Its methods for JSON name the types of the json module, so that an error
// within the value has its path and unknown members are violations, as outside
// an Optional. A plain UnmarshalJSON could offer neither.
type Optional[T any] []T

// Missing reports whether the member was not in the document.
func (o Optional[T]) Missing() bool { return o == nil }

// Null reports whether the member was null.
func (o Optional[T]) Null() bool { return o != nil && len(o) == 0 }

// Get returns the value, and whether there is one.
func (o Optional[T]) Get() (value T, ok bool) {
	if len(o) == 0 {
		return value, false
	}
	return o[0], true
}

// UnmarshalJSONFrom implements json/v2's UnmarshalerFrom.
func (o *Optional[T]) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() == 'n' {
		*o = Optional[T]{}
		return d.SkipValue()
	}
	*o = make(Optional[T], 1)
	return json.UnmarshalDecode(d, &(*o)[0])
}

// MarshalJSONTo implements json/v2's MarshalerTo. A missing member is written as
// null; the tag option omitzero leaves it out. Before Go 1.27, encoding/json does
// not use this method and writes an array.
func (o Optional[T]) MarshalJSONTo(e *jsontext.Encoder) error {
	if len(o) == 0 {
		return e.WriteToken(jsontext.Null)
	}
	return json.MarshalEncode(e, o[0])
}
