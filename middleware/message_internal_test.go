package middleware

import (
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net"
	"net/http"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-playground/validator/v10"
	"github.com/stretchr/testify/require"
)

// invoice has names that no client is to read.
type invoice struct {
	ID   int `json:"id" validate:"required"`
	Base struct{ N int8 }
}

// textOf returns the text of an error as Go makes it.
func textOf(t *testing.T, err error) string {
	t.Helper()
	require.Error(t, err)
	return err.Error()
}

func recovered(f func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	f()
	return ""
}

// What Go itself makes of a failure is for the log. The texts are made by the
// packages that make them.
func TestGoErrorsAreNoMessages(t *testing.T) {
	var in invoice
	var nilMap map[string]int
	var none *invoice
	var what any = "x"
	_, numberErr := strconv.Atoi("12x")
	_, rangeErr := strconv.ParseInt("999999999999999999999", 10, 64)
	_, fileErr := os.Open("/etc/app/secret.yaml")
	_, relativeErr := os.ReadFile("conf/secret.yaml")
	_, dialErr := net.DialTimeout("tcp", "127.0.0.1:1", time.Second)
	_, unixErr := net.Dial("unix", "/run/secret.sock")
	_, getErr := http.Get("http://127.0.0.1:1/secret")
	_, schemeErr := http.Get("ftp://x")
	badURL := strings.Join([]string{"http://", "[secret"}, "")
	_, urlErr := url.Parse(badURL)
	_, escapeErr := url.QueryUnescape("%zz")
	_, timeErr := time.Parse(time.RFC3339, "yesterday")
	_, durationErr := time.ParseDuration("10")
	_, unitErr := time.ParseDuration("10x")
	_, mailErr := mail.ParseAddress("x")
	_, addrErr := netip.ParseAddr("1.2.3")
	_, prefixErr := netip.ParsePrefix("1.2.3.4")
	_, _, cidrErr := net.ParseCIDR("x")
	_, _, portErr := net.SplitHostPort("db")
	_, hexErr := hex.DecodeString("zz")
	_, base64Err := base64.StdEncoding.DecodeString("***")
	tooLargeErr := &http.MaxBytesError{Limit: 3}
	for name, text := range map[string]string{
		"json, a type":        textOf(t, json.Unmarshal([]byte(`{"id":"x"}`), &in)),
		"json, a nested type": textOf(t, json.Unmarshal([]byte(`{"Base":{"N":300}}`), &in)),
		"json, syntax":        textOf(t, json.Unmarshal([]byte(`{x`), &in)),
		"json, in a string":   textOf(t, json.Unmarshal([]byte("{\"a\":\"\n\"}"), &in)),
		"json, after a key":   textOf(t, json.Unmarshal([]byte(`{"a" 1}`), &in)),
		"json, after a value": textOf(t, json.Unmarshal([]byte(`{} {}`), &in)),
		"json, the end":       textOf(t, json.Unmarshal([]byte(`{`), &in)),
		"json, unknown": textOf(t, func() error {
			d := json.NewDecoder(strings.NewReader(`{"y":1}`))
			d.DisallowUnknownFields()
			return d.Decode(&in)
		}()),
		"json v2, a type":        textOf(t, jsonv2.Unmarshal([]byte(`{"id":"x"}`), &in)),
		"json v2, syntax":        textOf(t, jsonv2.Unmarshal([]byte(`{x`), &in)),
		"xml":                    textOf(t, xml.Unmarshal([]byte("<a>"), &in)),
		"validator":              textOf(t, validator.New().Struct(&in)),
		"strconv":                textOf(t, numberErr),
		"strconv, range":         textOf(t, rangeErr),
		"strconv, wrapped":       textOf(t, fmt.Errorf("bad id: %w", numberErr)),
		"time":                   textOf(t, timeErr),
		"time, a duration":       textOf(t, durationErr),
		"time, a unit":           textOf(t, fmt.Errorf("ttl: %w", unitErr)),
		"net/mail":               textOf(t, mailErr),
		"net/netip":              textOf(t, addrErr),
		"net/netip, a prefix":    textOf(t, prefixErr),
		"net, a CIDR":            textOf(t, cidrErr),
		"net, a port":            textOf(t, portErr),
		"hex":                    textOf(t, hexErr),
		"base64":                 textOf(t, base64Err),
		"net/url":                textOf(t, urlErr),
		"net/url, an escape":     textOf(t, escapeErr),
		"os":                     textOf(t, fileErr),
		"os, a relative path":    textOf(t, relativeErr),
		"os, wrapped":            textOf(t, fmt.Errorf("loading: %w", fileErr)),
		"net":                    textOf(t, dialErr),
		"net, a socket":          textOf(t, unixErr),
		"net, a read":            textOf(t, &net.OpError{Op: "read", Net: "tcp", Source: &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 80}, Addr: &net.TCPAddr{IP: net.IPv4(10, 0, 0, 2), Port: 99}, Err: os.ErrDeadlineExceeded}),
		"net, a resolver":        textOf(t, &net.DNSError{Err: "no such host", Name: "db.internal", Server: "10.0.0.2:53", IsNotFound: true}),
		"http client":            textOf(t, getErr),
		"http client, a scheme":  textOf(t, schemeErr),
		"http, a body":           textOf(t, tooLargeErr),
		"http, a cookie":         textOf(t, http.ErrNoCookie),
		"http, the handler":      textOf(t, http.ErrHandlerTimeout),
		"sql, no rows":           textOf(t, sql.ErrNoRows),
		"sql, wrapped":           textOf(t, fmt.Errorf("user: %w", sql.ErrNoRows)),
		"sql, done":              textOf(t, sql.ErrTxDone),
		"context, canceled":      "context canceled",
		"context, deadline":      "query: context deadline exceeded",
		"io, the end":            "EOF",
		"io, the end, wrapped":   "reading body: EOF",
		"io, an early end":       "unexpected EOF",
		"a nil map":              recovered(func() { nilMap["x"] = 1 }),
		"a nil pointer":          recovered(func() { _ = none.ID }),
		"an index":               recovered(func() { _ = []int{}[len(os.Args)] }),
		"a type assertion":       recovered(func() { _ = what.(int) }),
		"a stack":                string(debug.Stack()),
		"a goroutine":            "goroutine 7 [running]",
		"a file":                 "failed at /home/app/users/store.go:42",
		"a file without a line":  "see internal/store.go",
		"a type":                 "unexpected *store.User",
		"a value":                fmt.Sprintf("bad user %p", &in),
		"a map":                  "cannot use map[string]int",
		"a slice":                "cannot use []byte",
		"a format":               "bad %!d(string=x)",
		"a format, an argument":  "bad %!s(MISSING)",
		"main":                   "main.handler failed",
		"PostgreSQL":             `pq: duplicate key value violates unique constraint "users_email_key"`,
		"PostgreSQL, pgx":        `ERROR: duplicate key value violates unique constraint "users_email_key" (SQLSTATE 23505)`,
		"PostgreSQL, a password": `FATAL: password authentication failed for user "app"`,
		"PostgreSQL, pgconn":     "saving: pgconn: conn closed",
		"a URL with a password":  "cannot reach postgres://app:secret@db:5432/app",
		"YAML":                   "yaml: line 3: mapping values are not allowed in this context",
		"TOML":                   "toml: line 1: expected a value",
		"protobuf":               `proto: (line 1:2): unknown field "a"`,
		"BSON":                   "bson: invalid length",
		"gorilla/schema":         `schema: error converting value for "id"`,
		"a signal":               "signal: killed",
		"MySQL":                  "Error 1045 (28000): Access denied for user 'app'@'10.0.0.1'",
		"MySQL, an older driver": "Error 1062: Duplicate entry 'x' for key 'users.email'",
		"SQLite":                 "UNIQUE constraint failed: users.email",
		"Redis":                  "WRONGTYPE Operation against a key holding the wrong kind of value",
		"MongoDB":                "E11000 duplicate key error collection: app.users",
		"gRPC":                   "rpc error: code = Unavailable desc = connection error",
		"HTTP/2":                 "stream error: stream ID 1; CANCEL",
		"TLS":                    "tls: failed to verify certificate",
		"x509":                   "x509: certificate signed by unknown authority",
		"a process":              "exit status 1",
		"ours":                   "middleware: the handler has returned",
	} {
		require.False(t, isMessage(400, strings.TrimSpace(text)), "%s: %s", name, text)
		if name != "a stack" {
			require.True(t, isGoError(text), "%s: %s", name, text)
		}
	}
}

