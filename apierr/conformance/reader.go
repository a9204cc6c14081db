package conformance

import (
	"errors"
	"fmt"
	"mime"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/failwell/failwell/apierr"
)

// reader reads bodies of one form. Readers share no code with the formats of
// package apierr, nor with package client: what both get wrong would pass.
type reader interface {
	// contentType is the one of the form.
	contentType() string

	// shape shows a body of the form, for findings.
	shape() string

	// read returns what the body says, and each way in which it is not of the
	// form. ok is false if nothing can be read from it.
	read(body []byte) (c content, faults []string, ok bool)
}

// content is what a body says of a failure. The zero value of a field means that
// the body does not show it.
type content struct {
	code, message            string
	id, status, retryAfter   int
	requestID, correlationID string
	docURL                   string
	details                  map[string]any
	violations               bool // there is more than the details of the error

	// The form has a member for it.
	showsCode, showsID, showsRequestID, showsCorrelationID bool
}

func (m *model) readerOf(f apierr.Format) reader {
	switch f := f.(type) {
	case nil:
		return newEnvelopeReader(apierr.Envelope{})
	case apierr.Envelope:
		return newEnvelopeReader(f)
	case apierr.Problem:
		return problemReader{f}
	}
	return unknownReader{f.Name(), f.ContentType()}
}

// unknownReader is for a Format that the kit cannot read: only the media type is
// checked, and that JSON is JSON.
type unknownReader struct{ name, media string }

func (r unknownReader) contentType() string { return r.media }

func (r unknownReader) shape() string { return r.name }

func (r unknownReader) read(body []byte) (content, []string, bool) {
	media, _, _ := mime.ParseMediaType(r.media)
	if media == "application/json" || strings.HasSuffix(media, "+json") {
		if _, err := parse(body); err != nil {
			return content{}, []string{err.Error()}, false
		}
	}
	return content{}, nil, false
}

// parse reads exactly one JSON value: UTF-8, no name twice, nothing after it.
func parse(body []byte) (any, error) {
	var v any
	err := json.Unmarshal(body, &v)
	if err == nil {
		return v, nil
	}
	if len(body) == 0 {
		return nil, errors.New("the body is empty")
	}
	var s *jsontext.SyntacticError
	if errors.As(err, &s) {
		return nil, fmt.Errorf("the body is not one JSON value (RFC 8259): byte %d: %s", s.ByteOffset, strings.TrimPrefix(s.Err.Error(), "jsontext: "))
	}
	return nil, fmt.Errorf("the body is not one JSON value (RFC 8259): %s", err)
}

// isType reports whether a Content-Type is media, with no parameter but
// charset=utf-8.
func isType(contentType, media string) bool {
	got, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	want, wanted, err := mime.ParseMediaType(media)
	if err != nil || got != want {
		return false
	}
	for name, value := range params {
		if name == "charset" && strings.EqualFold(value, "utf-8") {
			continue
		}
		if wanted[name] != value {
			return false
		}
	}
	for name := range wanted {
		if _, ok := params[name]; !ok {
			return false
		}
	}
	return true
}
