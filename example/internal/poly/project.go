package poly

import "github.com/failwell/failwell/example/internal/shelf"

// Bounds of what visitors can make the demo keep.
const (
	maxAccounts = 50
	maxProjects = 20
	maxThings   = 50 // of one kind in one project
)

// project is all that there is in a project. It is guarded by API.mu; its own
// ID is the key under which it is kept.
type project struct {
	id            string
	conversations *shelf.Shelf[*conversation]
	drafts        map[string]draft
	deployments   *shelf.Shelf[deployment]
	environments  map[string]string // name to the deployment that is published there
	flows         *shelf.Shelf[flow]
	functions     *shelf.Shelf[function]
	topics        *shelf.Shelf[topic] // by name
	phones        *shelf.Shelf[phone] // by number
	connectors    *shelf.Shelf[connector]
	variants      *shelf.Shelf[variant] // by name
	config        config
	templates     map[string]string // of SMS
	tests         []string
}

// newProject returns a project with nothing in it but the default variant.
func newProject(id string) *project {
	return &project{
		id:            id,
		conversations: shelf.New[*conversation](maxThings, nil),
		deployments:   shelf.New[deployment](maxThings, nil),
		environments:  make(map[string]string),
		flows:         shelf.New[flow](maxThings, nil),
		functions:     shelf.New[function](maxThings, nil),
		topics:        shelf.New[topic](maxThings, nil),
		phones:        shelf.New[phone](maxThings, nil),
		connectors:    shelf.New[connector](maxThings, nil),
		variants:      shelf.New(maxThings, map[string]variant{defaultVariant: {Name: defaultVariant}}),
		config:        newConfig(),
	}
}
