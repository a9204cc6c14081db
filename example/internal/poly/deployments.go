package poly

import (
	"fmt"
	"slices"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/example/internal/shelf"
)

// environments in the order in which a deployment goes through them.
var environments = []string{"sandbox", "pre-release", "live"}

// draft is a version of the assistant that is being worked on.
type draft struct {
	functions []string // IDs
}

type deployment struct {
	ID      string `json:"id"`
	DraftID string `json:"draft_id"`
	Note    string `json:"note,omitempty"`
}

// build compiles the functions of a draft.
func (p *project) build(d draft) error {
	for _, id := range d.functions {
		f, ok := p.functions.Get(id)
		if !ok {
			return fmt.Errorf("function %s is not there", id)
		}
		if err := f.check(); err != nil {
			return fmt.Errorf("function %s: %w", id, err)
		}
	}
	return nil
}

// environment is the one that the query names.
func (v visit) environment() (string, error) {
	name := v.r.URL.Query().Get("environment")
	if !slices.Contains(environments, name) {
		return "", polyai.DeploymentsInvalidEnvironment
	}
	return name, nil
}

func (v visit) deployment() (deployment, error) {
	d, ok := v.deployments.Get(v.path("id"))
	if !ok {
		return deployment{}, polyai.DeploymentNotFound
	}
	return d, nil
}

func readDeployment(v visit) (any, error) { return v.deployment() }

type publishRequest struct {
	DraftID string `json:"draft_id" validate:"required"`
	Note    string `json:"note" validate:"max=200"`
}

// publish makes a deployment of a draft and puts it into an environment.
func publish(v visit, in publishRequest) (any, error) {
	env, err := v.environment()
	if err != nil {
		return nil, err
	}
	d, ok := v.drafts[in.DraftID]
	if !ok {
		return nil, polyai.DeploymentsValidationFailed.WithViolations(
			apierr.Violation{Path: "draft_id", Rule: "exists", Message: "No such draft"})
	}
	if now, ok := v.deployments.Get(v.environments[env]); ok && now.DraftID == in.DraftID {
		return nil, polyai.DeploymentsAlreadyPublished
	}
	if env == "live" {
		return nil, polyai.ErrPreReleaseNotReady // what is new has been nowhere yet
	}
	if err := v.build(d); err != nil {
		return nil, polyai.FunctionsDeploymentHasErrors.Wrap(err)
	}
	dep := deployment{shelf.NewID("dep-"), in.DraftID, in.Note}
	v.deployments.Put(dep.ID, dep)
	v.environments[env] = dep.ID
	return dep, nil
}

type promoteRequest struct {
	Note string `json:"note" validate:"max=200"`
}

// promote puts a deployment into a further environment; into live only from
// pre-release.
func promote(v visit, in promoteRequest) (any, error) {
	dep, err := v.deployment()
	if err != nil {
		return nil, err
	}
	env, err := v.environment()
	if err != nil {
		return nil, err
	}
	switch {
	case v.environments[env] == dep.ID:
		return nil, polyai.DeploymentsEnvironmentAlreadyPublished // with status 200: it is so already
	case env == "live" && v.environments["pre-release"] != dep.ID:
		return nil, polyai.ErrPreReleaseNotReady
	}
	v.environments[env] = dep.ID
	return dep, nil
}
