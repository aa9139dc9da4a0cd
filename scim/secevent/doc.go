// Package secevent makes and reads the Security Event Tokens (RFC 8417) by which a SCIM service tells
// others what changed (RFC 9967): the event URIs and their payloads, compact signatures with ES256 and
// EdDSA, key sets (RFC 7517), verification, and the receiving end of push delivery (RFC 8935).
//
// It has no state beyond the values it is given, and must not know where events come from, how they
// are queued or who may receive them.
package secevent

// MediaType is the media type of a token (RFC 8417 §7.2).
const MediaType = "application/secevent+jwt"

// headerType is the typ of a token's header (RFC 8417 §2.3).
const headerType = "secevent+jwt"
