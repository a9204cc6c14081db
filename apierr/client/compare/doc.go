// Package compare has the tests that compare client.Transport with other clients
// that retry. They make the table in the documentation of package client:
//
//	go test ./apierr/client/compare -update
package compare
