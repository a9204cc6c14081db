package conformance_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr/conformance"
	"github.com/failwell/failwell/middleware"
)

// variant is a server that does something in another way than the library, and
// nothing wrong.
type variant struct {
	name string
	site site
}

// failures are the responses to failures that can still be changed whole.
var failures = when(func(_ *http.Request, status int, _ http.Header) bool { return status >= 400 })

// variants are all of them, one line each.
func variants() []variant {
	field := func(change func(http.Header)) site { return outside(fields(failures, change)) }
	body := func(change func(*reply)) wrapper {
		length := fields(failures.and(to("HEAD")), func(h http.Header) { h.Del("Content-Length") }) // that of GET is another
		return chain(length, edit(failures.and(not(to("HEAD"))), change))
	}
	bodies := func(change func(*reply)) site { return outside(body(change)) }
	return []variant{
		// Bodies.
		{"members in another order", bodies(func(p *reply) { p.remarshal(json.Marshal) })},
		{"white space in the JSON", bodies(func(p *reply) { p.remarshal(indented) })},
		{"a line break at the end", bodies(func(p *reply) { p.add("\n") })},
		{"characters as escapes", bodies(func(p *reply) { p.set(bytes.ReplaceAll(p.body, []byte("e"), []byte(`\u0065`))) })},
		{"another message", bodies(func(p *reply) { p.replace(`"message":"`, `"message":"Sorry. `) })},
		{"a message beyond ASCII", bodies(func(p *reply) { p.replace(`"message":"`, `"message":"残念 🙈 `) })},
		{"a message with quotes and angle brackets", bodies(func(p *reply) { p.replace(`"message":"`, `"message":"\"<b>\" `) })},
		{"details where the library has none", bodies(func(p *reply) {
			if !bytes.Contains(p.body, []byte(`"details"`)) {
				p.replace(`"request_id"`, `"details":{"hint":null,"list":[]},"request_id"`)
			}
		})},
		{"extension members of a problem", outsideOf(problemThings, body(func(p *reply) {
			p.replace(`"status"`, `"balance":30,"accounts":["/1","/2"],"status"`)
		}))},

		// Framing.
		{"chunks", field(func(h http.Header) { h.Del("Content-Length") })},
		{"no length and a connection that closes, as HTTP/1.0 has it", outside(takesOver(at("/conformance-").and(to("GET")), false, withoutLength))},
		{"header names in lower case", outside(takesOver(at("/conformance-").and(to("GET")), false, lowerCase))},
		{"white space around field values", outside(takesOver(at("/conformance-").and(to("GET")), false, spaced))},
		{"every connection is closed", outside(fields(failures.and(not(overHTTP2)), func(h http.Header) { h.Set("Connection", "close") }))},
		{"an informational response before", outside(hints)},
		{"a trailer", field(func(h http.Header) {
			h.Del("Content-Length")
			h.Set(http.TrailerPrefix+"Server-Timing", "total;dur=1")
		})},

		// Fields.
		{"one more field", field(func(h http.Header) { h.Set("X-Powered-By", "steam") })},
		{"the charset of the type", field(func(h http.Header) { h.Set("Content-Type", h.Get("Content-Type")+"; charset=utf-8") })},
		{"the type in another case", field(func(h http.Header) { h.Set("Content-Type", "Application/JSON;Charset=UTF-8") })},
		{"no Cache-Control", field(func(h http.Header) { h.Del("Cache-Control") })},
		{"another Cache-Control", field(func(h http.Header) { h.Set("Cache-Control", "private, max-age=0, must-revalidate") })},
		{"no Date", field(func(h http.Header) { h["Date"] = nil })},
		{"Vary: *", field(func(h http.Header) { h.Set("Vary", "*") })},
		{"Allow in two lines and another order", outside(fields(wrongMethod, func(h http.Header) { h["Allow"] = []string{"OPTIONS , HEAD", "GET"} }))},
		{"two challenges", outside(fields(status(401), func(h http.Header) {
			h["Www-Authenticate"] = []string{`Basic realm="a, b", charset="UTF-8"`, "Negotiate"}
		}))},
		{"a longer Retry-After", outside(fields(status(429), func(h http.Header) { h.Set("Retry-After", "6") }))},
		{"Retry-After as a date", outside(fields(status(429), func(h http.Header) {
			h.Set("Retry-After", time.Now().Add(7*time.Second).UTC().Format(http.TimeFormat))
		}))},
		{"no RateLimit fields", outside(fields(at("/limited"), func(h http.Header) { h.Del("RateLimit"); h.Del("RateLimit-Policy") }))},
		{"RateLimit fields as the drafts before had them", outside(fields(at("/limited"), func(h http.Header) {
			h.Set("RateLimit", "limit=100, remaining=50, reset=5")
			h.Set("RateLimit-Policy", "100;w=60")
		}))},
		{"Retry-After where nothing asks for it", field(func(h http.Header) {
			h.Set("Retry-After", "120")
			h.Add("Access-Control-Expose-Headers", "retry-after")
		})},
		{"exposed headers by a star", field(func(h http.Header) { h.Set("Access-Control-Expose-Headers", "*") })},
		{"no length to HEAD", outside(fields(to("HEAD"), func(h http.Header) { h.Del("Content-Length") }))},

		// IDs, times and choices.
		{"IDs of another form", inside(nil, middleware.WithRequestID(counted()))},
		{"a slow server", outside(slowly)},
		{"404 for a wrong method", plainSite(func(p *plain) {
			p.fail = func(w http.ResponseWriter, r *http.Request, status int, code, message string) {
				if status == 405 {
					w.Header().Del("Allow")
					status, code = 404, "RESOURCE_NOT_FOUND"
				}
				plainFail(w, r, status, code, message)
			}
		})},
		{"415 for an empty body", plainSite(func(p *plain) {
			p.read = func(w http.ResponseWriter, r *http.Request) (int, string) {
				if r.ContentLength == 0 {
					return 415, "UNSUPPORTED_MEDIA_TYPE"
				}
				return plainRead(w, r)
			}
		})},
		{"422 for a wrong type", plainSite(func(p *plain) {
			p.read = func(w http.ResponseWriter, r *http.Request) (int, string) {
				status, code := plainRead(w, r)
				if code == "VALIDATION_INVALID_BODY" {
					return 422, "UNPROCESSABLE_CONTENT"
				}
				return status, code
			}
		})},
		{"JSON of any type is accepted", plainSite(func(p *plain) {
			p.read = func(w http.ResponseWriter, r *http.Request) (int, string) {
				r.Header.Set("Content-Type", "application/json")
				return plainRead(w, r)
			}
		})},
		{"a body of any kind is accepted", plainSite(func(p *plain) {
			p.read = func(w http.ResponseWriter, r *http.Request) (int, string) { return 200, "" }
		})},
	}
}

