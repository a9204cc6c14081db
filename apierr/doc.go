// Package apierr holds the one value in which an HTTP API tells its failures,
// the contract that says how they are told, and the one function that writes
// them.
//
// An [Error] is declared once and raised from a [HandlerFunc], or handed to
// [Write]:
//
//	var AgentNotFound = &apierr.Error{Code: "AGENT_NOT_FOUND", Status: 404, Message: "The agent does not exist"}
//
//	func get(w http.ResponseWriter, r *http.Request) error {
//		agent, err := store.Find(r.Context(), r.PathValue("id"))
//		if err != nil {
//			return AgentNotFound.Wrap(err)
//		}
//		...
//	}
//
// Code that does not know its contract raises built-in errors, such as
// [NotFound] or [InvalidBody]; a [Contract] says what stands in for each, and
// its [Format] makes the bytes. Which contract is in force, a layer such as
// middleware.New says through the request's context ([Exchange]); without one
// it is [Standard].
//
// The package knows no router, no validator and no logger.
package apierr
