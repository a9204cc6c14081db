// Package validate turns requests into Go values, or into one error that says
// everything that is wrong with them, by the paths that the client knows.
package validate
