package apierr_test

import (
	"errors"
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/apierr/internal/contracttest"
	"github.com/failwell/failwell/internal/seam"
)

// quiet is an exchange that keeps no records.
type quiet struct{ *contracttest.Exchange }

func (quiet) Record(*http.Request, *apierr.Error, error, error, seam.Delivery) {}

// under returns a request in an exchange under c.
func under(t testing.TB, c apierr.Contract) *http.Request {
	r, err := http.NewRequest("GET", "/item", nil)
	require.NoError(t, err)
	return contracttest.WithExchange(r, quiet{contracttest.NewExchange(t, c)})
}

// The most allocations of an answer without details.
func TestWriteAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector drops pooled buffers")
	}
	logTo(t, slog.DiscardHandler) // of the unknown error
	alone, err := http.NewRequest("GET", "/item", nil)
	require.NoError(t, err)
	negotiating := apierr.Standard
	negotiating.Alternative = apierr.Problem{}
	for _, test := range []struct {
		name string
		r    *http.Request
		err  error
		want float64
	}{
		{"no layer above", alone, errTeapotBare, 0},
		{"unknown error", alone, errors.New("secret"), 0},
		{"standard", under(t, apierr.Standard), errTeapotBare, 0},
		{"negotiating", under(t, negotiating), errTeapotBare, 1},
		{"problem", under(t, apierr.Contract{Format: apierr.Problem{}}), errTeapotBare, 1},
		{"chatbase, declared", under(t, chatbase.Contract), chatbase.AgentNotFound, 0},
		{"polyai, declared", under(t, polyai.Contract), polyai.FlowNotFound, 0},
		{"avatarium, declared", under(t, avatarium.Contract), avatarium.AvatarNotFound, 0},
		{"chatbase, mapped", under(t, chatbase.Contract), apierr.NotFound, 1},
		{"polyai, mapped", under(t, polyai.Contract), apierr.NotFound, 1},
	} {
		w := discard{make(http.Header, 8)}
		got := testing.AllocsPerRun(200, func() {
			clear(w.h)
			apierr.Write(w, test.r, test.err)
		})
		require.LessOrEqual(t, got, test.want, test.name)
	}
}

var errTeapotBare = &apierr.Error{Code: "TEAPOT", Status: 418, Message: "This is a teapot"}
