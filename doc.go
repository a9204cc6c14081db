// Package failwell is the tour of a library that makes any HTTP server fail
// well: every failure of an API is one typed value, answered in one declared
// form. The package has no code.
//
// A Go server fails in a dozen dialects: the text of http.Error, ServeMux's
// plain 404 and 405, an empty reply after a panic, TimeoutHandler's HTML, the
// Go names in a validator's messages, a limiter's bare 429. Clients cannot
// program against these answers, and support cannot find them again. failwell
// wraps the handlers that exist and gives all their failures one form.
//
// # The packages
//
//   - [github.com/failwell/failwell/apierr]: the Error; the Contract, which
//     declares how errors are answered; the Format of their bodies; and Write,
//     where every failure ends
//   - [github.com/failwell/failwell/apierr/contracts/chatbase],
//     [github.com/failwell/failwell/apierr/contracts/polyai] and
//     [github.com/failwell/failwell/apierr/contracts/avatarium]: three
//     published contracts
//   - [github.com/failwell/failwell/apierr/reference]: the page of a contract, in
//     HTML and Markdown; the contract as JSON, OpenAPI and TypeScript; and what
//     changes between two contracts. The command
//     [github.com/failwell/failwell/apierr/cmd/failwell] does the same over
//     contract documents;
//     [github.com/failwell/failwell/apierr/reference/published] has what the
//     pages of the published contracts say besides them
//   - [github.com/failwell/failwell/apierr/client]: failures of an API as the
//     errors of its contract, streams to their true end, and retries
//   - [github.com/failwell/failwell/apierr/conformance]: checks that a server, in
//     any language, keeps its contract: in go test, or at a URL
//   - [github.com/failwell/failwell/middleware]: New, the outermost layer: IDs,
//     recovery, interception, deadlines, the body limit, one log record
//   - [github.com/failwell/failwell/middleware/recent]: the last failures of a
//     process, by request ID, with their causes and stacks
//   - [github.com/failwell/failwell/middleware/telemetry]: its requests as
//     OpenTelemetry metrics, spans and log records of exceptions
//   - [github.com/failwell/failwell/middleware/middlewaretest]: the error that a
//     handler answers with, in one line of a test
//   - [github.com/failwell/failwell/validate]: decodes a request into a struct,
//     or returns one Error with everything that is wrong with it
//   - [github.com/failwell/failwell/ratelimit]: limits and quotas, and the 429;
//     [github.com/failwell/failwell/ratelimit/clientip] finds whom a request is
//     charged to behind proxies,
//     [github.com/failwell/failwell/ratelimit/redislimit] shares limits between
//     machines, and [github.com/failwell/failwell/ratelimit/limittest] checks
//     other limiters
//
// middleware, validate and ratelimit do not import each other: each is useful
// alone, and apierr is all they share. A handler's package imports apierr and
// validate, never middleware.
//
// # The way of a request
//
// middleware.New begins an exchange for the request: it makes the IDs, wraps
// the writer and defers one recover. The handler runs. However it fails (it
// returns an error, panics, calls http.Error, outlives its deadline, reads past
// the body limit, is refused by a limiter), the failure ends in apierr.Write.
// Write resolves the failure to one Error, the contract maps it, and the Format
// encodes it into memory; only then is the response touched. If the response
// has begun, an event stream gets one last event, a stream of JSON lines one
// last line, and anything else is aborted, so that the client sees that the
// body is incomplete.
//
// # Choices
//
// A contract is a value. middleware.New compiles it once: checks, copies and
// indexes it. Write and the layer above it speak through one interface in the
// request's context. The interface is internal to the module, since an
// interface that users may implement can never grow.
//
// The ID headers are set when the response is committed, and not on entry. So
// each is there exactly once, whatever a proxy or a handler has put into the
// header.
//
// Package validate evaluates the plain rules of go-playground/validator itself,
// one value at a time, and asks validator about the others, one value at a time:
// validator's own traversal cannot be stopped, and costs up to a kilobyte for
// each broken rule. A fuzz target compares the two. It also decodes parameters
// itself, since go-playground/form takes quadratic time for names with many
// brackets.
//
// # Dependencies
//
//	module                      for                     why this one
//	go-playground/validator/v10 rules on structs        Go servers tag their structs for it already
//	go-playground/              translated messages     validator's translations are written for these
//	  universal-translator,
//	  locales
//	gabriel-vasile/mimetype     types of file parts     finds the type of a file from its bytes; a dependency of validator
//	golang.org/x/text           Accept-Language         matches languages, RFC 4647; a dependency of validator
//	google/uuid                 request IDs             the standard answer
//	go-json-experiment/json     decoding and quoting    the mirror of encoding/json/v2: on Go 1.27 the standard library's own,
//	                                                    on 1.26 the same code. Rejects duplicate names and invalid UTF-8,
//	                                                    reports JSON Pointers
//	google/jsonschema-go        schemas of details      makes a JSON Schema from a struct and validates by it; kept by Google and the
//	                                                    Go MCP SDK; needs nothing but the standard library
//	chromedp/chromedp,          tests of the pages      drive a real browser, parse what it parses, parse what forges parse; only in
//	  x/net/html, goldmark                              example/browser's go.mod
//	getkin/kin-openapi          tests of OpenAPI       reads and checks OpenAPI 3.1, also its examples; only in example/openapi's
//	                                                    go.mod
//	hashicorp/go-retryablehttp, comparison              the clients that retry which most programs use; only in the go.mod of
//	  go-resty/resty                                    apierr/client/compare
//	stretchr/testify            tests                   Go tests are usually written with it
//	go.opentelemetry.io/otel    metrics and traces      the standard; its API in middleware/telemetry's go.mod, and its SDK and
//	                                                    otelhttp there for tests
//	otel/exporters/prometheus,  the example's metrics   OpenTelemetry's own exporter for Prometheus and what it exports with; only in
//	  prometheus/client_golang                          example's go.mod
//	redis/go-redis/v9           the shared limiter      Redis is where teams share limits already; only in redislimit's go.mod
//
// Go 1.26 is the oldest supported version, since validator needs it. The newest
// is tested too.
package failwell
