// Package recent keeps the last failures of a process in memory and serves them
// by request ID, for the support that an error page asks its reader to contact.
//
//	failures := recent.New()
//	handler := middleware.New(contract, middleware.WithObserver(failures.Observe))(mux)
//	mux.Handle("/support/", failures.Handler(isSupport))
//
// Somebody pastes the X-Request-Id of a response, a correlation ID or a trace ID
// into the box on the page, and sees the code, the private cause and the stack
// of the failure, and the other failures of the same chain of requests.
//
// # What is kept
//
// There are two kinds of failures, and none evicts one of the other kind:
//
//	server errors  the last 1,000, in 3 MiB: panics; 5xx, also in a stream;
//	               responses that were aborted or not delivered whole
//	client errors  the last 1,000, in 1 MiB: 4xx, also in a stream; all but
//	               panics where the client had left before the response was
//	               complete
//
// So no flood of 404s, and no client that hangs up again and again, hides an
// outage. Successes are not kept, and a download that the client broke off is
// one.
//
// A [Failure] has the IDs, the method, the path, the route, the status, the
// code, the cause, the stack, and the field and the rule of each violation. It
// has no body, header, query or rejected value, and no error value: texts are
// copied, and nothing that they came from stays in memory. A path and the text of
// a cause may hold personal data: [WithRedact] removes it before anything is
// kept.
//
// # Cost
//
// [New] allocates the 4 MiB, and nothing else is kept. A failure costs 0.1 µs
// (BenchmarkObserve/alone), 3 to 7 % of what New with its log record costs for
// it; a success costs a few comparisons. No request waits for a reader of the
// page, and the garbage collector finds no pointers in what is kept.
//
// # Who may read it
//
// Causes and stacks are for operators. [Failures.Handler] takes the function
// that decides who is one, and answers everybody else as an unknown path. A
// ServeMux redirects /support to /support/ for everyone, unless the path without
// the slash has a handler too.
//
// # Many replicas
//
// Each process keeps its own failures, and loses them when it ends. Behind a load
// balancer the page of one replica is of little use: search the log store, which
// has the records of all of them. The record of package middleware has the same
// content under the same names as the JSON of this page, so the look-up is one
// query:
//
//	jq                        select(.request_id == "ID" or .correlation_id == "ID")
//	Grafana Loki              {app="shop"} | json | request_id="ID" or correlation_id="ID"
//	Elasticsearch             request_id:"ID" OR correlation_id:"ID"
//	CloudWatch Logs Insights  filter request_id = "ID" or correlation_id = "ID"
//	Google Cloud Logging      jsonPayload.request_id="ID" OR jsonPayload.correlation_id="ID"
//
// The page remains useful for one process at a time, as through kubectl
// port-forward, and where the log is sampled or delayed.
package recent
