// Package client decodes the failures of an API that keeps an [apierr.Contract]
// back into the errors that the contract declares, reads its streams to their true
// end, and retries what is likely to pass.
//
//	var (
//		orders = client.New(contract)
//		api    = &http.Client{Transport: &client.Transport{}}
//	)
//
//	resp, err := api.Do(req)
//	if err != nil {
//		return err
//	}
//	defer resp.Body.Close()
//	if err := orders.Error(resp); err != nil {
//		if errors.Is(err, OrderNotFound) {
//			...
//		}
//		return err
//	}
//
// The error is a [RemoteError]. It has the request ID that the other service's
// support asks for. A handler that returns it answers with [apierr.BadGateway]:
// a 401 or a message of another service is not meant for the handler's client.
//
// [Client.Events] and [Client.Lines] read event streams and JSON lines. They end
// with the error that the server sent last, or with [io.ErrUnexpectedEOF] if the
// stream was cut.
//
// [Transport] retries 429, and what may be processed twice after 502, 503, 504 and
// broken connections. It waits as the server says, and its retries are at most a
// tenth of the requests.
//
// # Comparison
//
// What three clients do in the same ten cases, as a test runs them: how many
// requests the server receives, and what the caller does. Each client may retry
// three times and has its defaults otherwise; resty retries no status without a
// condition, and has one for 429 and for 500 and above. The body of the last case
// is that of a response which is retried.
//
//	case                                 Transport               go-retryablehttp 0.7.8      resty 2.17.2
//	GET, always 503                      4 sent: 503             4 sent: error               4 sent: 503
//	POST, always 503                     1 sent: 503             4 sent: error               4 sent: 503
//	POST, the connection breaks          1 sent: error           4 sent: error               4 sent: error
//	POST, 429 for 9 s, Retry-After: 9    2 sent: 200             2 sent: 200                 4 sent: 429
//	the same as a date                   2 sent: 200             2 sent: 200                 4 sent: 429
//	the same as RateLimit: "a";r=0;t=9   2 sent: 200             4 sent: error               4 sent: 429
//	GET, 429, Retry-After of a year      1 sent: 429 at once     2 sent: 200 after 365 days  4 sent: 429
//	GET, 429, Retry-After: 20, 5 s left  1 sent: 429 at once     1 sent: error after 5s      4 sent: 429
//	1000 GETs in 10 s, always 503        about 1100 sent         about 4000 sent             about 4000 sent
//	GET, 503 with a body of 1 MiB        under 128 KiB are read  under 16 KiB are read       all is read
//
// go-retryablehttp returns an error in place of the last response unless its
// ErrorHandler is set. Transport retries less on purpose: a POST may have been
// processed, and a server that cannot answer a thousand requests is not helped by
// three thousand more.
package client
