package lab

import (
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/failwell/failwell/example/internal/answer"
	"github.com/failwell/failwell/validate"
)

type person struct {
	Name  string `json:"name" validate:"required,min=2,max=50"`
	Email string `json:"email" validate:"required,email"`
}

// echo answers what it was sent, if it is a person.
func echo(w http.ResponseWriter, r *http.Request) error {
	p, err := validate.JSON[person](r)
	if err != nil {
		return err
	}
	return answer.JSON(w, http.StatusOK, p)
}

// anyJSON takes any JSON document, and says how long it is.
func anyJSON(w http.ResponseWriter, r *http.Request) error {
	doc, err := validate.JSON[jsontext.Value](r)
	if err != nil {
		return err
	}
	return answer.JSON(w, http.StatusOK, map[string]int{"bytes": len(doc)})
}
