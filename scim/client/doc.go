// Package client talks to a SCIM 2.0 service provider (RFC 7644): single resources, lists by index or
// cursor, searches, bulk requests and discovery. A failure that the provider answers is a *scim.Error
// with its status, scimType and detail; every other error is one of the transport.
//
// It must not know the server package, nor anything of a particular provider.
package client
