// Package redislimit is a rate limiter that many machines share through Redis
// or Valkey. It decides as [ratelimit.Memory] does, under the same policies.
//
//	client, err := redislimit.NewClient("redis://limits:6379")
//	limiter := redislimit.New(client, redislimit.Options{}, ratelimit.PerMinute("calls", 100))
//	handler = ratelimit.Middleware(limiter, key)(handler)
//
// One decision is one script in Redis, for all policies of the call: all are
// charged or none. Calls that arrive while others are in flight are sent
// together, so that under load one round trip makes many decisions.
//
// # Guarantees
//
// While Redis answers, all machines with the same server, prefix and policies
// together admit what one limiter would, and never more.
//
// A machine remembers the refusals that it receives, so that a flood of
// requests for a refused key costs Redis nothing: it asks again once in
// Options.Recheck (one second). A Refund by another machine can be seen late by
// as much.
//
// While Redis does not answer, each request is answered within Options.Timeout
// (50 ms) plus the machine's own delays. After three failures in a row the
// limiter is [Degraded]: it sends only probes, one at a time, every 50 ms and
// later every 250 ms, give or take a quarter. The first probe that succeeds
// makes it [Connected] again. A request starts a probe and does not wait for it.
// Meanwhile Options.Outage decides:
//
//   - [FailLocal](share), the default with a share of 1: the machine decides
//     alone. It admits at most its share of each burst, rate and quota, less
//     what it admitted through Redis before.
//   - [FailOpen] admits everything.
//   - [FailClosed] admits nothing: the answer is 503 with a Retry-After.
//
// A key that Redis refused stays refused on the machine that received the
// refusal, until its units come back.
//
// What is admitted without Redis is not charged there after an outage. So a key
// may exceed its limit by at most
//
//   - on each machine, its share of the burst and of the rate over the time of
//     the outage, or of the quota: with FailLocal(1/machines), once the limit in
//     all;
//   - and what Redis has lost: nothing, if it returns with its data; one burst
//     or quota, if it returns empty; with a replica that takes over, what had
//     not been replicated, usually some milliseconds.
//
// A call without a reply in time may have been charged in Redis as well: then
// less is admitted. Nothing is sent twice. The same holds for a single call
// that fails or is late while others succeed.
//
// In a cluster the slots are divided into 32 parts. An outage of one master
// affects only its parts.
//
// # The clock
//
// All times are those of Redis's clock, so the clocks of the machines need not
// agree, also for the days and months of quotas. It is a wall clock. If it is
// set forward, each key is forgiven at most one burst or one quota. If it is set
// back, no key waits longer than one burst takes to come back; a quota is
// charged in the period it was in, and waits at most for the end of the period
// after the present one.
//
// # For operators
//
// A key takes 160 to 200 bytes of Redis's memory for each policy, all included,
// and expires as soon as its units are back: a rate's when its burst is whole, a
// quota's with its period. A million active keys under one policy take up to
// 200 MB. The name of a key is Options.Prefix, a hash of the client's key as hash
// tag, and the name of the policy; it has no text of clients. A rate whose limit
// or burst is changed starts with all its units; a quota is kept.
//
// A key of another type than string under the prefix is not the limiter's. It
// is left alone and logged once with its name; Options.Outage decides about it,
// and about no other key.
//
// Redis should not evict keys (maxmemory-policy noeviction, or volatile-ttl on a
// server of its own): to evict a key is to give its units back. If Redis is out
// of memory and refuses to write, that is an outage. The commands are EVALSHA,
// EVAL, TIME, GET, SET and DEL. Redis 6 or Valkey is required; the tests run with
// Redis 7.
package redislimit
