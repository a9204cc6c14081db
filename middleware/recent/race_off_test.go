//go:build !race

package recent_test

const raceEnabled = false
