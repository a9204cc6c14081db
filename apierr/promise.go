package apierr

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Promise is a [Contract] that was checked, copied and indexed: what a layer
// such as middleware.New makes of the literal it is given. Later changes of
// the literal do not reach it. It is safe for use by several goroutines.
type Promise struct {
	contract Contract // header names, challenge and durations filled in
	codes    map[string]*Error
	neutral  bool // no stand-ins and open: every error passes as it is

	format      Format       // compiled
	alternative *alternative // nil: there is no choice
}

// NewPromise returns the promise of c, or what Check reports.
func NewPromise(c Contract) (*Promise, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	c.RequestIDHeader, c.CorrelationIDHeader = c.headerNames()
	if c.Format == nil {
		c.Format = Envelope{}
	}
	if c.Challenge == "" {
		c.Challenge = "Bearer"
	}
	if c.RetryAfter <= 0 {
		c.RetryAfter = time.Second
	}
	c.Errors = slices.Clone(c.Errors)
	c.StandIns = maps.Clone(c.StandIns)
	c.Statuses = maps.Clone(c.Statuses)
	p := &Promise{contract: c, codes: make(map[string]*Error, len(c.Errors))}
	for _, e := range c.Errors {
		p.codes[e.Code] = e
	}
	p.neutral = !c.Closed && len(c.StandIns) == 0
	p.format = compiled(c.Format)
	if c.Alternative != nil {
		p.alternative = newAlternative(p.format, compiled(c.Alternative))
	}
	return p, nil
}

// standard is in force where no exchange is.
var standard = mustPromise(Standard)

func mustPromise(c Contract) *Promise {
	p, err := NewPromise(c)
	if err != nil {
		panic(err)
	}
	return p
}

// Contract returns a copy of the contract, its defaults filled in.
func (p *Promise) Contract() Contract {
	c := p.contract
	c.Errors = slices.Clone(c.Errors)
	c.StandIns = maps.Clone(c.StandIns)
	c.Statuses = maps.Clone(c.Statuses)
	return c
}

// IDHeaders returns the canonical names of the ID headers; [Unsent] for one
// that is not sent.
func (p *Promise) IDHeaders() (request, correlation string) {
	return p.contract.RequestIDHeader, p.contract.CorrelationIDHeader
}

// Foreign returns what is answered for a failure that is known by its status
// alone, 400 to 599: the contract's error for the status, else what stands in
// for the neutral error, else one with the code HTTP_<status>. In an open
// contract it keeps the status. It may be a declared error: raise it or a copy,
// but assign to none of its fields. [Write] answers it as it is.
func (p *Promise) Foreign(status int) *Error {
	if s, ok := p.contract.Statuses[status]; ok {
		e := p.apply(s, s.Error)
		if s.Status == 0 && !p.contract.Closed {
			e.Status = status
		}
		return e
	}
	e := neutralFor(status)
	if e == nil {
		e = &Error{Code: "HTTP_" + strconv.Itoa(status), Status: status, Message: phrase(status)}
	}
	e = p.stand(e)
	if !p.contract.Closed && e.Status != status {
		e = e.copy()
		e.Status = status
	}
	return e
}

// stand returns what is answered for e: its stand-in, e itself where it is
// declared or the contract is open, else the nearest declared error. What
// stands in for another already, as the answer to [Promise.Foreign] may, is
// not asked about again.
func (p *Promise) stand(e *Error) *Error {
	if p.neutral || e.stood == p {
		return e
	}
	as := p.codes[e.Code]
	if p.contract.Closed && as != nil {
		e = numbered(e, as)
	}
	if s, ok := p.contract.StandIns[e.declared()]; ok {
		return p.apply(s, e)
	}
	if !p.contract.Closed || as != nil {
		return e
	}
	return p.fold(e)
}

// numbered returns e, which has the code of the declared error as, with its ID
// and status: in a closed contract a code means one of each.
func numbered(e, as *Error) *Error {
	if e.ID == as.ID && e.Status == as.Status {
		return e
	}
	c := *e
	c.origin = e.declared()
	c.ID, c.Status = as.ID, as.Status
	return &c
}

// fold returns e as the nearest declared error: the contract's for its status,
// what stands in for the neutral error of its status, the first declared one
// of its status. Without these it is what stands in for [BadRequest] or
// [Internal], as RFC 9110 section 15 has clients read a 4xx or 5xx that they
// do not know, else the nearest status of its class, else what stands in for
// Internal after all.
func (p *Promise) fold(e *Error) *Error {
	if s, ok := p.contract.Statuses[e.Status]; ok {
		return p.apply(s, e)
	}
	if s, ok := p.standsFor(neutralFor(e.Status)); ok {
		return p.apply(s, e)
	}
	near := p.nearest(e.Status)
	if near == nil || near.Status != e.Status {
		var class *Error
		switch e.Status / 100 {
		case 4:
			class = BadRequest
		case 5:
			class = Internal
		}
		if s, ok := p.standsFor(class); ok {
			return p.apply(s, e)
		}
	}
	if near != nil {
		return p.apply(StandIn{Error: near}, e)
	}
	s, _ := p.standsFor(Internal)
	return p.apply(s, e)
}

// standsFor returns what stands in for a neutral error, which may be itself.
func (p *Promise) standsFor(e *Error) (StandIn, bool) {
	if s, ok := p.contract.StandIns[e]; ok {
		if s.Error == nil {
			s.Error = e
		}
		return s, true
	}
	return StandIn{Error: e}, e != nil && p.codes[e.Code] == e
}

// nearest returns the first declared error of the status, or of the nearest in
// its class; nil where the class has none.
func (p *Promise) nearest(status int) (near *Error) {
	for _, e := range p.contract.Errors {
		if e.Status/100 == status/100 && (near == nil || abs(e.Status-status) < abs(near.Status-status)) {
			near = e
		}
	}
	return near
}

// apply returns a copy of e with the stand-in's word for it. The copy shares
// e's maps and slices: it is on its way to the encoder.
func (p *Promise) apply(s StandIn, e *Error) *Error {
	as := s.Error
	if s.Required != nil && len(e.Violations) > 0 && e.Violations[0].Rule == "required" {
		as = s.Required
	}
	if as == nil {
		as = e
	}
	c := *e
	c.origin, c.stood = as.declared(), p
	c.Code, c.ID, c.Status, c.Doc = as.Code, as.ID, as.Status, as.Doc
	if s.Status != 0 {
		c.Status = s.Status
	}
	if e.Message == e.declared().Message {
		c.Message = as.Message
	}
	if c.RetryAfter <= 0 {
		c.RetryAfter = as.RetryAfter
	}
	if len(c.Details) == 0 && len(c.Violations) == 0 {
		if c.Details = as.Details; len(s.Details) > 0 {
			c.Details = s.Details
		}
	}
	if len(c.Header) == 0 {
		c.Header = as.Header
	}
	return &c
}

// phrase is the status phrase, never empty.
func phrase(status int) string {
	if s := http.StatusText(status); s != "" {
		return s
	}
	return "Error " + strconv.Itoa(status)
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
