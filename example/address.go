package main

import (
	"errors"
	"net"
	"net/url"
	"strconv"
)

// address is where this machine reaches a listener.
type address struct {
	host     string // and port
	loopback bool   // no other machine reaches it
}

// addressOf returns the address of a TCP listener. One that listens on every
// interface is reached as localhost.
func addressOf(l net.Listener) address {
	at := l.Addr().(*net.TCPAddr)
	if at.IP.IsUnspecified() {
		return address{host: net.JoinHostPort("localhost", strconv.Itoa(at.Port))}
	}
	return address{at.String(), at.IP.IsLoopback()}
}

// url returns the URL of the address, without a path.
func (a address) url() string { return (&url.URL{Scheme: "http", Host: a.host}).String() }

// listenLoopback listens on a free port that only this machine reaches.
func listenLoopback() (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		return l, nil
	}
	l, err6 := net.Listen("tcp", "[::1]:0")
	if err6 != nil {
		return nil, errors.Join(err, err6)
	}
	return l, nil
}
