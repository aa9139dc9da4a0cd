// Package web carries the console's built files inside the binary. It knows nothing of HTTP: internal/console
// decides how the files are served, with which headers, and what happens without a session.
package web

import (
	"embed"
	"io/fs"
)

// The folder always holds placeholder.html, so that the module builds without Node; `npm run build` adds the
// rest beside it.
//
//go:embed all:dist
var dist embed.FS

// Dist is the console as built by Vite: index.html, a few files at the root, and content-hashed files below
// assets/. When [Built] is false it holds placeholder.html alone, the page that says how to build the console.
func Dist() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("web: the embedded folder has a constant, valid name: " + err.Error())
	}
	return sub
}

// Built says whether the console itself, and not only the placeholder page, is in the binary.
func Built() bool {
	_, err := fs.Stat(dist, "dist/index.html")
	return err == nil
}
