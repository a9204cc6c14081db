// Package middlewaretest tests how handlers fail: one line says which error of
// the contract a request is answered with.
//
//	func TestUnknownAgent(t *testing.T) {
//		resp := middlewaretest.Serve(api.Contract, agents, httptest.NewRequest("GET", "/agents/7", nil))
//		middlewaretest.Want(t, api.Contract, resp, api.AgentNotFound)
//	}
//
// Want takes the error that the handler raises, or the one that the contract
// answers in its place: apierr.InvalidBody and the contract's own error for it
// are the same to it.
package middlewaretest
