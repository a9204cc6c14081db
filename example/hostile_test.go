package main

import (
	"net/http"
	"strings"
	"testing"
)

// hostileRow is an input that is sent under all five contracts: one status, but
// a code of each contract's own.
type hostileRow struct {
	name   string
	ask    ask
	status int
	codes  [4]string // chatbase, polyai, avatarium, and standard and problem
}

var hostileRows = []hostileRow{
	{"unknown route", ask{method: "GET", path: "/nothing"}, 404,
		[4]string{"RESOURCE_NOT_FOUND", "NOT_FOUND", "not_found", "RESOURCE_NOT_FOUND"}},
	{"wrong method", ask{method: "DELETE", path: "/lab/echo"}, 405,
		[4]string{"RESOURCE_NOT_FOUND", "METHOD_NOT_ALLOWED", "method_not_allowed", "METHOD_NOT_ALLOWED"}},
	{"unknown method", ask{method: "BREW", path: "/healthz"}, 405,
		[4]string{"RESOURCE_NOT_FOUND", "METHOD_NOT_ALLOWED", "method_not_allowed", "METHOD_NOT_ALLOWED"}},
	{"bad JSON", ask{method: "POST", path: "/lab/echo", body: `{"name":`}, 400,
		[4]string{"VALIDATION_INVALID_JSON", "SCHEMA_VALIDATION_FAILED", "invalid_request", "VALIDATION_INVALID_JSON"}},
	{"duplicate names", ask{method: "POST", path: "/lab/json", body: `{"a":1,"a":2}`}, 400,
		[4]string{"VALIDATION_INVALID_JSON", "SCHEMA_VALIDATION_FAILED", "invalid_request", "VALIDATION_INVALID_JSON"}},
	{"deep JSON", ask{method: "POST", path: "/lab/json", body: strings.Repeat("[", 100_000)}, 400,
		[4]string{"VALIDATION_INVALID_JSON", "SCHEMA_VALIDATION_FAILED", "invalid_request", "VALIDATION_INVALID_JSON"}},
	{"a missing field", ask{method: "POST", path: "/lab/echo", body: `{"email":"ada@example.com"}`}, 400,
		[4]string{"VALIDATION_INVALID_BODY", "SCHEMA_VALIDATION_FAILED", "missing_parameter", "VALIDATION_INVALID_BODY"}},
	{"a field of the wrong type", ask{method: "POST", path: "/lab/echo", body: `{"name":1,"email":"ada@example.com"}`}, 400,
		[4]string{"VALIDATION_INVALID_BODY", "SCHEMA_VALIDATION_FAILED", "invalid_parameter", "VALIDATION_INVALID_BODY"}},
	{"too large", ask{method: "POST", path: "/lab/json", body: `"` + strings.Repeat("x", 1<<20) + `"`}, 413,
		[4]string{"VALIDATION_INVALID_BODY", "SCHEMA_VALIDATION_FAILED", "invalid_request", "REQUEST_BODY_TOO_LARGE"}},
	{"wrong media type", ask{method: "POST", path: "/lab/echo", body: `x`, header: http.Header{"Content-Type": {"text/plain"}}}, 415,
		[4]string{"VALIDATION_INVALID_JSON", "UNSUPPORTED_MEDIA_TYPE", "invalid_request", "UNSUPPORTED_MEDIA_TYPE"}},
	{"panic", ask{method: "PUT", path: "/lab/panic"}, 500,
		[4]string{"INTERNAL_SERVER_ERROR", "INTERNAL_SERVER_ERROR", "internal_error", "INTERNAL_SERVER_ERROR"}},
	{"http.Error", ask{method: "GET", path: "/lab/http-error"}, 500,
		[4]string{"INTERNAL_SERVER_ERROR", "INTERNAL_SERVER_ERROR", "internal_error", "INTERNAL_SERVER_ERROR"}},
	{"an unknown error", ask{method: "GET", path: "/lab/unmapped"}, 500,
		[4]string{"INTERNAL_SERVER_ERROR", "INTERNAL_SERVER_ERROR", "internal_error", "INTERNAL_SERVER_ERROR"}},
	{"stale headers", ask{method: "GET", path: "/lab/stale"}, 500,
		[4]string{"INTERNAL_SERVER_ERROR", "INTERNAL_SERVER_ERROR", "internal_error", "INTERNAL_SERVER_ERROR"}},
	{"timeout", ask{method: "GET", path: "/lab/timeout"}, 503,
		[4]string{"INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE", "service_unavailable", "SERVICE_UNAVAILABLE"}},
	{"upstream down", ask{method: "GET", path: "/lab/proxy"}, 502,
		[4]string{"INTERNAL_SERVER_ERROR", "BAD_GATEWAY", "service_unavailable", "BAD_GATEWAY"}},
	{"a status alone", ask{method: "GET", path: "/lab/hints"}, 418,
		[4]string{"HTTP_418", "HTTP_418", "HTTP_418", "HTTP_418"}},
	{"no such code", ask{method: "GET", path: "/lab/raise/NOTHING"}, 404,
		[4]string{"RESOURCE_NOT_FOUND", "NOT_FOUND", "not_found", "RESOURCE_NOT_FOUND"}},
	{"hostile IDs", ask{method: "GET", path: "/nothing", header: http.Header{
		"X-Request-Id":     {strings.Repeat("x", 8<<10)},
		"X-Correlation-Id": {"a", "b"},
	}}, 404,
		[4]string{"RESOURCE_NOT_FOUND", "NOT_FOUND", "not_found", "RESOURCE_NOT_FOUND"}},
}

func TestHostile_UnderEveryContract(t *testing.T) {
	for i, contract := range contracts {
		d := start(t, contract)
		for _, row := range hostileRows {
			t.Run(contract+" "+row.name, func(t *testing.T) {
				d.fails(t, d.do(t, row.ask), row.status, row.codes[min(i, 3)])
			})
		}
		t.Run(contract+" limit", func(t *testing.T) {
			got := d.exhaust(t, ask{method: "GET", path: "/lab/limited"}, 6)
			code := [4]string{"RATE_LIMIT_TOO_MANY_REQUESTS", "TOO_MANY_REQUESTS", "rate_limit_exceeded", "RATE_LIMIT_TOO_MANY_REQUESTS"}
			d.fails(t, got, 429, code[min(i, 3)])
		})
	}
}

// HEAD has GET's headers, and no body.
func TestHostile_Head(t *testing.T) {
	for _, contract := range contracts {
		d := start(t, contract)
		for _, path := range []string{"/nothing", "/lab/panic", "/lab/http-error", "/lab/unmapped"} {
			get := d.do(t, ask{method: "GET", path: path})
			head := d.do(t, ask{method: "HEAD", path: path})
			if head.status != get.status || head.body != "" ||
				head.header.Get("Content-Type") != get.header.Get("Content-Type") {
				t.Errorf("%s %s: %d %q %v", contract, path, head.status, head.body, head.header)
			}
		}
	}
}
