package conformance

// Run is what Test does before it reports.
var Run = inProcess
