package routers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/gin-gonic/gin"
	echo4 "github.com/labstack/echo/v4"
	echo5 "github.com/labstack/echo/v5"
	ht "github.com/ogen-go/ogen/http"
	"github.com/ogen-go/ogen/ogenerrors"
	"github.com/ogen-go/ogen/validate"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
)

// TestMappers holds which error each mapper makes of its framework's errors.
func TestMappers(t *testing.T) {
	var (
		secret   = errors.New("agent-secret")
		tooLarge = &http.MaxBytesError{Limit: 1}
		badType  = json.Unmarshal([]byte(`{"name":7}`), &NewAgent{})
	)
	for _, test := range []struct {
		name    string
		mapper  func(context.Context, error) *apierr.Error
		err     error
		want    *apierr.Error // nil: not this mapper's
		message string        // empty: that of want
	}{
		// echo v4: the application's message passes, c.Bind's does not.
		{"echo 4: 404 of the router", mapEcho4, echo4.ErrNotFound, apierr.NotFound, ""},
		{"echo 4: 405 of the router", mapEcho4, echo4.ErrMethodNotAllowed, apierr.MethodNotAllowed, ""},
		{"echo 4: the application's message", mapEcho4, echo4.NewHTTPError(409, "The name is taken"), apierr.Conflict, "The name is taken"},
		{"echo 4: a message that is no string", mapEcho4, echo4.NewHTTPError(409, badType), apierr.Conflict, ""},
		{"echo 4: no message", mapEcho4, echo4.NewHTTPError(403), apierr.Forbidden, ""},
		{"echo 4: c.Bind", mapEcho4, echo4.NewHTTPError(400, badType.Error()).SetInternal(badType), apierr.InvalidBody, ""},
		{"echo 4: c.Bind, another media type", mapEcho4, echo4.ErrUnsupportedMediaType, apierr.UnsupportedMediaType, ""},
		{"echo 4: c.Bind, too large", mapEcho4, echo4.NewHTTPError(400, "x").SetInternal(tooLarge), nil, ""},
		{"echo 4: wrapped", mapEcho4, fmt.Errorf("agent-secret: %w", echo4.ErrForbidden), apierr.Forbidden, ""},
		{"echo 4: 5xx", mapEcho4, echo4.NewHTTPError(503, "agent-secret"), apierr.Unavailable, ""},
		{"echo 4: no failure", mapEcho4, echo4.NewHTTPError(200, "fine"), nil, ""},
		{"echo 4: no status", mapEcho4, echo4.NewHTTPError(0, "x"), nil, ""},
		{"echo 4: another error", mapEcho4, secret, nil, ""},

		// echo v5: its own errors have a method and no exported type.
		{"echo 5: 404 of the router", mapEcho5, echo5.ErrNotFound, apierr.NotFound, ""},
		{"echo 5: 405 of the router", mapEcho5, echo5.ErrMethodNotAllowed, apierr.MethodNotAllowed, ""},
		{"echo 5: the application's message", mapEcho5, echo5.NewHTTPError(409, "The name is taken"), apierr.Conflict, "The name is taken"},
		{"echo 5: with a cause", mapEcho5, echo5.NewHTTPError(409, "The name is taken").Wrap(secret), apierr.Conflict, "The name is taken"},
		{"echo 5: c.Bind", mapEcho5, echo5.ErrBadRequest.Wrap(badType), apierr.InvalidBody, ""},
		{"echo 5: c.Bind, another media type", mapEcho5, &echo5.HTTPError{Code: 415}, apierr.UnsupportedMediaType, ""},
		{"echo 5: c.Bind, too large", mapEcho5, echo5.ErrBadRequest.Wrap(tooLarge), nil, ""},
		{"echo 5: 5xx", mapEcho5, echo5.NewHTTPError(503, "agent-secret"), apierr.Unavailable, ""},
		{"echo 5: no failure", mapEcho5, echo5.NewHTTPError(200, "fine"), nil, ""},
		{"echo 5: another error", mapEcho5, secret, nil, ""},

		// gin: what c.Error was given with the type of binding errors.
		{"gin: binding", mapGin, &gin.Error{Err: badType, Type: gin.ErrorTypeBind}, apierr.InvalidBody, ""},
		{"gin: binding, too large", mapGin, &gin.Error{Err: tooLarge, Type: gin.ErrorTypeBind}, nil, ""},
		{"gin: any other type", mapGin, &gin.Error{Err: secret, Type: gin.ErrorTypePrivate}, nil, ""},

		// ogen: what it decodes, and what its generated code refuses.
		{"ogen: body", mapOgen, &ogenerrors.DecodeRequestError{Err: badType}, apierr.InvalidBody, ""},
		{"ogen: body, too large", mapOgen, &ogenerrors.DecodeRequestError{Err: tooLarge}, nil, ""},
		{"ogen: another media type", mapOgen, &ogenerrors.DecodeRequestError{Err: validate.InvalidContentType("text/plain")}, apierr.UnsupportedMediaType, ""},
		{"ogen: parameters", mapOgen, &ogenerrors.DecodeParamsError{Err: badType}, apierr.InvalidParameter, ""},
		{"ogen: security", mapOgen, &ogenerrors.SecurityError{Err: secret}, apierr.Unauthenticated, ""},
		{"ogen: no implementation", mapOgen, ht.ErrNotImplemented, apierr.NotImplemented, ""},
		{"ogen: another error", mapOgen, secret, nil, ""},

		// A package that knows HTTP but not failwell.
		{"HTTPStatus", mapSeats, &seatsError{"acme"}, apierr.Conflict, "All seats are taken"},
		{"HTTPStatus, wrapped", mapSeats, fmt.Errorf("agent-secret: %w", &seatsError{"acme"}), apierr.Conflict, "All seats are taken"},
		{"no HTTPStatus", mapSeats, secret, nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := test.mapper(t.Context(), test.err)
			if test.want == nil {
				require.Nil(t, e)
				return
			}
			require.NotNil(t, e)
			require.Equal(t, test.want.Code, e.Code)
			require.Equal(t, test.want.Status, e.Status)
			if test.message == "" {
				test.message = test.want.Message
			}
			require.Equal(t, test.message, e.Message)
		})
	}
}
