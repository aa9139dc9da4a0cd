// Package requirement keeps what the RFCs and the clients ask of a SCIM service provider, by id, and
// writes docs/conformance.md: for each requirement the verdict and the tests that pin it.
//
// A test pins a requirement by naming its id in a string, such as the name of a subtest, or in its
// comment. Checks of scim/scimtest, which run against any server, pin by their id too. The package
// reads sources; it must not know how anything works.
package requirement
