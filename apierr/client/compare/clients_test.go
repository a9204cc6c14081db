package compare

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/go-resty/resty/v2"
	"github.com/hashicorp/go-retryablehttp"

	"github.com/failwell/failwell/apierr/client"
)

// do sends a request and returns the status of the response that its caller gets,
// with its body read.
type do func(ctx context.Context, method string) (status int, err error)

const url = "http://api.test/"

var errBody = errors.New("the response has no body")

// clients are those that are compared, each with three retries, and otherwise with
// its defaults.
var clients = []struct {
	name string
	make func(*http.Transport) do
}{
	{"Transport", func(base *http.Transport) do {
		return plain(&http.Client{Transport: &client.Transport{Base: base}})
	}},
	{"go-retryablehttp 0.7.8", func(base *http.Transport) do {
		c := retryablehttp.NewClient()
		c.RetryMax, c.Logger, c.HTTPClient = 3, nil, &http.Client{Transport: base}
		return plain(c.StandardClient())
	}},
	{"resty 2.17.2", func(base *http.Transport) do {
		c := resty.NewWithClient(&http.Client{Transport: base}).SetLogger(silence{}).SetRetryCount(3).
			AddRetryCondition(func(r *resty.Response, err error) bool { // it retries no status by itself
				return err != nil || r.StatusCode() == http.StatusTooManyRequests || r.StatusCode() >= 500
			})
		return func(ctx context.Context, method string) (int, error) {
			r := c.R().SetContext(ctx)
			if method == http.MethodPost {
				r.SetBody("body")
			}
			resp, err := r.Execute(method, url)
			if err != nil {
				return 0, err
			}
			if resp.StatusCode() >= 400 && len(resp.Body()) == 0 {
				return 0, errBody
			}
			return resp.StatusCode(), nil
		}
	}},
}

// plain is do with an http.Client.
func plain(c *http.Client) do {
	return func(ctx context.Context, method string) (int, error) {
		body := ""
		if method == http.MethodPost {
			body = "body"
		}
		r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
		if err != nil {
			return 0, err
		}
		resp, err := c.Do(r)
		if err != nil {
			return 0, err
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err == nil && resp.StatusCode >= 400 && len(b) == 0 {
			err = errBody
		}
		return resp.StatusCode, err
	}
}

// silence is a logger of resty.
type silence struct{}

func (silence) Errorf(string, ...any) {}
func (silence) Warnf(string, ...any)  {}
func (silence) Debugf(string, ...any) {}
