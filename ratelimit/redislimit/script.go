package redislimit

import (
	"crypto/sha1"
	_ "embed"
	"encoding/hex"
	"fmt"
	"math/bits"
	"time"

	"github.com/failwell/failwell/ratelimit"
	"github.com/redis/go-redis/v9"
)

//go:embed decide.lua
var source string

// digest returns the name of the script in EVALSHA. Redis uses SHA-1.
func digest() string {
	sum := sha1.Sum([]byte(source))
	return hex.EncodeToString(sum[:])
}

// op is the operation of the script.
type op string

const (
	take   op = "take"
	peek   op = "peek"
	refund op = "refund"
	probe  op = "probe"
)

// question is one call of the script.
type question struct {
	op     op
	tag    string
	choice ratelimit.PolicySet // empty for a probe
	cost   int
}

// has reports whether the policy with index i is in the set.
func has(set ratelimit.PolicySet, i int) bool { return set>>i&1 != 0 }

// policies returns the number of selected policies.
func (q *question) policies() int { return bits.OnesCount32(uint32(q.choice)) }

// args returns the arguments of EVALSHA, at a second since 1970.
func (l *Limiter) args(q question, sec int64) []any {
	if q.op == probe {
		return l.probeArgs(q.tag)
	}
	n := q.policies()
	args := make([]any, 0, 6+7*n)
	args = append(args, "evalsha", l.digest, n)
	args = l.names(args, q.tag, q.choice)
	args = append(args, string(q.op), q.cost, l.step.Load())
	for i := range l.rules {
		if r := &l.rules[i]; !has(q.choice, i) {
			continue
		} else if r.quota == nil {
			args = append(args, r.args...)
		} else {
			args = append(args, r.quota.args(sec)...)
		}
	}
	return args
}

// probeArgs returns the arguments of a probe. It writes in the slot of the tag,
// so that a read-only replica and a server without memory fail it.
func (l *Limiter) probeArgs(tag string) []any {
	return []any{"evalsha", l.digest, 1, l.prefix + "{" + tag + "}", string(probe), 0, 0}
}

// correct returns the arguments with which to send the call again; nil: it is
// not sent again.
func (l *Limiter) correct(k *call) []any {
	reply, err := k.cmd.Result()
	switch {
	case err != nil && redis.HasErrorPrefix(err, "NOSCRIPT"):
		args := k.cmd.Args()
		args[0], args[1] = "eval", source
		return args
	case err == nil && len(reply) == 2 && reply[0] == -1:
		l.ahead.Store(reply[1] - time.Now().Unix())
		return l.args(k.question, reply[1])
	}
	return nil
}

// read returns the reply of Redis, or an error if the script has no such reply.
func (l *Limiter) read(k *call) ([]int64, error) {
	reply, err := k.cmd.Result()
	if err == nil && len(reply) == 2 && reply[0] == -2 {
		if at := reply[1] + 2; at > 2 && at <= int64(k.policies()+2) { // after evalsha, digest and number
			name, _ := k.cmd.Args()[at].(string)
			return nil, &foreignKey{name}
		}
	}
	if err == nil && (len(reply) != 1+2*k.policies() || reply[0]>>1 != 0) {
		return nil, fmt.Errorf("redislimit: Redis replied %v", reply)
	}
	return reply, err
}
