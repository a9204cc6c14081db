// Package reference makes the documentation of an API's errors from the
// [apierr.Contract] that the server runs under: a page in HTML, the same in
// Markdown, the contract as data, and its errors in TypeScript. The example
// bodies on the page are made by the Format that answers requests, so the page
// cannot differ from the server.
//
// [Handler] serves all of it:
//
//	mux.Handle("GET /errors/", reference.Handler(contract, reference.Page{}))
//
// [HTML], [Markdown] and [TypeScript] return the same as bytes, for a
// documentation site or a repository. What is on the page but not in the
// contract is a [Page]: prose, further tables, the address of the API. The zero
// Page is a complete page. The command apierr/cmd/failwell does the same for
// contract documents; PIPELINE.md shows it in a team's pipeline.
//
// [SchemaFor] makes the JSON Schema of an error's details from a struct type,
// for Contract.DetailsSchemas, and [CheckDetails] compares an error with it in a
// test.
//
// Texts of the contract and of the page are plain text everywhere: markup in
// them has no effect. Control characters and the marks that change the direction
// of text (Unicode Standard Annex 9) are shown as \u202e.
package reference