// remarshal encodes the body anew.
func (p *reply) remarshal(marshal func(any) ([]byte, error)) {
	var v any
	if json.Unmarshal(p.body, &v) != nil {
		return
	}
	if b, err := marshal(v); err == nil {
		p.set(b)
	}
}

func indented(v any) ([]byte, error) { return json.MarshalIndent(v, "", "\t") }

// headerLines divides the head of a response.
func headerLines(head []byte) []string {
	return strings.Split(strings.TrimSuffix(string(head), "\r\n\r\n"), "\r\n")
}

func joined(lines []string, body []byte) []byte {
	return append([]byte(strings.Join(lines, "\r\n")+"\r\n\r\n"), body...)
}

func withoutLength(head, body []byte) []byte {
	return joined(slices.DeleteFunc(headerLines(head), func(line string) bool { return strings.HasPrefix(line, "Content-Length:") }), body)
}

func lowerCase(head, body []byte) []byte {
	lines := headerLines(head)
	for i, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ":")
		lines[i+1] = strings.ToLower(name) + ":" + value
	}
	return joined(lines, body)
}

func spaced(head, body []byte) []byte {
	lines := headerLines(head)
	for i, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ":")
		lines[i+1] = name + ":\t " + value + " \t"
	}
	return joined(lines, body)
}

// hints sends 103 (Early Hints) before each response.
func hints(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		before := maps.Clone(w.Header())
		w.Header().Set("Link", "</style.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		clear(w.Header())
		maps.Copy(w.Header(), before)
		next.ServeHTTP(w, r)
	})
}

// counted makes IDs that are numbers.
func counted() func(*http.Request) string {
	var n atomic.Uint64
	return func(*http.Request) string { return "req_" + strconv.FormatUint(1_000_000+n.Add(1), 36) }
}

// slowly takes its time for each request.
func slowly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(20 * time.Millisecond)
		next.ServeHTTP(w, r)
	})
}

// about names the scenario that a variant is about, of those that are left out
// of the others.
var about = map[string]string{
	"a longer Retry-After": "limited/", "Retry-After as a date": "limited/", "no RateLimit fields": "limited/",
	"RateLimit fields as the drafts before had them": "limited/", "chunks": "concurrent/", "IDs of another form": "concurrent/",
	"a slow server": "slow/",
}

// No check that is a MUST fails for what is only another way. With -short, one
// variant in six is tried.
func TestHarmless(t *testing.T) {
	t.Parallel()
	all := variants()
	if testing.Short() {
		all = everySixth(all)
	}
	reports := examine(t, len(all), func(i int) (site, string) { return all[i].site, about[all[i].name] })
	for i, v := range all {
		t.Run(v.name, func(t *testing.T) {
			require.Empty(t, failed(reports[i]), "%s", text(failed(reports[i])))
			passed := slices.ContainsFunc(reports[i].Results, func(r conformance.Result) bool {
				return r.Name == "not-found/envelope" && r.State == conformance.Passed
			})
			require.True(t, passed, "the checks ran")
		})
	}
}

func everySixth(all []variant) (some []variant) {
	for chunk := range slices.Chunk(all, 6) {
		some = append(some, chunk[0])
	}
	return some
}
