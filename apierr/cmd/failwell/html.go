package main

import "github.com/failwell/failwell/apierr/reference"

var htmlCommand = command{
	name:    "html",
	args:    "[contract]",
	summary: "Writes the reference page of a contract as one HTML document",
	example: "failwell html -page page.json -o errors.html contract.json",
	define:  definePage(reference.HTML),
}
