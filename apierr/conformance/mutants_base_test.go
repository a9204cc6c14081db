package conformance_test

import (
	"io"
	"net/http"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/validate"
)

// thingBroken is the declared error that is no built-in one.
var thingBroken = &apierr.Error{Code: "THING_BROKEN", Status: 409, Message: "The thing is broken", Doc: "Repair it first."}

// allMembers shows all that a body can repeat of a response.
var allMembers = apierr.Envelope{Members: []apierr.Member{{Name: "error", Members: []apierr.Member{
	{Name: "code", From: apierr.FromCode},
	{Name: "status", From: apierr.FromStatus},
	{Name: "message", From: apierr.FromMessage},
	{Name: "details", From: apierr.FromDetails},
	{Name: "request_id", From: apierr.FromRequestID},
	{Name: "correlation_id", From: apierr.FromCorrelationID},
}}}}

// things is the contract of the base servers: closed, so that a code which is
// not declared is a fault.
var things = apierr.Contract{
	Name:   "things",
	Format: allMembers,
	Errors: append([]*apierr.Error{thingBroken}, apierr.Standard.Errors...),
	Mappings: map[*apierr.Error]apierr.Mapping{
		apierr.BadRequest: {Error: apierr.BadRequest},
		apierr.Internal:   {Error: apierr.Internal},
	},
	Challenge: `Bearer realm="things"`,
	Closed:    true,
}

// manyThings is things with a choice of forms and languages.
var manyThings = func() apierr.Contract {
	c := things
	c.Name, c.Alternative = "many things", apierr.Problem{}
	c.Translations = map[string]map[string]string{"de": {"THING_BROKEN": "Das Ding ist kaputt", "RESOURCE_NOT_FOUND": "Gibt es nicht"}}
	return c
}()

// problemThings is things as problem details.
var problemThings = func() apierr.Contract {
	c := things
	c.Name, c.Format = "problem things", apierr.Problem{Types: "https://things.test/problems/"}
	return c
}()

const (
	validThing = `{"name":"lamp","size":3}`
	maxThing   = 64 << 10 // bytes of a body
	slowThing  = time.Second
)

// site is a server with what the kit has to know of it.
type site struct {
	contract apierr.Contract
	handler  http.Handler
	layer    wrapper // around the kit's own handlers; nil: the server has none
}

// wrapped is a server with failwell under the contract, a layer around it and
// one inside it. nil is no layer.
func wrapped(c apierr.Contract, outside, inside wrapper, opts ...middleware.Option) site {
	opts = append([]middleware.Option{
		middleware.WithLogger(nil), middleware.WithTimeout(slowThing), middleware.WithMaxBody(maxThing),
	}, opts...)
	around := chain(outside, middleware.New(c, opts...), inside)
	return site{c, around(app()), around}
}

// app are the routes of the base server.
func app() http.Handler {
	limit := ratelimit.Middleware(ratelimit.NewMemory(ratelimit.PerMinute("things", 30)), ratelimit.ByIP())
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", healthy)
	mux.Handle("GET /private", apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		if r.Header.Get("Authorization") == "" {
			return apierr.Unauthenticated
		}
		healthy(w, r)
		return nil
	}))
	mux.Handle("GET /limited", limit(http.HandlerFunc(healthy)))
	mux.Handle("POST /things", apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		if _, err := validate.JSON[thing](r); err != nil {
			return err
		}
		healthy(w, r)
		return nil
	}))
	return mux
}

type thing struct {
	Name string `json:"name" validate:"required"`
	Size int    `json:"size" validate:"gte=1"`
}

func healthy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, `{"ok":true}`)
}
