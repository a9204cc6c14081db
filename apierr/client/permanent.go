package client

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
)

// mayPass reports whether the next attempt may succeed after err, the error of
// sending r.
func mayPass(r *http.Request, err error) bool {
	var certificate *tls.CertificateVerificationError
	var noTLS tls.RecordHeaderError
	var name *net.DNSError
	var address *net.AddrError // a port over 65535
	switch {
	case r.Context().Err() != nil:
		return false
	case errors.As(err, &certificate), errors.As(err, &noTLS):
		return false
	case errors.As(err, &name) && name.IsNotFound, errors.As(err, &address):
		return false
	}
	return isSendable(r)
}

// errConnecting is the error of the transport in isSendable.
var errConnecting = errors.New("connecting")

// isSendable reports whether net/http would connect to send r, and write it. It
// does not for another scheme, a URL without a host or with a control character,
// a ContentLength without a body, or a header with a line break in it, as an API
// key has that was read from a file. The errors for these have no types, so that
// net/http itself is asked, with a transport that cannot connect and a writer that
// drops what is written.
func isSendable(r *http.Request) bool {
	probe := http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, errConnecting }}
	if r = r.WithContext(context.Background()); r.Body != nil {
		r.Body, r.ContentLength = nil, 0 // the body has been used
	}
	r.GetBody = nil
	_, err := probe.RoundTrip(r) // without a connection there is no response to close
	return errors.Is(err, errConnecting) && r.Write(io.Discard) == nil
}
