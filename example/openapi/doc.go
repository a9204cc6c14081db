// Package openapi tests the OpenAPI documents of package reference with tools
// that others use: kin-openapi, Redocly CLI and Spectral.
package openapi
