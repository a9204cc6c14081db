package conformance

import (
	"bytes"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/failwell/failwell/apierr"
)

// Scenarios about bodies.

// jsonTo returns a request with a body as JSON.
func jsonTo(r route, body []byte) request {
	return request{method: r.method, path: r.path, body: body, header: http.Header{"Content-Type": {"application/json"}}}
}

// bodiesTo sends bodies to each route of WithBody. Those that are accepted show
// nothing.
func (p *probe) bodiesTo(x expectation, bodies func(route) [][]byte) {
	for _, route := range p.bodies {
		refused := 0
		for _, body := range bodies(route) {
			a := p.do(jsonTo(route, body))
			if p.accepted(a) {
				continue
			}
			refused++
			p.failure(a, x)
		}
		if refused == 0 {
			p.unexercised("%s accepts it", route)
		}
	}
}

func malformed(p *probe) {
	p.bodiesTo(p.model.expects("a body that is not JSON", apierr.InvalidJSON), func(r route) [][]byte {
		return [][]byte{
			[]byte(r.body[:len(r.body)-1]), // cut off
			[]byte(r.body + "}"),
			[]byte("{"),
			[]byte(`{"a":}`),
			[]byte("not JSON"),
		}
	})
}

func empty(p *probe) {
	x := p.model.expects("an empty body", apierr.InvalidJSON, apierr.InvalidBody, apierr.MissingParameter, apierr.BadRequest,
		apierr.UnsupportedMediaType, apierr.UnprocessableContent)
	p.bodiesTo(x, func(route) [][]byte { return [][]byte{{}} })
}

// depth is how deep the JSON of deep is.
const depth = 100_000

func deep(p *probe) {
	x := p.model.expects("JSON that is too deep", apierr.InvalidJSON, apierr.InvalidBody, apierr.BadRequest, apierr.BodyTooLarge)
	p.bodiesTo(x, func(route) [][]byte {
		return [][]byte{
			[]byte(strings.Repeat("[", depth) + strings.Repeat("]", depth)),
			[]byte(strings.Repeat(`{"a":`, depth) + "1" + strings.Repeat("}", depth)),
		}
	})
}

// maxMembers is how many members of a body are changed.
const maxMembers = 8

func wrongTypes(p *probe) {
	// Which rule is broken is the server's to say: no code is expected.
	x := expectation{what: "a value of another type", class: 4}
	p.bodiesTo(x, func(r route) [][]byte {
		bodies := [][]byte{[]byte("7"), []byte("null"), []byte(`"text"`)}
		v, _ := parse([]byte(r.body))
		object, ok := v.(map[string]any)
		if !ok {
			return bodies
		}
		bodies = append(bodies, []byte("[]"))
		names := slices.Sorted(maps.Keys(object))
		for _, name := range names[:min(len(names), maxMembers)] {
			changed := maps.Clone(object)
			changed[name] = map[string]any{"conformance": []any{1}}
			if _, isObject := object[name].(map[string]any); isObject {
				changed[name] = "text"
			}
			if b, err := json.Marshal(changed, json.Deterministic(true)); err == nil {
				bodies = append(bodies, b)
			}
		}
		return bodies
	})
}

// sizes are what is sent as too large, one after another: the limit is not known.
var sizes = []int{2 << 20, 16 << 20}

func (p *probe) tooLargeExpected() expectation {
	return p.model.expects("a body over the limit", apierr.BodyTooLarge)
}

// oversized sends the valid body behind white space, so that only its size can be
// at fault, and applies the rules to the first refusal.
func (p *probe) oversized(change func(*request, *order)) {
	for _, route := range p.bodies {
		accepted := true
		for _, size := range sizes {
			r, o := jsonTo(route, []byte(route.body)), order{size: size}
			change(&r, &o)
			s := p.largeConfirmed(r, o)
			if p.accepted(s.answer) {
				continue
			}
			accepted = false
			p.arrived(s, o)
			if s.status != 0 {
				p.failure(s.answer, p.tooLargeExpected())
			}
			break
		}
		if accepted {
			p.unexercised("%s accepts %d MiB", route, sizes[len(sizes)-1]>>20)
		}
	}
}

// maxLost is how many answers have to be lost one after another: on a machine
// that is busy, a server that closes in order resets a client that is late.
const maxLost = 3

// largeConfirmed sends a request again while its answer is lost.
func (p *probe) largeConfirmed(r request, o order) spoken {
	s := p.large(r, o)
	for range maxLost - 1 {
		if s.status != 0 && s.err == nil && s.after == nil || p.ctx.Err() != nil {
			break
		}
		s = p.large(r, o)
	}
	return s
}

// large sends a request by hand on HTTP/1.1.
func (p *probe) large(r request, o order) spoken {
	if p.app.dial != nil {
		return p.app.speak(p.ctx, r, p.header, o)
	}
	r.body = append(bytes.Repeat([]byte(" "), o.size), r.body...)
	if o.expect {
		r = r.with("Expect", "100-continue")
	}
	return spoken{answer: p.once(p.app, r)}
}

// arrived applies arrives.
func (p *probe) arrived(s spoken, o order) {
	want := "an answer that a client can read"
	if s.status == 0 {
		p.require("arrives", false, s.answer, "the connection ends without an answer: "+plainError(s.err), "%s", want)
		return
	}
	p.require("arrives", s.err == nil, s.answer, "the answer is cut off: "+plainError(s.err), "%s", want)
	wrong := ""
	if s.after != nil {
		wrong = "the connection is reset with the end of the answer, and clients lose it: " + s.after.Error()
	}
	p.require("arrives", s.after == nil, s.answer, wrong, "%s", want)
	if o.expect && p.has("no-continue") {
		p.require("no-continue", !s.continued, s.answer, "100 (Continue) came first", "the final status, since the length is known")
	}
}

func tooLarge(p *probe) { p.oversized(func(*request, *order) {}) }

func tooLargeChunked(p *probe) { p.oversized(func(r *request, _ *order) { r.chunked = true }) }

func expect(p *probe) { p.oversized(func(_ *request, o *order) { o.expect = true }) }

func connectionClose(p *probe) {
	if p.app.dial == nil {
		return // HTTP/2 has no such field
	}
	p.oversized(func(_ *request, o *order) { o.close = true })
}

func unsupportedMedia(p *probe) {
	x := p.model.expects("a media type that is not supported", apierr.UnsupportedMediaType)
	for _, route := range p.bodies {
		r := jsonTo(route, []byte(route.body))
		r.header.Set("Content-Type", "text/x-conformance")
		a := p.do(r)
		if p.accepted(a) {
			p.unexercised("%s accepts a JSON body of any type", route)
			continue
		}
		p.failure(a, x)
		p.require("accept", a.header.Get("Accept") != "", a, "", "Accept with the types that are accepted")
	}
}
