package apierr

import (
	"context"
	"net/http"
	"strings"
)

// RequestID returns the ID of the request that ctx belongs to: the one that the
// client reads in the response header and quotes to support. It is empty
// outside middleware.New. The returned ID is a copy.
func RequestID(ctx context.Context) string {
	if ex := exchangeOf(ctx); ex != nil {
		id, _ := ex.IDs()
		return strings.Clone(id)
	}
	return ""
}

// CorrelationID returns the ID of the chain of requests, across services, that
// this request is part of: the caller's if it sent a usable one, else the
// request ID. It is empty outside middleware.New. The returned ID is a copy.
func CorrelationID(ctx context.Context) string {
	if ex := exchangeOf(ctx); ex != nil {
		_, id := ex.IDs()
		return strings.Clone(id)
	}
	return ""
}

// Propagate sets both IDs of ctx on the header of a request to another
// service, under the names of the contract in force. Outside middleware.New it
// does nothing.
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
