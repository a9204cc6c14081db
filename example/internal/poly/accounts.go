package poly

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/example/internal/answer"
	"github.com/failwell/failwell/example/internal/caller"
	"github.com/failwell/failwell/validate"
)

type account struct {
	ID   string `json:"id" validate:"required,max=40"`
	Name string `json:"name" validate:"required,max=100"`
}

var (
	accountID = regexp.MustCompile(`^[A-Za-z0-9]+$`)
	projectID = regexp.MustCompile(`^[a-z][a-z0-9-]{2,30}$`)
)

// lookalikes folds characters that people confuse.
var lookalikes = strings.NewReplacer("0", "o", "1", "l", "i", "l")

func similar(a, b string) bool {
	return lookalikes.Replace(strings.ToLower(a)) == lookalikes.Replace(strings.ToLower(b))
}

func (a *API) readAccount(w http.ResponseWriter, r *http.Request) error {
	body, err := a.locked(func() (any, error) { return a.accountOf(r) })
	if err != nil {
		return err
	}
	answer.Send(w, http.StatusOK, body)
	return nil
}

// accountOf is the account that the path names. The caller holds the lock.
func (a *API) accountOf(r *http.Request) (account, error) {
	acc, ok := a.accounts.Get(r.PathValue("accountId"))
	if !ok {
		return account{}, polyai.AccountNotFound
	}
	return acc, nil
}

func (a *API) createAccount(w http.ResponseWriter, r *http.Request) error {
	return administer(a, w, r, func(in account) (any, error) {
		if _, ok := a.accounts.Get(in.ID); ok {
			return nil, polyai.AccountCreateExistingID
		}
		if !accountID.MatchString(in.ID) {
			return nil, polyai.AccountCreateInvalidID
		}
		for id := range a.accounts.All() {
			if similar(id, in.ID) {
				return nil, polyai.AccountCreateInvalidID
			}
		}
		a.accounts.Put(in.ID, in)
		return in, nil
	})
}

type projectRequest struct {
	ID string `json:"id" validate:"required,max=100"`
}

func (a *API) createProject(w http.ResponseWriter, r *http.Request) error {
	return administer(a, w, r, func(in projectRequest) (any, error) {
		if _, err := a.accountOf(r); err != nil {
			return nil, err
		}
		if !projectID.MatchString(in.ID) {
			return nil, polyai.ProjectIDInvalid
		}
		if _, ok := a.projects.Get(in.ID); ok {
			return nil, polyai.ProjectIDAlreadyExists
		}
		a.projects.Put(in.ID, newProject(in.ID))
		return in, nil
	})
}

// administer runs act under the lock for a caller who may, with the body.
func administer[In any](a *API, w http.ResponseWriter, r *http.Request, act func(In) (any, error)) error {
	if err := caller.From[role](r.Context()).may(administering); err != nil {
		return err
	}
	in, err := validate.JSON[In](r)
	if err != nil {
		return err
	}
	body, err := a.locked(func() (any, error) { return act(in) })
	if err != nil {
		return err
	}
	answer.Send(w, http.StatusOK, body)
	return nil
}
