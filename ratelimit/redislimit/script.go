package redislimit

import (
	"context"
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

// digest names the script in EVALSHA. SHA-1 is Redis's choice.
func digest() string {
	sum := sha1.Sum([]byte(source))
	return hex.EncodeToString(sum[:])
}

// op is what the script is asked to do.
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
	choice ratelimit.Choice
	cost   int
}

// args are those of EVALSHA.
func (l *Limiter) args(q question, sec int64) []any {
	n := bits.OnesCount32(uint32(q.choice))
	args := make([]any, 0, 6+7*n)
	args = append(args, "evalsha", l.digest, n)
	args = l.names(args, q.tag, q.choice)
	args = append(args, string(q.op), q.cost, l.step.Load())
	for i := range l.rules {
		if r := &l.rules[i]; !q.choice.Has(i) {
			continue
		} else if r.quota == nil {
			args = append(args, r.args...)
		} else {
			args = append(args, r.quota.args(sec)...)
		}
	}
	return args
}

// probeArgs write where the key of this tag would be, so that a replica that
// is read-only and a server that is out of memory do not look well.
func (l *Limiter) probeArgs(tag string) []any {
	return []any{"evalsha", l.digest, 1, l.prefix + "{" + tag + "}", string(probe), 0, 0}
}

// query asks Redis, a second time where it does not know the script or where
// its clock is in another period than this machine's.
func (l *Limiter) query(ctx context.Context, q question) ([]int64, error) {
	if q.op == probe {
		return l.eval(ctx, l.probeArgs(q.tag))
	}
	local := time.Now().Unix()
	reply, err := l.eval(ctx, l.args(q, local+l.ahead.Load()))
	if err == nil && len(reply) == 2 && reply[0] == -1 {
		l.ahead.Store(reply[1] - local)
		reply, err = l.eval(ctx, l.args(q, reply[1]))
	}
	if err == nil && (len(reply) != 1+2*bits.OnesCount32(uint32(q.choice)) || reply[0]>>1 != 0) {
		err = fmt.Errorf("redislimit: Redis replied %v", reply)
	}
	return reply, err
}

func (l *Limiter) eval(ctx context.Context, args []any) ([]int64, error) {
	reply, err := l.run(ctx, args)
	if err != nil && redis.HasErrorPrefix(err, "NOSCRIPT") {
		args[0], args[1] = "eval", source
		return l.run(ctx, args)
	}
	return reply, err
}

func (l *Limiter) run(ctx context.Context, args []any) ([]int64, error) {
	cmd := once{redis.NewIntSliceCmd(ctx, args...)}
	cmd.SetFirstKeyPos(3)
	l.trips.Add(1)
	_ = l.client.Process(ctx, cmd)
	return cmd.Result()
}

// once is a command that a client must not send again on its own: what was
// charged by the first might be charged twice. Redirections of a cluster are
// followed all the same.
type once struct{ *redis.IntSliceCmd }

func (once) NoRetry() bool { return true }
