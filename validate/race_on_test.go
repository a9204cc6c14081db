//go:build race

package validate_test

// raceEnabled: under the race detector sync.Pool forgets at random and memory
// is not what it is otherwise, so allocations are not counted there.
const raceEnabled = true
