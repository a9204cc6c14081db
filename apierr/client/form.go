package client

import (
	"mime"
	"strings"

	"github.com/failwell/failwell/apierr"
)

// Decoder is a custom [apierr.Format] that can also decode its bodies. Errors under
// a custom Format without Decode are known by their status alone.
type Decoder interface {
	apierr.Format

	// Decode reads a body of at most 256 KiB. Code, ID, Message, Details and
	// Violations of the error are used, and the two IDs of the Info. Code and ID
	// may both be empty if the form has neither. Decode returns an error for a
	// body that is not of the form; a panic counts as an error. [Client.Lines]
	// calls it with each line of a stream. It is called by several goroutines at
	// once.
	Decode(body []byte) (*apierr.Error, apierr.Info, error)
}

// form reads bodies of one Format.
type form interface {
	accepts(contentType string) bool
	// read returns what the body says; ok is false if it is not of the form.
	read(body []byte) (c content, ok bool)
}

// lineForm is a form whose errors differ from other lines of JSON.
type lineForm interface {
	// isLine reports whether a line of a stream is of the form. It is called with
	// each line, so that it should reject data fast.
	isLine(line []byte) bool
}

// content is what a body says of an error.
type content struct {
	code, message            string
	id                       int
	details                  map[string]any
	violations               []apierr.Violation
	requestID, correlationID string
}

func formOf(f apierr.Format) form {
	t := typed(mediaType(f.ContentType()))
	switch f := f.(type) {
	case apierr.Envelope:
		return newEnvelopeForm(t, f)
	case apierr.Problem:
		return problemForm{t}
	case Decoder:
		return decoderForm{t, f}
	}
	return unknownForm{t}
}

// mediaType returns the type of a Content-Type without parameters, in lower case;
// empty if it is malformed.
func mediaType(contentType string) string {
	t, _, err := mime.ParseMediaType(contentType)
	if err != nil && err != mime.ErrInvalidMediaParameter {
		return ""
	}
	return strings.ToLower(t)
}

// typed is embedded in the forms, each of which has one media type.
type typed string

func (t typed) accepts(contentType string) bool { return mediaType(contentType) == string(t) }

// decoderForm is a Format with a Decode method.
type decoderForm struct {
	typed
	decoder Decoder
}

func (f decoderForm) read(body []byte) (c content, ok bool) {
	defer func() {
		if recover() != nil {
			c, ok = content{}, false
		}
	}()
	e, info, err := f.decoder.Decode(body)
	if err != nil || e == nil {
		return content{}, false
	}
	return content{
		code: e.Code, id: e.ID, message: e.Message, details: e.Details, violations: e.Violations,
		requestID: info.RequestID, correlationID: info.CorrelationID,
	}, true
}

func (f decoderForm) isLine(line []byte) bool {
	c, ok := f.read(line)
	return ok && (c.code != "" || c.id != 0)
}

// unknownForm is a Format that cannot be decoded: errors are known by the status.
type unknownForm struct{ typed }

func (unknownForm) read([]byte) (content, bool) { return content{}, true }
