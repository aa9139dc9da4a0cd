// Package obs is what operators see of a running server: its metrics, in an own registry.
//
// Labels are bounded: slugs, kinds and statuses, never people or ids. The package must not know what
// the numbers mean to the domain; it is told.
package obs
