//go:build race

package ratelimit_test

// raceScale divides the number of keys in large tests: the race detector makes
// them some twenty times as slow.
const raceScale = 20
