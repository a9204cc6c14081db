package avatar

import (
	"net/http"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/example/internal/caller"
)

// key is what an API key stands for.
type key struct {
	expires time.Time // zero: never
}

// token is the caller in the request's context.
type token string

// authenticate finds out whose key the request carries.
func (a *API) authenticate(next http.Handler) http.Handler {
	return apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		t, sent := caller.Bearer(r)
		if !sent {
			return avatarium.MissingAPIKey
		}
		k, ok := a.keys[t]
		switch {
		case !ok:
			return avatarium.InvalidAPIKey
		case !k.expires.IsZero() && time.Now().After(k.expires):
			return avatarium.ExpiredAPIKey
		}
		next.ServeHTTP(w, caller.With(r, token(t)))
		return nil
	})
}
