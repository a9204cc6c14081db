package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/failwell/failwell/apierr"
)

// The limits of what is read.
const (
	fetchTimeout = 10 * time.Second // for a URL, to the last byte
	maxFetched   = 4 << 20          // bytes, for a URL, decompressed
	maxRead      = 32 << 20         // bytes, for a file or standard input, as apierr.ParseContract has it
)

// contract reads a contract from the place that the arguments name: nothing or
// "-" for standard input, an http or https URL, or a file.
func (s streams) contract(ctx context.Context, args []string) (apierr.Contract, error) {
	switch len(args) {
	case 0:
		args = []string{"-"}
	case 1:
	default:
		return apierr.Contract{}, usageError(fmt.Sprintf("one contract is expected, %d are named", len(args)))
	}
	return s.contractAt(ctx, args[0])
}

// contractAt reads the contract at one place.
func (s streams) contractAt(ctx context.Context, place string) (apierr.Contract, error) {
	b, err := s.read(ctx, place)
	if err != nil {
		return apierr.Contract{}, err
	}
	return apierr.ParseContract(b)
}

// read returns the bytes at a place.
func (s streams) read(ctx context.Context, place string) ([]byte, error) {
	switch {
	case place == "-":
		return readAll(s.in, maxRead, "standard input")
	case isURL(place):
		return fetch(ctx, place, fetchTimeout)
	}
	f, err := os.Open(place)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, maxRead, place)
}

func isURL(place string) bool {
	scheme, _, found := strings.Cut(place, "://")
	return found && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// readAll reads at most limit bytes; more are an error.
func readAll(r io.Reader, limit int64, name string) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("%s has more than %d MiB", name, limit>>20)
	}
	return b, nil
}

// fetch returns the body of the 200 with which a URL is answered.
func fetch(ctx context.Context, place string, timeout time.Duration) ([]byte, error) {
	u, err := url.Parse(place)
	if err != nil {
		return nil, errors.New("the URL of the contract is invalid") // err has the URL, which may have a password
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode/100 == 3:
		return nil, fmt.Errorf("%s is answered with the redirect %s, which is not followed", u.Redacted(), resp.Status)
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s is answered with %s", u.Redacted(), resp.Status)
	}
	b, err := readAll(resp.Body, maxFetched, u.Redacted())
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", u.Redacted(), err)
	}
	return b, nil
}
