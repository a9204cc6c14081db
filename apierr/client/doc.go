// Package client decodes the failures of an API that keeps an [apierr.Contract]
// back into the errors that the contract declares.
//
//	var orders = client.New(contract)
//
//	resp, err := http.DefaultClient.Do(req)
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
package client
