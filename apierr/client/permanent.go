package client

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
)

// mayPass reports whether the next attempt may succeed after err, the error of
// sending r.
func mayPass(r *http.Request, err error) bool {
	var certificate *tls.CertificateVerificationError
	var noTLS tls.RecordHeaderError
	var name *net.DNSError
	switch {
	case r.Context().Err() != nil:
		return false
	case errors.As(err, &certificate), errors.As(err, &noTLS):
		return false
	case errors.As(err, &name) && name.IsNotFound:
		return false
	}
	return isSendable(r)
}

// errConnecting is the error of the transport in isSendable.
var errConnecting = errors.New("connecting")

// isSendable reports whether net/http would connect to send r. It does not for
// another scheme, a URL without a host, or a header with a line break in it, such
// as that of a key which was read from a file.
func isSendable(r *http.Request) bool {
	probe := http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, errConnecting }}
	r = r.WithContext(context.Background())
	r.Body, r.GetBody, r.ContentLength = nil, nil, 0
	resp, err := probe.RoundTrip(r)
	if err == nil {
		resp.Body.Close() // no connection, no response: to please vet
	}
	return errors.Is(err, errConnecting)
}
