//go:build !race

package ratelimit_test

const raceScale = 1
