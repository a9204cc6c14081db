// Package client decodes the failures of an API that keeps an [apierr.Contract]
// back into the errors that the contract declares, reads event streams and JSON
// lines to their end, and retries requests that failed for a moment.
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
// The error is a [RemoteError]. Its request ID is what the support of the other
// service asks for. A handler that returns it answers with [apierr.BadGateway]: the
// 401 or the message of another service is not for the handler's client.
//
// [Client.Events] and [Client.Lines] read event streams and JSON lines. The last
// pair of the loop has the error that the server sent, or [io.ErrUnexpectedEOF] if
// the stream was cut.
//
// [Transport] retries any request after 429, and idempotent ones after 502, 503,
// 504 and failed connections. It waits for as long as the server says. Its retries
// are at most a tenth of the requests.
//
// # Comparison
//
// The table shows what three clients do in the same ten cases: how many requests
// the server receives, and what the caller gets. A test runs the cases and checks
// the table. Each client may retry three times and has its defaults otherwise;
// resty retries no status by default, and has a condition for 429 and for 500 and
// above. In the last case, the response with the body is retried.
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
