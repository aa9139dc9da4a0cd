// Package provision is the surface that identity providers see: /source/scim/<slug>/v2. It turns a
// token into a source, keeps the source's limits, adapts the directory to scim/server, and records
// each request in the journal.
//
// It knows the domain, the journal and HTTP; it must not know how anything is stored, nor the
// administrators' surfaces.
package provision
