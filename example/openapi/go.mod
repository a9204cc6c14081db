module github.com/failwell/failwell/example/openapi

go 1.26.0

require github.com/failwell/failwell v0.0.0

require (
	github.com/getkin/kin-openapi v0.153.0 // indirect
	github.com/stretchr/testify v1.12.1 // indirect
)

replace github.com/failwell/failwell => ../../
