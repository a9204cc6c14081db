package apierr_test

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
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
	for _, form := range []apierr.Form{apierr.Event, apierr.Line} {
		s := newSeam(t, apierr.Standard)
		s.phase.Form = form
		w := httptest.NewRecorder()
		s.write(w, apierr.Conflict)
		require.True(t, w.Flushed)
	}
}

// CR, LF and both end a line of an event stream: none of them may end the
// event, or begin another field of it.
func TestEventsHaveTheirLines(t *testing.T) {
	s := newSeam(t, apierr.Contract{Format: text{}})
	s.phase.Form = apierr.Event
	w := httptest.NewRecorder()
	s.write(w, apierr.Conflict)
	require.Equal(t, "event: error\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \ndata: e\n\n", w.Body.String())
}
