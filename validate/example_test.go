package validate_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/go-playground/validator/v10"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate"
)

type Order struct {
	Email    string            `json:"email" validate:"required,email"`
	Password string            `json:"password" validate:"required,min=8"`
	Confirm  string            `json:"confirm" validate:"eqfield=Password"`
	Items    []OrderItem       `json:"items" validate:"min=1,dive"`
	Labels   map[string]string `json:"labels" validate:"dive,max=10"`
}

type OrderItem struct {
	SKU      string `json:"sku" validate:"required"`
	Quantity int    `json:"quantity" validate:"min=1"`
	Size     string `json:"size" validate:"oneof=S M L"`
}

// answer sends a request to a handler and prints what comes back.
func answer(h http.Handler, r *http.Request) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body := jsontext.Value(w.Body.Bytes())
	_ = body.Indent(jsontext.WithIndent("  "))
	fmt.Println(w.Code)
	fmt.Println(string(body))
}

// A request with seven things wrong, and the one answer to it.
func Example() {
	handler := apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		order, err := validate.JSON[Order](r)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(w, "thank you,", order.Email)
		return err
	})

	r := httptest.NewRequest("POST", "/orders", strings.NewReader(`{
		"email": "ada",
		"password": "lovelace",
		"confirm": "lovelance",
		"items": [
			{"sku": "A-1", "quantity": "two", "size": "L"},
			{"quantity": 1, "size": "XL"}
		],
		"labels": {"gift.note": "With all my love"},
		"coupon": "SPRING"
	}`))
	r.Header.Set("Content-Type", "application/json")
	answer(handler, r)
	// Output:
	// 400
	// {
	//   "error": {
	//     "code": "VALIDATION_INVALID_BODY",
	//     "message": "Invalid request",
	//     "details": {
	//       "email": "Invalid email address",
	//       "confirm": "Must match password",
	//       "items[0].quantity": "Expected integer, received string",
	//       "items[1].size": "Must be one of \"S\", \"M\", \"L\"",
	//       "items[1].sku": "Required",
	//       "labels[\"gift.note\"]": "Must be at most 10 characters",
	//       "coupon": "Unrecognized field"
	//     }
	//   }
	// }
}

// show prints what is wrong, as a handler could read it.
func show(err error) {
	var e *apierr.Error
	if !errors.As(err, &e) {
		fmt.Println(err)
		return
	}
	fmt.Println(e.Code+":", e.Message)
	for _, v := range e.Violations {
		fmt.Printf("  %s: %s (%s)\n", v.Path, v.Message, v.Rule)
	}
}

func ExampleJSON() {
	type Message struct {
		Text string `json:"text" validate:"required,max=10000"`
	}
	for _, body := range []string{`{"text":"hello"}`, `{}`, `{"text":`} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		in, err := validate.JSON[Message](r)
		if err != nil {
			show(err)
			continue
		}
		fmt.Println(in.Text)
	}
	// Output:
	// hello
	// VALIDATION_INVALID_BODY: Invalid request
	//   text: Required (required)
	// VALIDATION_INVALID_JSON: Invalid JSON: unexpected end at line 1, column 9
}

func ExampleQuery() {
	type Page struct {
		Limit int      `query:"limit" validate:"omitempty,max=100"`
		Tags  []string `query:"tag" validate:"dive,min=2"`
	}
	_, err := validate.Query[Page](httptest.NewRequest("GET", "/?limit=many&tag=go&tag=x", nil))
	show(err)
	// Output:
	// VALIDATION_INVALID_PARAMETER: Invalid parameter
	//   limit: Expected integer, received string (type)
	//   tag[1]: Must be at least 2 characters (min)
}

func ExamplePath() {
	type Params struct {
		AgentID string `path:"agentId" validate:"required,uuid"`
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /agents/{agentId}", func(_ http.ResponseWriter, r *http.Request) {
		_, err := validate.Path[Params](r)
		show(err)
	})
	mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/agents/007", nil))
	// Output:
	// VALIDATION_INVALID_PARAMETER: Invalid parameter
	//   agentId: Invalid UUID (uuid)
}

// A PATCH distinguishes missing, null and set.
func ExampleOptional() {
	type Patch struct {
		Name  validate.Optional[string] `json:"name" validate:"omitempty,min=1,dive,min=2"`
		Email validate.Optional[string] `json:"email" validate:"omitempty,dive,email"`
		Phone validate.Optional[string] `json:"phone" validate:"omitempty,dive,e164"`
	}
	patch := func(body string) (Patch, error) {
		r := httptest.NewRequest("PATCH", "/users/1", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/merge-patch+json")
		return validate.JSON[Patch](r)
	}

	in, _ := patch(`{"name": "Ada", "phone": null}`)
	name, _ := in.Name.Get()
	fmt.Println("name:", name)
	fmt.Println("email missing:", in.Email.Missing())
	fmt.Println("phone null:", in.Phone.Null())

	_, err := patch(`{"name": null, "email": "ada"}`)
	show(err)
	// Output:
	// name: Ada
	// email missing: true
	// phone null: true
	// VALIDATION_INVALID_BODY: Invalid request
	//   name: Expected string, received null (type)
	//   email: Invalid email address (email)
}

// Custom tags, aliases and struct-level rules come with the program's own
// validator.
func ExampleNew() {
	v := validator.New(validator.WithRequiredStructEnabled())
	_ = v.RegisterValidation("even", func(f validator.FieldLevel) bool { return f.Field().Int()%2 == 0 })
	rules := validate.New(v, validate.WithMessages(map[string]string{"even": "Must be even"}))

	type Pair struct {
		Shoes int `json:"shoes" validate:"even"`
	}
	if err := validate.Check[Pair](rules); err != nil {
		panic(err)
	}
	show(validate.Struct(context.Background(), Pair{Shoes: 3}, rules))
	// Output:
	// VALIDATION_INVALID_BODY: Invalid request
	//   shoes: Must be even (even)
}

func ExampleCheck() {
	type Broken struct {
		Name string `json:"name" validate:"requird"`
		Age  int    `json:"age" validate:"min=old"`
		Peer string `json:"peer" validate:"eqfield=Pear"`
	}
	fmt.Println(validate.Check[Broken]())
	// Output:
	// validate: validate_test.Broken.Name: tag "requird": Undefined validation function 'requird' on field ''
	// validate: validate_test.Broken.Age: tag "min=old": strconv.ParseInt: parsing "old": invalid syntax
	// validate: validate_test.Broken.Peer: tag "eqfield=Pear": there is no field Pear
}

// FromError fits middleware.WithErrorMapper; where the value is at hand, FromStruct
// gives every path in full.
func ExampleFromError() {
	type User struct {
		Tags map[string]string `json:"tags" validate:"dive,required"`
	}
	user := User{Tags: map[string]string{"a.b": ""}}
	err := validator.New().Struct(user)

	show(validate.FromError(context.Background(), err))
	show(validate.FromStruct(err, user))
	fmt.Println(validate.FromError(context.Background(), errors.New("another")) == nil)
	// Output:
	// VALIDATION_INVALID_BODY: Invalid request
	//   $: Required (required)
	// VALIDATION_INVALID_BODY: Invalid request
	//   tags["a.b"]: Required (required)
	// true
}
