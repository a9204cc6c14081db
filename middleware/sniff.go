package middleware

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"
)

// sniffed is how many bytes of a body decide about its type, as in net/http.
const sniffed = 512

// typeOf returns the type of a body that declares none: application/json for
// JSON objects and arrays, one or several, else what http.DetectContentType
// returns. whole: text is all of the body.
func typeOf(text []byte, whole bool) string {
	if isJSON(text, whole) {
		return "application/json"
	}
	return http.DetectContentType(text)
}

// isJSON reports whether text is JSON objects or arrays, or can be the begin of
// them where it is not whole.
func isJSON(text []byte, whole bool) bool {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")) // a byte order mark
	d := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for n := 0; ; n++ {
		switch d.PeekKind() {
		case '{', '[':
		default:
			_, err := d.ReadToken()
			return n > 0 && err == io.EOF
		}
		if err := d.SkipValue(); err != nil {
			return !whole && errors.Is(err, io.ErrUnexpectedEOF)
		}
	}
}
