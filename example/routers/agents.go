package routers

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate"
)

// Contract is the contract of the API. Here it is the contract of the built-in
// errors, which is open: AgentNotFound passes through it.
var Contract = apierr.Standard

// V2 is the contract of everything under /v2: the same errors as problem
// details, RFC 9457.
var V2 = apierr.Contract{Name: "agents v2", Format: apierr.Problem{}}

// AgentNotFound is a declared error.
var AgentNotFound = &apierr.Error{Code: "AGENT_NOT_FOUND", Status: 404, Message: "The agent does not exist"}

// Agent is what the API serves.
type Agent struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// NewAgent is the body of POST /agents. The tag of the rules is validate for
// package validate, and binding for gin.
type NewAgent struct {
	Name  string `json:"name" validate:"required" binding:"required"`
	Seats int    `json:"seats"`
}

// seatsError is the error type of a package that knows HTTP but not failwell:
// it has a status, a text for the client, and a text for the log.
type seatsError struct{ owner string }

func (e *seatsError) Error() string    { return "agent-secret: all seats of " + e.owner + " are taken" }
func (*seatsError) HTTPStatus() int    { return http.StatusConflict }
func (*seatsError) PublicText() string { return "All seats are taken" }

// findAgent fails in the way that the ID names.
func findAgent(id string) (Agent, error) {
	switch id {
	case "unknown":
		return Agent{}, AgentNotFound.Wrap(errors.New("agent-secret: no row"))
	case "seats":
		return Agent{}, &seatsError{owner: "acme"}
	case "broken":
		return Agent{}, errors.New("agent-secret: the database is down")
	case "panic":
		panic("agent-secret: index out of range")
	}
	return Agent{ID: id, Name: "Ada"}, nil
}

func createAgent(in NewAgent) (Agent, error) { return Agent{ID: "8", Name: in.Name}, nil }

// exportAgents returns a source that fails after 16 KiB: more than any buffer
// of the server holds back.
func exportAgents() io.Reader {
	return io.MultiReader(strings.NewReader(strings.Repeat("agent\n", 16<<10/6)), brokenSource{})
}

type brokenSource struct{}

func (brokenSource) Read([]byte) (int, error) { return 0, errors.New("agent-secret: the disk is gone") }

// Handlers of net/http that return their errors, for the routers that route to
// an http.Handler and set Request.PathValue.

func getAgent(w http.ResponseWriter, r *http.Request) error {
	agent, err := findAgent(r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeJSON(w, agent)
}

func postAgent(w http.ResponseWriter, r *http.Request) error {
	in, err := validate.JSON[NewAgent](r)
	if err != nil {
		return err
	}
	agent, err := createAgent(in)
	if err != nil {
		return err
	}
	return writeJSON(w, agent)
}

func getExport(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "application/octet-stream")
	_, err := io.Copy(w, exportAgents())
	return err
}

func writeJSON(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json")
	return json.MarshalWrite(w, v)
}
