// Package ratelimit limits how often a caller may ask: exactly, under several
// policies at once, and with headers that tell the truth.
package ratelimit
