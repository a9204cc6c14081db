package avatar

import "embed"

// Source has the files of this package, for pages that show a handler beside
// what it answers.
//
//go:embed *.go
var Source embed.FS
