package apierr

import (
	"context"
	"net/http"
	"strings"
)

// RequestID returns the ID of the request that ctx belongs to, which the client
// finds in the response header. It is empty outside middleware.New. The returned
// string is a copy and may be kept.
func RequestID(ctx context.Context) string {
	if ex := exchangeOf(ctx); ex != nil {
		id, _ := ex.IDs()
		return strings.Clone(id)
	}
	return ""
}

// CorrelationID returns the ID of the chain of requests, across services, that the
// request of ctx belongs to: the caller's if it sent a safe one, else the request
// ID. It is empty outside middleware.New. The returned string is a copy and may
// be kept.
func CorrelationID(ctx context.Context) string {
	if ex := exchangeOf(ctx); ex != nil {
		_, id := ex.IDs()
		return strings.Clone(id)
	}
	return ""
}

// Propagate sets both IDs of ctx in h, the header of a request to another service,
// under the names of the contract in force. Outside middleware.New it does
// nothing.
func Propagate(ctx context.Context, h http.Header) {
	ex := exchangeOf(ctx)
	if ex == nil {
		return
	}
	request, correlation := ex.IDs()
	c := ex.Contract().contract
	setID(h, c.RequestIDHeader, request)
	setID(h, c.CorrelationIDHeader, correlation)
}

func setID(h http.Header, name, id string) {
	if name != NoHeader {
		h.Set(name, id)
	}
}
