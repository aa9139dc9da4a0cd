// Package schema holds attribute definitions (RFC 7643 §2, §7), resource types (§6), the registry
// that ties them together, the core schemas of §4 and §8.7, and canonicalization: turning what a
// client sent into the one form that is stored, compared and answered.
//
// It knows nothing of HTTP, filters, PATCH or storage.
package schema
