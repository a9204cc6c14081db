module github.com/failwell/failwell/ratelimit/redislimit/benchmarks

go 1.26.0

require (
	github.com/failwell/failwell v0.0.0
	github.com/failwell/failwell/ratelimit/redislimit v0.0.0
	github.com/go-redis/redis_rate/v10 v10.0.1
	github.com/redis/go-redis/v9 v9.23.0
)

require (
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/go-json-experiment/json v1.27.2 // indirect
	go.uber.org/atomic v1.12.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.44.0 // indirect
)

replace (
	github.com/failwell/failwell => ../../../
	github.com/failwell/failwell/ratelimit/redislimit => ../
)
