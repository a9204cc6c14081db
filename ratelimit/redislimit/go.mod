module github.com/failwell/failwell/ratelimit/redislimit

go 1.26.0

require (
	github.com/failwell/failwell v0.0.0
	github.com/redis/go-redis/v9 v9.23.0
	github.com/stretchr/testify v1.12.1
)

replace github.com/failwell/failwell => ../../
