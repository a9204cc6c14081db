package poly

import (
	"net/http"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/example/internal/caller"
)

// key is what an API key stands for.
type key struct {
	user    string
	expires time.Time // zero: never
}

// role is what a user is in the account.
type role string

const (
	viewer   role = "viewer"
	external role = "external" // of another company
	editor   role = "editor"
	admin    role = "admin"
)

// permission is what a route asks of its caller. Reading asks nothing.
type permission int

const (
	writing permission = iota
	deploying
	configuring // of what running assistants read
	administering
)

// refusals say what those hear who may not; who is not in a row may.
var refusals = map[permission]map[role]*apierr.Error{
	writing: {
		viewer: polyai.UserAccessForbidden,
	},
	deploying: {
		viewer:   polyai.UserAccessForbidden,
		external: polyai.ExternalUserForbidden,
	},
	configuring: {
		viewer:   polyai.RealTimeConfigForbiddenAccess,
		external: polyai.RealTimeConfigForbiddenAccess,
		editor:   polyai.RealTimeConfigForbiddenAccess,
	},
	administering: {
		viewer:   polyai.AccountInsufficientPermissions,
		external: polyai.AccountInsufficientPermissions,
		editor:   polyai.AccountInsufficientPermissions,
	},
}

// may returns why not, nil if the role may.
func (r role) may(p permission) error {
	if e := refusals[p][r]; e != nil {
		return e
	}
	return nil
}

// apiKey is the API key in the request's context, for the limiter.
type apiKey string

// authenticate finds out whose key the request carries.
func (a *API) authenticate(next http.Handler) http.Handler {
	return apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		sent := r.Header["X-Api-Key"]
		if len(sent) == 0 {
			return apierr.Unauthenticated
		}
		k, ok := a.keys[sent[0]]
		if !ok || len(sent) > 1 || !k.expires.IsZero() && time.Now().After(k.expires) {
			return polyai.AuthUserInvalidToken
		}
		role, ok := a.users[k.user]
		if !ok {
			return polyai.AuthUserNotFound
		}
		next.ServeHTTP(w, caller.With(caller.With(r, role), apiKey(sent[0])))
		return nil
	})
}
