package redislimit

import (
	"crypto/sha256"
	"encoding/base64"

	"github.com/failwell/failwell/ratelimit"
)

// tag returns the name of a client's key in Redis: 128 bits of its SHA-256, so
// that no text of clients is in Redis, and nobody can find two keys with the
// same tag.
func tag(key string) string {
	sum := sha256.Sum256([]byte(key))
	var b [22]byte
	base64.RawURLEncoding.Encode(b[:], sum[:16])
	return string(b[:])
}

// names appends the keys in Redis of the selected rules. The tag is the hash tag
// of each, so that all are in one slot of a cluster:
//
//	ratelimit:{MTIzNDU2Nzg5MDEyMzQ1Ng}burst@100000x10
func (l *Limiter) names(dst []any, tag string, choice ratelimit.PolicySet) []any {
	size := 0
	for i := range l.rules {
		if has(choice, i) {
			size += len(l.prefix) + len(tag) + 2 + len(l.rules[i].suffix)
		}
	}
	b := make([]byte, 0, size)
	for i := range l.rules {
		if has(choice, i) {
			b = append(b, l.prefix...)
			b = append(b, '{')
			b = append(b, tag...)
			b = append(b, '}')
			b = append(b, l.rules[i].suffix...)
		}
	}
	all := string(b) // one allocation for all of them
	for i := range l.rules {
		if has(choice, i) {
			n := len(l.prefix) + len(tag) + 2 + len(l.rules[i].suffix)
			dst = append(dst, all[:n])
			all = all[n:]
		}
	}
	return dst
}

// slot returns the slot of a hash tag in a cluster: CRC16 (XMODEM) modulo 16384
// (Redis Cluster specification, "Key distribution model").
func slot(tag string) int {
	var crc uint16
	for i := range len(tag) {
		crc ^= uint16(tag[i]) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return int(crc % slots)
}

const slots = 16384
