// Package published has what the published error pages of Chatbase, PolyAI and
// Avatarium say beside their contracts, as pages of package reference:
//
//	reference.Handler(polyai.Contract, published.PolyAI)
//
// The pages have no BaseURL and no TryIt. Change a copy, not the variable.
package published
