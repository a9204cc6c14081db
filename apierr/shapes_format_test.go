package apierr_test

import (
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/failwell/failwell/apierr"
)

// Stripe is a Format for https://docs.stripe.com/api/errors.
type Stripe struct{}

func (Stripe) Name() string        { return "stripe" }
func (Stripe) ContentType() string { return "application/json" }

func (Stripe) Append(dst []byte, e *apierr.Error, info apierr.Info) ([]byte, error) {
	var body struct {
		Error struct {
			Code    string `json:"code"`
			DocURL  string `json:"doc_url,omitzero"`
			Message string `json:"message"`
			Param   string `json:"param,omitzero"`
			LogURL  string `json:"request_log_url,omitzero"`
			Type    string `json:"type"`
		} `json:"error"`
	}
	s := &body.Error
	s.Code, s.Message, s.Type = e.Code, e.Message, "invalid_request_error"
	s.DocURL = strings.ReplaceAll(info.DocURL, "_", "-") // as Stripe's pages are named
	if len(e.Violations) > 0 {
		s.Param, s.Message = e.Violations[0].Path, e.Violations[0].Message
	}
	if e.Status >= 500 {
		s.Type = "api_error"
	}
	if info.RequestID != "" {
		s.LogURL = "https://dashboard.stripe.com/test/logs/" + info.RequestID
	}
	b, err := json.Marshal(body)
	return append(dst, b...), err
}

var stripe = shape{
	name: "Stripe", source: "https://docs.stripe.com/api/errors",
	c: apierr.Contract{Format: Stripe{}, DocURL: "https://stripe.com/docs/error-codes/"},
	bodies: []exact{
		{(&apierr.Error{Code: "parameter_missing", Status: 400}).WithViolations(field("amount", "required", "Missing required param: amount.")),
			`{"error":{"code":"parameter_missing","doc_url":"https://stripe.com/docs/error-codes/parameter-missing","message":"Missing required param: amount.",` +
				`"param":"amount","request_log_url":"https://dashboard.stripe.com/test/logs/req-1","type":"invalid_request_error"}}`},
		{&apierr.Error{Code: "api_error", Status: 500, Message: "Try again."},
			`{"error":{"code":"api_error","doc_url":"https://stripe.com/docs/error-codes/api-error","message":"Try again.",` +
				`"request_log_url":"https://dashboard.stripe.com/test/logs/req-1","type":"api_error"}}`},
	},
}

// JSONAPI is in the example of [apierr.Format].
var jsonAPI = shape{
	name: "JSON:API", source: "https://jsonapi.org/format/#errors",
	c: apierr.Contract{Format: JSONAPI{}},
	bodies: []exact{
		{&apierr.Error{Code: "GONE", Status: 410, Message: "The article is gone"},
			`{"errors":[{"status":"410","code":"GONE","title":"The article is gone"}]}`},
		{apierr.InvalidBody.WithViolations(
			field("data.attributes.title", "required", "Required"), field("$", "type", "Must be an object"),
			apierr.Violation{In: "query", Path: "page[limit]", Rule: "max", Message: "Must be at most 100"},
			apierr.Violation{In: "header", Path: "X-Api-Version", Rule: "required", Message: "Required"}),
			`{"errors":[{"status":"400","code":"VALIDATION_INVALID_BODY","title":"Invalid request","detail":"Required","source":{"pointer":"/data/attributes/title"}},` +
				`{"status":"400","code":"VALIDATION_INVALID_BODY","title":"Invalid request","detail":"Must be an object","source":{"pointer":""}},` +
				`{"status":"400","code":"VALIDATION_INVALID_BODY","title":"Invalid request","detail":"Must be at most 100","source":{"parameter":"page[limit]"}},` +
				`{"status":"400","code":"VALIDATION_INVALID_BODY","title":"Invalid request","detail":"Required","source":{"header":"X-Api-Version"}}]}`},
	},
}

// Cloudflare is a Format for https://developers.cloudflare.com/api/.
type Cloudflare struct{}

func (Cloudflare) Name() string        { return "cloudflare" }
func (Cloudflare) ContentType() string { return "application/json" }

func (Cloudflare) Append(dst []byte, e *apierr.Error, info apierr.Info) ([]byte, error) {
	type item struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
		DocURL  string `json:"documentation_url,omitzero"`
		Source  struct {
			Pointer string `json:"pointer"`
		} `json:"source,omitzero"`
	}
	list := []item{{Code: e.ID, Message: e.Message, DocURL: info.DocURL}}
	for i, v := range e.Violations {
		if i > 0 {
			list = append(list, list[0])
		}
		list[i].Message, list[i].Source.Pointer = v.Message, v.Pointer()
	}
	b, err := json.Marshal(struct {
		Success  bool    `json:"success"`
		Errors   []item  `json:"errors"`
		Messages []item  `json:"messages"`
		Result   *string `json:"result"`
	}{Errors: list})
	return append(dst, b...), err
}

var cloudflare = shape{
	name: "Cloudflare", source: "https://developers.cloudflare.com/api/",
	c: apierr.Contract{Format: Cloudflare{}},
	bodies: []exact{
		{&apierr.Error{Code: "NO_ROUTE", ID: 7003, Status: 404, Message: "No route for the URI"},
			`{"success":false,"errors":[{"code":7003,"message":"No route for the URI"}],"messages":[],"result":null}`},
		{(&apierr.Error{Code: "INVALID", ID: 1004, Status: 400}).WithViolations(field("name", "required", "Required"), field("ttl", "min", "Too small")),
			`{"success":false,"errors":[{"code":1004,"message":"Required","source":{"pointer":"/name"}},` +
				`{"code":1004,"message":"Too small","source":{"pointer":"/ttl"}}],"messages":[],"result":null}`},
	},
}
