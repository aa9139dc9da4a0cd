// Package server is a SCIM 2.0 service provider (RFC 7644) as an http.Handler over a small Backend:
// routing, media types, query parameters, paging and signed cursors, projection, entity tags, PATCH,
// bulk jobs, error bodies, and discovery documents that tell the truth about its Config.
//
// It does not authenticate. Wrap it, and use BearerToken and Unauthorized for the exact answers of
// RFC 6750; carry the authenticated principal in the request's context, which the Backend receives.
//
// A program that has no store to adapt can begin with NewMemory; one that keeps resources in a table
// of its own implements Table, and FromTable adds filtering, sorting, paging, versions and PATCH.
//
// The package must not know how resources are stored, nor anything of the product built on it.
package server
