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

func (quiet) Record(*http.Request, *apierr.Error, bool, error, error, seam.Delivery) {}

// under returns a request in an exchange under c.
func under(t testing.TB, c apierr.Contract) *http.Request {
	r, err := http.NewRequest("GET", "/item", nil)
	require.NoError(t, err)
	x := contracttest.NewExchange(t, c)
	x.Request = r
	return contracttest.WithExchange(r, quiet{x})
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
	documented := apierr.Contract{Errors: []*apierr.Error{errTeapotBare}, DocURL: "https://x.example/{code}"}
	documented.Format = apierr.Envelope{Members: []apierr.Member{{Name: "code", From: apierr.FromCode}, {Name: "url", From: apierr.FromDocURL}}}
	translated := apierr.Contract{Errors: []*apierr.Error{errTeapotBare}, Translations: map[string]map[string]string{"de": {"TEAPOT": "Eine Teekanne"}}}
	german := under(t, translated)
	german.Header.Set("Accept-Language", "de")
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
		{"documented", under(t, documented), errTeapotBare, 0},
		{"translated, the language matched", german, errTeapotBare, 9},
		{"kubernetes, the default wait", under(t, kubernetes.c), apierr.TooManyRequests, 1},
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
