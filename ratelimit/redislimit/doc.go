// Package redislimit is a rate limiter that many machines share through Redis.
package redislimit
