// Package scim holds the vocabulary of SCIM 2.0 (RFC 7643, RFC 7644): resources as JSON objects,
// the strict reader and the encoder for them, message and media type names, entity tags, and the
// error that every layer of a service provider returns.
//
// It is the root of a small library. The packages below it build on each other:
//
//	scim/schema   attribute definitions, resource types, canonicalization
//	scim/filter   filter and path grammar, evaluation
//	scim/patch    PATCH operations as a pure function
//	scim/server   an http.Handler over a Backend
//	scim/client   a typed client
//	scim/scimtest a conformance kit for any base URL
//
// The library must not know the product built on it: it imports the standard library, the json v2
// module and golang.org/x/text (RFC 7644 §5 and §7.8 require PRECIS and normalization), nothing else.
// It keeps no global state, has no init functions and never panics on input.
package scim