// What handlers say to their clients is a message, also in words that Go uses.
func TestMessagesThatAreKept(t *testing.T) {
	for _, text := range []string{
		"no such user", "No such user.", "user 42 does not exist", "permission denied", "value out of range", "invalid syntax in filter",
		"invalid character in name", "file already exists", "is a directory", "time: must be in the future", "url: is required", "schema: missing",
		"the index is out of date", "context is required", "name: too long, at most 50 characters", "email: must be an address", "price < 10",
		"a -> b is not allowed", "5 > 3", "a & b", "AT&T; and others", "read the docs", "write access is denied", "open orders cannot be deleted", "Get a quote first",
		"goroutines are not for sale", "Größe fehlt", "大きすぎます", "😀", "'quoted' and \"quoted\"", `back\slash`, "50% off", "100%", "panic button is disabled",
		"lookup failed", "the map is full", "go to /login", "see https://example.com/docs/errors", "invalid range: failed to overlap", "template is required", "duplicate email",
		"a*b", "2*x is too large", "function name missing", "error: bad colour",
		"{name} is required", "[name] is required", "time: unknown zone", "mail: is required", "address is missing", "see https://example.com/a:b@c", "mailto:someone@example.com is not allowed",
	} {
		require.True(t, isMessage(400, text), text)
	}
}

