// Package console serves what administrators open in a browser: the pages for set-up and log-in, which
// are rendered here and work without JavaScript, and the single-page application under /admin.
//
// It knows accounts and files. It must not know the directory's data: the application reads that from
// the administrators' API.
package console
