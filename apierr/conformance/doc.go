// Package conformance checks that a server keeps its contract: that each of its
// failures has the form, the code, the status and the headers that the contract
// declares, that nothing leaks, and that nothing incomplete looks complete.
package conformance
