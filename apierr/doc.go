// Package apierr defines the errors of an HTTP API, the contract that says how
// they are answered, and Write, which answers them.
//
// An [Error] is declared once, as a package variable, and returned by a
// [HandlerFunc] or passed to [Write]:
//
//	var AgentNotFound = &apierr.Error{Code: "AGENT_NOT_FOUND", Status: 404, Message: "The agent does not exist"}
//
//	func get(w http.ResponseWriter, r *http.Request) error {
//		agent, err := store.Find(r.Context(), r.PathValue("id"))
//		if err != nil {
//			return AgentNotFound.Wrap(err) // err is for the log only
//		}
//		...
//	}
//
// By default the client receives
//
//	HTTP/1.1 404 Not Found
//	Content-Type: application/json
//
//	{"error":{"code":"AGENT_NOT_FOUND","message":"The agent does not exist"}}
//
// Any other error is answered as [Internal], without its text.
//
// Packages that know no contract raise built-in errors, such as [NotFound] or
// [InvalidBody]. A [Contract] declares the errors of an API, maps the built-in
// ones to them, and chooses a [Format] for the bodies: an [Envelope] of JSON,
// [Problem] details (RFC 9457), or an implementation of yours. middleware.New puts
// a contract in force for all handlers inside it; outside of it, [Standard] is.
//
// The package depends on no router, no validator and no logger but log/slog.
package apierr
