package main

import "github.com/failwell/failwell/apierr/reference"

var typescriptCommand = command{
	name:    "typescript",
	args:    "[contract]",
	summary: "Writes the types of a contract's errors, and the functions that read them, in TypeScript",
	example: "failwell typescript -o src/errors.ts contract.json",
	define:  defineContract(reference.TypeScript),
}