// Boilerplate says less than the declared message.
func TestBoilerplate(t *testing.T) {
	for status, texts := range map[int][]string{
		400: {"Bad Request", "bad request", "BAD REQUEST.", "400 Bad Request", "400: Bad Request", "400", "Error", "", " "},
		404: {"404 page not found", "Not Found", "not found", "404 Not Found", "page not found", "404 - Not Found", "404"},
		405: {"Method Not Allowed", "405 method not allowed", "method not allowed", "405"},
		418: {"I'm a teapot"},
		422: {"Unprocessable Entity"},
		429: {"Too Many Requests", "too many requests."},
	} {
		for _, text := range texts {
			require.True(t, isBoilerplate(status, text), text)
			require.False(t, isMessage(status, text), text)
		}
	}
	for status, text := range map[int]string{400: "Not Found", 404: "405 is a nice number", 409: "Bad Request"} {
		require.False(t, isBoilerplate(status, text), text)
	}
}

// Neither JSON nor markup is a message.
func TestFormsThatAreNoMessages(t *testing.T) {
	for _, text := range []string{
		`{"error":"no such user"}`, ` {"a":1} `, `["no such user"]`, `{}`, `[]`, "{}\n{}", `"no such user"`, `42`, `null`, `{"error":"no`, `{"a":`, `{ "a`, `[{"a":1},`, `["a`, `[[1`,
		"<p>no such user</p>", "no <b>such</b> user", "<!-- x -->", "<?xml?>", "<br/>", "</p>", "a<script>", "&lt;p&gt;", "&#39;", "&#x27;", "&amp;",
		"one\ntwo", "one\rtwo", "one\ttwo", "a\x00b", "a\x1b[31m", "a\u2028b", "a\u202eb", "a\u200bb", "a\xff", strings.Repeat("x", 257),
	} {
		require.False(t, isMessage(400, strings.TrimSpace(text)), "%q", text)
	}
}
