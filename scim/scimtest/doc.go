// Package scimtest checks a running SCIM 2.0 service provider from outside, requirement by requirement
// (RFC 7643, RFC 7644, RFC 9865, and what large identity providers depend on). Use Run in a Go test:
//
//	func TestConformance(t *testing.T) { scimtest.Run(t, baseURL, token) }
//
// or Check for a Report to print. The checks make users and groups of random names, and delete them
// again. They need a provider with /Users and /Groups, and skip what its ServiceProviderConfig says is
// not supported.
//
// The package must not know any implementation: it speaks HTTP only.
package scimtest
