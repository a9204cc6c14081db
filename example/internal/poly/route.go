package poly

import (
	"errors"
	"net/http"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/example/internal/answer"
	"github.com/failwell/failwell/example/internal/caller"
	"github.com/failwell/failwell/validate"
)

// visit is a request to a project, by a caller who may. While it is handled
// the lock is held.
type visit struct {
	*project
	r   *http.Request
	now time.Time
}

func (v visit) path(name string) string { return v.r.PathValue(name) }

// enter runs act on the project that the path names, and sends what it returns.
func (a *API) enter(w http.ResponseWriter, r *http.Request, act func(visit) (any, error)) error {
	body, err := a.locked(func() (any, error) {
		p, ok := a.projects.Get(r.PathValue("projectId"))
		if !ok {
			return nil, polyai.ProjectNotFound
		}
		return act(visit{p, r, time.Now()})
	})
	if err != nil {
		return err
	}
	answer.Send(w, http.StatusOK, body)
	return nil
}

// locked runs act under the lock, and encodes there what it returns.
func (a *API) locked(act func() (any, error)) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	out, err := act()
	if err != nil {
		return nil, err
	}
	return answer.Encode(out)
}

// get is a route without a body, open to all who have a key.
func get(a *API, act func(visit) (any, error)) apierr.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error { return a.enter(w, r, act) }
}

// post is a route with a JSON body. invalid is raised for one that breaks
// rules; nil: the contract's own word for it.
func post[In any](a *API, need permission, invalid *apierr.Error, act func(visit, In) (any, error)) apierr.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := caller.From[role](r.Context()).may(need); err != nil {
			return err
		}
		in, err := validate.JSON[In](r)
		if err != nil {
			return invalidAs(err, invalid)
		}
		return a.enter(w, r, func(v visit) (any, error) { return act(v, in) })
	}
}

// remove is a route without a body that changes something.
func remove(a *API, act func(visit) (any, error)) apierr.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := caller.From[role](r.Context()).may(writing); err != nil {
			return err
		}
		return a.enter(w, r, act)
	}
}

// invalidAs raises broken rules of a body as the error that a route has
// declared for them. Other errors, and all if it is nil, stay as they are.
func invalidAs(err error, as *apierr.Error) error {
	var e *apierr.Error
	if as == nil || !errors.As(err, &e) || !errors.Is(e, apierr.InvalidBody) {
		return err
	}
	return as.WithViolations(e.Violations...).Wrap(err)
}
