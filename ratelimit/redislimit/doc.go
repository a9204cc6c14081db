// Package redislimit is a rate limiter that many machines share through Redis
// or Valkey. It decides as [ratelimit.Memory] does, under the same policies.
//
//	client, err := redislimit.NewClient("redis://limits:6379")
//	limiter := redislimit.New(client, redislimit.Options{}, ratelimit.PerMinute("calls", 100))
//	handler = ratelimit.Middleware(limiter, key)(handler)
//
// A decision is one script in Redis, for all policies of the call together:
// all are charged or none. Calls that come while others are on their way travel
// together, so that under load one round trip makes many decisions.
//
// # What is promised
//
// While Redis answers, all machines with the same server, prefix and policies
// together admit what one limiter would, and never more.
//
// A refusal is remembered on the machine that got it, so that a flood of a
// refused key costs Redis nothing: it is asked again once in Options.Recheck
// (a second), and so late may a machine see what another one has refunded.
//
// While Redis does not answer, each request is answered within Options.Timeout
// (50 ms) and what the machine itself takes. After three failures in a row it
// is not asked any more. Probes go there, one at a time, every 50 ms and later
// every 250 ms, give or take a quarter; the first that succeeds puts Redis in
// charge again. A probe is started by a request and does not delay it. Meanwhile
//
//   - [FailLocal](share), the default with a share of 1: the machine decides
//     alone. It admits at most its share of each burst, rate and quota, less
//     what it had admitted through Redis before.
//   - [FailOpen] admits everything.
//   - [FailClosed] admits nothing: the answer is 503 with a Retry-After.
//
// What Redis had refused stays refused on the machine that was told, until its
// time has come.
//
// After an outage, what was admitted without Redis is not charged there. So a
// key may be admitted, over the promise, at most
//
//   - on each machine, its share of the burst and of the rate over the time of
//     the outage, or of the quota: with FailLocal(1/machines) once the promise
//     in all;
//   - and what Redis has forgotten: nothing, if it comes back with its data;
//     one burst or quota, if it comes back empty; with a replica that takes
//     over, what it had not been told, commonly some milliseconds.
//
// A call that got no reply in time may have been charged in Redis as well: then
// less is admitted. Nothing is sent twice. The same holds for a single call
// that fails or comes late while others succeed.
//
// In a cluster the slots are divided into 32 parts, and an outage of one
// master leaves the other parts alone.
//
// # The clock
//
// Times are those of Redis's clock alone, so that the clocks of the machines
// need not agree, also for the days and months of quotas. But it is a wall
// clock. If it is set forward, each key is forgiven one burst, or one quota, at
// most. If it is set back, nobody waits longer than one burst takes to come
// back; a quota is charged on in the period it was in, and waits for the end
// of the one after the present at most.
//
// # For operators
//
// A key takes 160 to 200 bytes of Redis's memory for each policy, all included,
// and is dropped as soon as it has recovered: a rate's when its burst is whole,
// a quota's with its period. A million active keys under one policy take up
// to 200 MB. The keys are Options.Prefix, a hash of the client's key as hash tag,
// and the name of the policy; nothing a client writes is in them. A rate whose
// limit or burst is changed begins anew; a quota is kept.
//
// Redis should not evict them (maxmemory-policy noeviction or volatile-ttl on
// a server of its own): to evict a key is to forgive it. Where Redis is out of
// memory and refuses to write, that is an outage. The commands are EVALSHA,
// EVAL, TIME, GET, SET and DEL. It takes Redis 6 or Valkey; the tests
// run with Redis 7.
package redislimit
