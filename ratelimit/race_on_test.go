//go:build race

package ratelimit_test

// raceScale divides the number of keys in large tests: the race detector makes
// them many times as slow.
const raceScale = 50
