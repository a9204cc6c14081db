package apierr_test

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/seam"
)

// text is a Format with line ends of every kind.
type text struct{}

func (text) Name() string        { return "text" }
func (text) ContentType() string { return "application/x-text" }
func (text) Append(dst []byte, e *apierr.Error, _ apierr.Info) ([]byte, error) {
	return append(dst, "a\rb\nc\r\nd\n\ne"...), nil
}

// The end of a stream does not wait for the handler to return.
func TestEndsAreFlushed(t *testing.T) {
	for _, form := range []seam.Delivery{seam.EventStream, seam.JSONLines} {
		s := newLayer(t, apierr.Standard)
		s.delivery = form
		w := httptest.NewRecorder()
		s.write(w, apierr.Conflict)
		require.True(t, w.Flushed)
	}
}

// CR, LF and both end a line of an event stream: none of them may end the
// event, or begin another field of it.
func TestEventsHaveTheirLines(t *testing.T) {
	s := newLayer(t, apierr.Contract{Format: text{}})
	s.delivery = seam.EventStream
	w := httptest.NewRecorder()
	s.write(w, apierr.Conflict)
	require.Equal(t, "event: error\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \ndata: e\n\n", w.Body.String())
}
