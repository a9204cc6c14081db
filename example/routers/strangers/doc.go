// Package strangers checks servers that know nothing of this library against
// contracts that are written for them: what package conformance finds there is
// in testdata, and is true.
package strangers
