package main

import "github.com/failwell/failwell/apierr/reference"

var openapiCommand = command{
	name:    "openapi",
	args:    "[contract]",
	summary: "Writes the components of a contract as an OpenAPI 3.1 document",
	example: "failwell openapi -o errors.openapi.json contract.json",
	define:  defineContract(reference.OpenAPI),
}
