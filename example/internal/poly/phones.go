package poly

import (
	"regexp"

	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/example/internal/shelf"
)

// e164 is the form of international numbers, ITU-T E.164.
var e164 = regexp.MustCompile(`^\+[1-9][0-9]{1,14}$`)

type phone struct {
	Number      string `json:"number" validate:"required,max=40"`
	ConnectorID string `json:"connector_id" validate:"required,max=100"`
}

func readPhone(v visit) (any, error) {
	p, ok := v.phones.Get(v.path("number"))
	if !ok {
		return nil, polyai.PhoneNumbersNotFound
	}
	return p, nil
}

func createPhone(v visit, in phone) (any, error) {
	if !e164.MatchString(in.Number) {
		return nil, polyai.PhoneNumbersInvalidPhoneNumberFormat
	}
	if _, ok := v.phones.Get(in.Number); ok {
		return nil, polyai.PhoneNumbersAlreadyExists
	}
	if _, ok := v.connectors.Get(in.ConnectorID); !ok {
		return nil, polyai.PhoneNumbersConnectorDoesNotExist
	}
	v.phones.Put(in.Number, in)
	return in, nil
}

// connector is how calls to a number come in.
type connector struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kind string `json:"kind"`
	Host string `json:"host"`
}

func readConnector(v visit) (any, error) {
	c, ok := v.connectors.Get(v.path("id"))
	if !ok {
		return nil, polyai.ConnectorsNotFound
	}
	return c, nil
}

type connectorRequest struct {
	Name string `json:"name" validate:"required,max=100"`
	Kind string `json:"kind" validate:"required,oneof=sip pstn"`
	Host string `json:"host" validate:"required,hostname"`
}

func createConnector(v visit, in connectorRequest) (any, error) {
	c := connector{shelf.NewID("con-"), in.Name, in.Kind, in.Host}
	v.connectors.Put(c.ID, c)
	return c, nil
}
