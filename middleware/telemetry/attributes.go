package telemetry

import (
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// schemaURL names the version of the semantic conventions.
const schemaURL = semconv.SchemaURL

// Attributes of this library's own, which the conventions have no name for.
const (
	errorCodeKey     = attribute.Key("failwell.error.code")
	requestIDKey     = attribute.Key("failwell.request.id")
	correlationIDKey = attribute.Key("failwell.correlation.id")
	clientGoneKey    = attribute.Key("failwell.client_gone")
	cutKey           = attribute.Key("failwell.cut")
)

// methodOf returns the method of r if it is known.
func (c *config) methodOf(r *http.Request) string {
	if c.known[r.Method] {
		return r.Method
	}
	return other
}

// versionOf returns the protocol version of r as the conventions write it. A
// client may send any minor version of HTTP/1.
func versionOf(r *http.Request) string {
	switch {
	case r.ProtoMajor == 1 && r.ProtoMinor == 0:
		return "1.0"
	case r.ProtoMajor == 1:
		return "1.1"
	case r.ProtoMajor == 2:
		return "2"
	case r.ProtoMajor == 3:
		return "3"
	}
	return ""
}

// schemeOf returns the scheme of the connection. That of the client in front of
// a proxy is in headers that anybody can send.
func schemeOf(secure bool) attribute.KeyValue {
	if secure {
		return semconv.URLScheme("https")
	}
	return semconv.URLScheme("http")
}
